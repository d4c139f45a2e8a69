"""What an operation of the engine did and said."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SAME = "same"
"""The engine's word for: nothing to do."""


class StepStatus(StrEnum):
    """How far a step came."""

    STARTED = "started"
    """In a preview: planned. Afterwards: interrupted."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class ResourceState:
    """A resource on one side of a step, as the engine shows it: secrets as `[secret]`."""

    id: str
    parent: str
    """URN."""
    provider: str
    """URN and id of the provider, empty for components."""
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]


@dataclass(frozen=True)
class Step:
    """What the engine did, or would do, with one resource."""

    op: str
    """The engine's word: `create`, `update`, `delete`, `replace`, `same`, …."""
    urn: str
    type: str
    status: StepStatus
    changed: tuple[str, ...]
    """Paths of the inputs that differ, for an update or a replacement."""
    seconds: float
    """Between start and end, in whole seconds as the engine notes them."""
    old: ResourceState | None
    new: ResourceState | None

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class ResourceEvent:
    """News of one resource while an operation runs."""

    op: str
    urn: str
    type: str
    status: StepStatus

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Diagnostic:
    """One message of the engine, a provider, a policy or the program."""

    severity: str
    """`info`, `info#err`, `warning` or `error`."""
    urn: str
    """The resource that it is about; empty for the whole stack."""
    message: str
    """Without colours."""
    policy: str = ""
    """The rule of a policy pack that says it; empty for anybody else."""


@dataclass(frozen=True)
class OperationResult:
    """The end of one operation."""

    operation: str
    stack: str
    exit_code: int
    changes: Mapping[str, int]
    """Resources by the engine's word for what happens to them, `same` included."""
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    log: Path
    """Everything that the command printed."""

    @property
    def ok(self) -> bool:
        """Say whether the engine said so."""
        return self.exit_code == 0

    @property
    def changed(self) -> Mapping[str, int]:
        """The changes without what stays the same."""
        return {op: count for op, count in self.changes.items() if op != SAME and count}

    @property
    def errors(self) -> tuple[str, ...]:
        """What went wrong; what the command printed last when no resource is to blame."""
        found = tuple(d.message for d in self.diagnostics if d.severity == "error")
        if self.ok or found:
            return found
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return ("\n".join(lines[-10:]),)
