"""What a simulated cloud must say of itself so that the engine can work with it.

Owns: the words between the shared provider and lifecycle on one side and a cloud on the other.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from infra.rehearsal.cloud.labels import Labelling
from infra.rehearsal.cloud.table import Change, Pending, Row
from infra.wire import Properties


class Place(Protocol):
    """Where a provider instance works: a region of an account, a project."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """What several calls hold that are one step."""
        ...


PlaceT = TypeVar("PlaceT", bound=Place)
RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Configured(Generic[PlaceT]):
    """What a provider instance works with."""

    place: PlaceT
    default_labels: Mapping[str, str]
    """Labels that every resource gets."""


@dataclass(frozen=True)
class Made:
    """What a create call has made."""

    physical_id: str
    pending: Pending | None = None
    """Waits until it is there, where the call only begins it."""


class Package(ABC, Generic[PlaceT, RowT]):
    """One cloud as the Pulumi package of its name."""

    name: ClassVar[str]
    """Of the package: `aws`."""
    cloud: ClassVar[str]
    """For people: `AWS`."""
    version: ClassVar[str]
    """Of the real provider whose schema is played."""
    located_by: ClassVar[frozenset[str]]
    """Settings of the provider of which a change is another place: everything is replaced."""
    labelling: ClassVar[Labelling]

    @property
    @abstractmethod
    def types(self) -> Mapping[str, RowT]:
        """Every resource type that is played, by token."""

    @abstractmethod
    def configuration_problems(self, arguments: Properties) -> list[tuple[str, str]]:
        """Return (setting, reason) for what cannot be rehearsed."""

    @abstractmethod
    def configure(self, arguments: Properties) -> Configured[PlaceT]:
        """Return what an instance with these settings, which have no problems, works with.

        Raises:
            ValueError: the settings do not go with this account.
        """

    @abstractmethod
    def call_problems(self, place: PlaceT, row: RowT, inputs: Properties) -> list[tuple[str, str]]:
        """Return (property, reason) for what the API would not take; values may be unknown."""

    @abstractmethod
    def make(self, place: PlaceT, row: RowT, inputs: Properties, labels: Mapping[str, str]) -> Made:
        """Make the create call; the lock is held."""

    def made(self, place: PlaceT, row: RowT, physical_id: str, labels: Mapping[str, str]) -> None:
        """Do what follows on every create call at once; the lock is held."""

    @abstractmethod
    def describe(self, place: PlaceT, row: RowT, physical_id: str, api: Properties) -> Properties:
        """Return what the API says of a thing under the provider's output names."""

    @abstractmethod
    def labels_in(self, row: RowT, api: Properties) -> dict[str, str]:
        """Return the labels in what the API says of a thing."""

    @abstractmethod
    def relabel(
        self,
        place: PlaceT,
        row: RowT,
        change: Change,
        before: Mapping[str, str],
        wanted: Mapping[str, str],
    ) -> Pending | None:
        """Set and remove labels of an existing thing; the lock is held."""

    @abstractmethod
    def same_text(self, left: str, right: str) -> bool:
        """Say whether two different texts name the same thing."""

    def respells(self, left: str, right: str) -> bool:
        """Say whether outputs have the program's spelling `left` where the cloud says `right`."""
        return self.same_text(left, right)

    @abstractmethod
    def invoke(self, place: PlaceT, token: str, arguments: Properties) -> Properties:
        """Answer a function call.

        Raises:
            NotSimulatedError: the function, or an argument of it, is not simulated.
            CloudError: the cloud refuses a call.
        """
