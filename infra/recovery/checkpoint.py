"""A stack's state as the engine exports it: what is pending in it, and how an answer is written.

Owns reading and editing the exported JSON, never in place. Does not own fetching or storing it
(`recover.py`), nor what the answer is (`plan.py`).

Why an edit: the engine keeps a pending create until a person answers for it, and `pulumi refresh
--import-pending-creates` of 3.259.0 only renames the operation (pkg/cmd/pulumi/operations/
refresh.go). `pulumi stack import` drops pending operations itself (pkg/cmd/pulumi/stack/io.go).
"""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties, Value, has_unknown, plain_properties

CREATING = "creating"
DRAWN_DIGITS = 7
DRAWN = rf"-[0-9a-f]{{{DRAWN_DIGITS}}}"
"""What the provider appends to a name that the program leaves to it (pulumi-terraform-bridge)."""


class Entry(Enum):
    """How the state remembers a thing that was found."""

    LIVE = "live"
    """As what the program declares."""
    TAINTED = "tainted"
    """As what the program declares, to be replaced by the next update."""
    UNWANTED = "unwanted"
    """As something that the next update deletes."""


@dataclass(frozen=True)
class PendingCreate:
    """A create that began and whose end the state does not know."""

    urn: str
    kind: str
    """Type, as `aws:ec2/vpc:Vpc`."""
    inputs: Properties
    """As the provider got them; secrets stay encrypted."""
    resource: Properties = field(repr=False)
    """What the state would say of it."""
    recorded: bool = True
    """False: the state forgot it, and the program declares it."""

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rpartition("::")[2]

    @classmethod
    def of(cls, resource: Properties, *, recorded: bool) -> "PendingCreate":
        """Return the create of a resource, which is as the state or a preview has it."""
        inputs = plain_properties(block(resource, "inputs"))
        urn, kind = text(resource, "urn"), text(resource, "type")
        return cls(urn, kind, inputs, resource, recorded)

    @property
    def wanted(self) -> Properties:
        """The inputs to look for.

        What only a preview knows has another drawn end of its name than what was made.
        """
        if self.recorded:
            return self.inputs
        drawn = re.compile(re.escape(self.name) + DRAWN)
        return {
            key: f"{self.name}-{'?' * DRAWN_DIGITS}" if _matches(drawn, item) else item
            for key, item in self.inputs.items()
        }


@dataclass(frozen=True)
class Adoption:
    """A thing that was found, for the state."""

    create: PendingCreate
    physical_id: str
    as_made: Properties
    """Inputs as they came to be, where the program may ask for something else."""
    facts: Properties
    """Outputs that are no inputs."""
    entry: Entry


@dataclass(frozen=True)
class Checkpoint:
    """An exported state."""

    exported: Mapping[str, Value]

    @property
    def pending(self) -> Sequence[PendingCreate]:
        """Pending creates, in order; the engine clears pending operations of other kinds itself."""
        return [
            PendingCreate.of(block(operation, "resource"), recorded=True)
            for operation in blocks(self._deployment, "pending_operations")
            if operation.get("type") == CREATING
        ]

    def forgotten(self, declared: Sequence[Properties]) -> Sequence[PendingCreate]:
        """Return creates that may have begun although nothing in the state says so.

        A provider that dies, or a connection that breaks, is a failed create for the engine: it
        drops the operation (pkg/backend/snapshot.go of 3.259.0), whatever the cloud has made.
        Only what all dependencies of are in the state can have begun: its inputs are all known.

        Args:
            declared: resources that the next update would create, as a preview has them.
        """
        pending = {create.urn for create in self.pending}
        return [
            PendingCreate.of(resource, recorded=False)
            for resource in declared
            if resource.get("urn") not in pending
            and not has_unknown(resource.get("inputs"))
            and self._has_provider(resource)
        ]

    def _has_provider(self, resource: Properties) -> bool:
        urn = optional_text(resource, "provider").rpartition("::")[0]
        return self.has(urn)

    def known_ids(self, kind: str) -> frozenset[str]:
        """Return the ids of a type that the state has, those to be deleted included."""
        resources = blocks(self._deployment, "resources")
        return frozenset(
            optional_text(resource, "id") for resource in resources if resource.get("type") == kind
        )

    def has(self, urn: str) -> bool:
        """Say whether the state has a thing under this URN that it does not mean to delete."""
        return any(
            resource.get("urn") == urn and not resource.get("delete")
            for resource in blocks(self._deployment, "resources")
        )

    def with_found(self, found: Sequence[Adoption]) -> "Checkpoint":
        """Return a state that has each thing under its id, and no pending create at all."""
        edited = copy.deepcopy(dict(self.exported))
        deployment = edited["deployment"]
        if not isinstance(deployment, dict):
            return Checkpoint(edited)
        resources = [*blocks(deployment, "resources")]
        # At the end: whatever a create depends on was in the state before it began.
        resources += [_remembered(one) for one in found]
        deployment["resources"] = [*resources]
        deployment["pending_operations"] = [
            operation
            for operation in blocks(deployment, "pending_operations")
            if operation.get("type") != CREATING
        ]
        return Checkpoint(edited)

    @property
    def _deployment(self) -> Properties:
        return block(dict(self.exported), "deployment")


def _remembered(found: Adoption) -> Properties:
    """Return what the state says of a thing.

    The provider then reads it by what was asked for, not as an import by id alone: several of its
    ids differ from what `pulumi import` takes for the same thing.
    """
    inputs: Properties = {**block(found.create.resource, "inputs"), **found.as_made}
    return {
        **found.create.resource,
        "custom": True,
        "id": found.physical_id,
        "inputs": inputs,
        "outputs": {**inputs, **found.facts},
        **({"taint": True} if found.entry is Entry.TAINTED else {}),
        **({"delete": True} if found.entry is Entry.UNWANTED else {}),
    }


def _matches(pattern: re.Pattern[str], value: Value) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
