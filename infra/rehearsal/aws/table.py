"""The declarative row of a resource type: what the generic lifecycle cannot work out by itself.

Owns: the shape of a row and the small builders that rows are written with.
Does not own: the rows (`types_*.py`), AWS's own refusals (`rules_*.py`), or the order in which
the parts of a row are used (`lifecycle.py`).

What forces a replacement is not in the SDK. The rule: **a changed property that no update of the
row takes replaces the resource**, so each `Update` names the API operation that is its source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, tag_list
from infra.wire import Properties, Value


@dataclass(frozen=True)
class Change:
    """One update: the resource, what it shall be, what it was."""

    physical_id: str
    new: Properties
    old: Properties


@dataclass(frozen=True)
class Update:
    """Properties that one API operation changes in place."""

    properties: frozenset[str]
    source: str
    """The API operation that takes them; the reason why they do not replace."""
    apply: Callable[[Region, Change], None]


@dataclass(frozen=True)
class Wait:
    """How long something may take until AWS calls it done."""

    cancelled: Callable[[float], bool]
    """Waits that many seconds; returns whether the engine was interrupted."""
    timeout_seconds: float


Step = Callable[[Region, str, Properties], None]


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """How one Pulumi type lives in the API."""

    pulumi_type: str
    service: str
    create: str
    """boto3 method that makes it."""
    identity: Callable[[Properties, Properties], str]
    """Physical id, from the reply and the inputs."""
    read: Callable[[Region, str], Properties]
    """The thing as the API describes it; `AwsError` not found when it is gone."""
    delete: Callable[[Region, str, Properties], None]
    """Delete by id; the outputs in state come along."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Input path to API member, where normalised spelling does not find it."""
    reading: Mapping[str, str] = field(default_factory=dict)
    """Output path to API member, likewise."""
    elsewhere: frozenset[str] = frozenset()
    """Inputs that a later step or an update takes, not the create call."""
    settings: frozenset[str] = frozenset()
    """Inputs that steer the provider and never reach AWS; a change costs no API call."""
    kept: frozenset[str] = frozenset()
    """Inputs that AWS does not give back."""
    arrange: Callable[[Properties], Properties] = lambda inputs: inputs
    """Put inputs where the create call has them; values may be unknown."""
    placed: Callable[[Region], Properties] = lambda _region: {}
    """Parameters of the create call that follow from the region alone."""
    autoname: str | None = None
    """The input that gets a name when the program gives none."""
    autoname_prefix: str = ""
    """What every name of this type begins with; the provider puts it before a drawn name."""
    name_limit: int = 255
    tags: str | None = None
    """How the create call spells them (`parameters.py`), or no tags."""
    retag: Callable[[Region, str, dict[str, str], list[str]], None] | None = None
    """Set and remove tags of an existing thing."""
    checks: tuple[Callable[[Properties], list[str]], ...] = ()
    """What the real provider validates before it calls AWS; known inputs only."""
    rules: tuple[Callable[[Region, Properties], None], ...] = ()
    """What AWS refuses on create and moto accepts."""
    delete_rules: tuple[Callable[[Region, str], None], ...] = ()
    """What AWS refuses on delete and moto accepts."""
    after_create: tuple[Step, ...] = ()
    updates: tuple[Update, ...] = ()
    replaced_when: Mapping[str, Callable[[Value, Value], bool]] = field(default_factory=dict)
    """Inputs that an update takes for some changes only: old and new to whether it replaces."""
    settle: Callable[[Region, str, Wait], None] | None = None
    """Wait, outside the lock, until AWS calls it ready."""
    settle_delete: Callable[[Region, str, Wait], None] | None = None
    """Wait, outside the lock, until it is gone."""
    outputs: Callable[[Region, str, Properties], Properties] = lambda _region, _id, _api: {}
    """Outputs that the reply does not hold under a name that matches."""
    computed_blocks: frozenset[str] = frozenset()
    """Input blocks in which AWS fills in more."""
    volatile: frozenset[str] = frozenset()
    """Outputs that an update changes."""

    @property
    def in_place(self) -> frozenset[str]:
        """Properties that change without a replacement."""
        tagged = {"tags", "tagsAll"} if self.tags else set()
        return frozenset(
            self.settings.union(tagged, *(update.properties for update in self.updates))
        )

    def replaces(self, name: str, old: Value, new: Value) -> bool:
        """Whether a changed property needs a new resource."""
        if name not in self.in_place:
            return True
        return name in self.replaced_when and self.replaced_when[name](old, new)


def described(
    service: str, operation: str, key: str, at: str, code: str
) -> Callable[[Region, str], Properties]:
    """Read by a describe call that takes a list of ids and returns a list."""

    def read(region: Region, physical_id: str) -> Properties:
        ids: list[Value] = [physical_id]
        found = blocks(region.call(service, operation, **{key: ids}), at)
        if not found:
            msg = f"The ID '{physical_id}' does not exist"
            raise AwsError(msg, operation, code)
        return found[0]

    return read


def got(service: str, operation: str, key: str, at: str) -> Callable[[Region, str], Properties]:
    """Read by a get call that takes one name and returns one thing."""

    def read(region: Region, physical_id: str) -> Properties:
        return block(region.call(service, operation, **{key: physical_id}), at)

    return read


def deleted(service: str, operation: str, key: str) -> Callable[[Region, str, Properties], None]:
    """Delete by one id."""

    def delete(region: Region, physical_id: str, _outputs: Properties) -> None:
        region.call(service, operation, **{key: physical_id})

    return delete


def retag_ec2(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    """Tags of anything in EC2 (`CreateTags`, `DeleteTags`)."""
    if gone:
        keys: list[Value] = [{"Key": key} for key in gone]
        region.call("ec2", "delete_tags", Resources=[physical_id], Tags=keys)
    if changed:
        region.call("ec2", "create_tags", Resources=[physical_id], Tags=tag_list(changed))


def updating(*names: str, source: str, apply: Callable[[Region, Change], None]) -> Update:
    """One update of a row."""
    return Update(frozenset(names), source, apply)


def by_token(rows: Sequence[ResourceType]) -> dict[str, ResourceType]:
    """Return rows by token."""
    return {row.pulumi_type: row for row in rows}
