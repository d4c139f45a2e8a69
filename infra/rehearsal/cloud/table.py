"""The declarative row of a resource type: what the generic lifecycle cannot work out by itself.

Owns: what rows of all clouds have in common. Does not own: how a cloud's API is called (each
cloud's own rows add that), or the order in which the parts of a row are used (`lifecycle.py`).

What forces a replacement is not in the SDK. The rule: **a changed property that no update of the
row takes replaces the resource**, so each `Update` names the API operation that is its source.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from infra.wire import Properties, Value

PlaceT = TypeVar("PlaceT")


@dataclass(frozen=True)
class Change:
    """One update: the resource, what it shall be, what it was."""

    physical_id: str
    new: Properties
    old: Properties


@dataclass(frozen=True)
class Wait:
    """How long something may take until the cloud calls it done."""

    cancelled: Callable[[float], bool]
    """Waits that many seconds; returns whether the engine was interrupted."""
    timeout_seconds: float


Pending = Callable[[Wait], None]
"""Waits, outside the lock, until a call that was taken is carried out."""


@dataclass(frozen=True)
class Update(Generic[PlaceT]):
    """Properties that one API operation changes in place."""

    properties: frozenset[str]
    source: str
    """The API operation that takes them; the reason why they do not replace."""
    apply: Callable[[PlaceT, Change], Pending | None]


@dataclass(frozen=True, kw_only=True)
class Row(Generic[PlaceT]):
    """How one Pulumi type lives in a cloud's API; a place is where calls go."""

    pulumi_type: str
    read: Callable[[PlaceT, str], Properties]
    """The thing as the API describes it; `CloudError` not found when it is gone."""
    delete: Callable[[PlaceT, str, Properties], Pending | None]
    """Delete by id; the outputs in state come along."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Input path to API member, where normalised spelling does not find it."""
    reading: Mapping[str, str] = field(default_factory=dict)
    """Output path to API member, likewise."""
    elsewhere: frozenset[str] = frozenset()
    """Inputs that a later step or an update takes, not the create call."""
    settings: frozenset[str] = frozenset()
    """Inputs that steer the provider and never reach the cloud; a change costs no API call."""
    kept: frozenset[str] = frozenset()
    """Inputs that the cloud does not give back."""
    arrange: Callable[[Properties], Properties] = lambda inputs: inputs
    """Put inputs where the create call has them; values may be unknown."""
    autoname: str | None = None
    """The input that gets a name when the program gives none."""
    autoname_prefix: str = ""
    """What every name of this type begins with; the provider puts it before a drawn name."""
    name_form: Callable[[str], str] = lambda name: name
    """What the provider makes of a name that it draws, where the cloud allows no capitals, say."""
    name_limit: int = 255
    checks: tuple[Callable[[Properties], list[str]], ...] = ()
    """What the real provider validates before it calls the cloud; known inputs only."""
    rules: tuple[Callable[[PlaceT, Properties], None], ...] = ()
    """What the cloud refuses on create and the simulated call accepts."""
    delete_rules: tuple[Callable[[PlaceT, str], None], ...] = ()
    """What the cloud refuses on delete and the simulated call accepts."""
    after_create: tuple[Callable[[PlaceT, str, Properties], None], ...] = ()
    updates: tuple[Update[PlaceT], ...] = ()
    replaced_when: Mapping[str, Callable[[Value, Value], bool]] = field(default_factory=dict)
    """Inputs that an update takes for some changes only: old and new to whether it replaces."""
    settle: Callable[[PlaceT, str, Wait], None] | None = None
    """Wait, outside the lock, until the cloud calls it ready."""
    settle_delete: Callable[[PlaceT, str, Wait], None] | None = None
    """Wait, outside the lock, until it is gone."""
    outputs: Callable[[PlaceT, str, Properties], Properties] = lambda _place, _id, _api: {}
    """Outputs that the reply does not hold under a name that matches."""
    computed_blocks: frozenset[str] = frozenset()
    """Input blocks in which the cloud fills in more."""
    volatile: frozenset[str] = frozenset()
    """Outputs that an update changes."""

    def unused(self, left: Iterable[str]) -> list[tuple[str, str]]:
        """Return (property, reason) for paths of inputs that no call takes."""
        reason = f"not simulated: no step of the rehearsal's {self.pulumi_type} uses it"
        return [(path, reason) for path in left]

    @property
    def label_input(self) -> str | None:
        """The input with the program's own labels or tags; None where the type has none."""
        return None

    @property
    def in_place(self) -> frozenset[str]:
        """Properties that change without a replacement, labels aside."""
        return frozenset(self.settings.union(*(update.properties for update in self.updates)))

    def replaces(self, name: str, old: Value, new: Value) -> bool:
        """Whether a changed property needs a new resource."""
        if name not in self.in_place:
            return True
        return name in self.replaced_when and self.replaced_when[name](old, new)


RowT = TypeVar("RowT", bound=Row)


def updating(
    *names: str, source: str, apply: Callable[[PlaceT, Change], Pending | None]
) -> Update[PlaceT]:
    """One update of a row."""
    return Update(frozenset(names), source, apply)


def by_token(rows: Sequence[RowT]) -> dict[str, RowT]:
    """Return rows by token."""
    return {row.pulumi_type: row for row in rows}
