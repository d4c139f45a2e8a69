"""What the supervisor is told, what it says, and what it writes down.

Messages are lines of JSON over the supervisor's standard input and output. The state file holds no
environment and no arguments: both may carry secrets.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.rehearsal.processes.identity import ProcessIdentity
from infra.rehearsal.supervisor.errors import SupervisorError

STATE_FILE = "supervisor.json"
TAIL_LINES = 20
"""Lines of a child's log that a report of its end quotes."""
TAIL_BYTES = 16_384


@dataclass(frozen=True)
class ChildSpec:
    """One program to keep running."""

    name: str
    """Name in reports, unique within a supervisor."""
    command: tuple[str, ...]
    """Absolute path and arguments. No secrets: every user of the machine can read them."""
    log: Path
    """File that standard output and error are appended to."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment; nothing is inherited."""
    directory: Path | None = None
    """Working directory; None is the supervisor's."""
    grace_seconds: float = 0.0
    """Time between SIGTERM and SIGKILL at the end; 0 for a program with nothing to save."""

    def to_json(self) -> dict[str, object]:
        """Return the message that asks for this child."""
        directory = None if self.directory is None else str(self.directory)
        return {
            **asdict(self),
            "command": list(self.command),
            "environment": dict(self.environment),
            "log": str(self.log),
            "directory": directory,
        }

    @classmethod
    def from_json(cls, message: dict[str, object]) -> "ChildSpec":
        """Return the child that a message asks for."""
        values = dict(message)
        directory = values["directory"]
        values["command"] = tuple(values["command"])  # ty: ignore[invalid-argument-type] # own JSON
        values["log"] = Path(str(values["log"]))
        values["directory"] = None if directory is None else Path(str(directory))
        return cls(**values)  # ty: ignore[invalid-argument-type] # to_json wrote these very fields


@dataclass(frozen=True)
class ChildState:
    """One program as the state file tells it."""

    name: str
    identity: ProcessIdentity
    log: Path
    exit_code: int | None
    """None while it runs; 128 + N when signal N ended it."""


@dataclass(frozen=True)
class SupervisorState:
    """A supervisor and its children."""

    supervisor: ProcessIdentity
    children: tuple[ChildState, ...]

    def write(self, directory: Path) -> None:
        """Replace the state file in one step."""
        path = directory / STATE_FILE
        partial = path.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, default=str)
        partial.replace(path)

    @classmethod
    def read(cls, directory: Path) -> "SupervisorState | None":
        """Return what the state file says, or None without one. Says nothing about who still runs.

        Raises:
            SupervisorError: the file is not a state file, or another version's.
        """
        path = directory / STATE_FILE
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            values = json.loads(text)
            children = tuple(
                ChildState(
                    name=child["name"],
                    identity=ProcessIdentity(**child["identity"]),
                    log=Path(child["log"]),
                    exit_code=child["exit_code"],
                )
                for child in values["children"]
            )
            return cls(ProcessIdentity(**values["supervisor"]), children)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            message = (
                f"{path}: is not the state file of a supervisor of this version; end what an"
                " earlier version may have left running, then delete it"
            )
            raise SupervisorError(message) from error


def log_tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, or a sentence when there are none."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return f"(no log at {log})"
    return "\n".join(text.splitlines()[-lines:]) or f"({log} is empty)"
