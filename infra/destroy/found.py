"""What a look at an account finds of a platform, and what it could not see.

Owns the words. A call that is denied leaves its kind unknown, and the others are still asked.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.cloud_error import CloudApiError


@dataclass(frozen=True)
class Marks:
    """By what a thing of a platform is known."""

    platform: str
    """Name in our tags and labels, `aws-prod`."""
    cluster: str
    """Name of the cluster, by which controllers mark what they make."""
    balancers: frozenset[str] = frozenset()
    """Names of load balancers that Services of the cluster have, where it could be asked."""


@dataclass(frozen=True, order=True)
class Left:
    """A thing of the platform that is in the account."""

    kind: str
    id: str
    why: str
    """What says that it is ours, `tag tokenworks.dev/platform`."""
    note: str = ""
    """What a person should know of it."""
    holds: bool = False
    """Whether a controller of the cluster made it and nodes, network or data hang on it."""

    def __str__(self) -> str:
        """Return the line that a person reads."""
        note = f"; {self.note}" if self.note else ""
        return f"{self.kind} {self.id} ({self.why}){note}"


@dataclass(frozen=True, order=True)
class Unknown:
    """What could not be seen."""

    what: str
    reason: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.what}: unknown: {self.reason}"


@dataclass
class Found:
    """The answer of one look."""

    left: list[Left] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)

    @contextmanager
    def asking(self, what: str, permission: str) -> Generator[None]:
        """Stand around one question; a refusal makes its subject unknown and nothing else."""
        try:
            yield
        except CloudApiError as error:
            self.unknown.append(Unknown(what, _reason(error, permission)))

    @property
    def holding(self) -> Sequence[Left]:
        """What controllers made."""
        return [one for one in self.left if one.holds]

    @property
    def lines(self) -> Sequence[str]:
        """What a person reads, sorted."""
        return [str(one) for one in (*sorted(self.left), *sorted(self.unknown))]


Look = Callable[[Marks], Found]
"""Asks an account what it has of a platform; changes nothing."""


def plural(kind: str) -> str:
    """Return what several of a kind are called."""
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def _reason(error: CloudApiError, permission: str) -> str:
    if error.denied:
        return f"{permission} is not allowed ({error.code})"
    return str(error)
