"""Find a rehearsal that was kept, and end it."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.rehearsal.processes.trees import kill_tree
from infra.rehearsal.supervisor.errors import ChildEndedError, SupervisorError
from infra.rehearsal.supervisor.state import STATE_FILE, ChildState, SupervisorState, log_tail

STOP_SECONDS = 20.0
"""How long the end of all children may take, their graces included."""


@dataclass(frozen=True)
class KeptSupervisor:
    """A supervisor that an earlier command left running."""

    directory: Path
    process: psutil.Process

    def children(self) -> tuple[ChildState, ...]:
        """Return its children, those that ended meanwhile included."""
        state = SupervisorState.read(self.directory)
        return () if state is None else state.children

    def ended(self) -> dict[str, str]:
        """Return the end of the log of every child that does not run any more, by name."""
        return {
            child.name: log_tail(child.log)
            for child in self.children()
            if child.exit_code is not None or not child.identity.is_running()
        }

    def check(self) -> None:
        """Say nothing while everything runs.

        Raises:
            ChildEndedError: a child ended; quotes its log.
            SupervisorError: the supervisor is gone, and with it all that it ran.
        """
        state = SupervisorState.read(self.directory)
        children = () if state is None else state.children
        own = state is not None and state.supervisor.pid == self.process.pid
        if state is None or not own or not state.supervisor.is_running():
            tails = "".join(f"\n{child.name}: {log_tail(child.log)}" for child in children)
            message = f"{self.directory}: the supervisor is gone, and all that it ran{tails}"
            raise SupervisorError(message)
        for child in children:  # a living supervisor notes an end at once, with its exit code
            if child.exit_code is not None:
                raise ChildEndedError(child.name, child.exit_code, child.log, log_tail(child.log))

    def stop(self) -> None:
        """End the supervisor and all its children. Returns once they are gone."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        if self.process.is_running():
            kill_tree(self.process)
        end_stale_children(self.directory)


def find_kept(directory: Path) -> KeptSupervisor | None:
    """Return the supervisor that runs for a directory; a stale state file is no supervisor.

    Raises:
        SupervisorError: the state file cannot be read, or another version wrote it.
    """
    state = SupervisorState.read(directory)
    process = None if state is None else state.supervisor.process()
    return None if process is None else KeptSupervisor(directory, process)


def end_stale_children(directory: Path) -> None:
    """End children whose supervisor was killed, and remove the state file.

    On Linux the kernel has ended them already; elsewhere this is where it happens.
    """
    state = SupervisorState.read(directory)
    for child in () if state is None else state.children:
        process = child.identity.process()
        if process is not None:
            kill_tree(process)
    (directory / STATE_FILE).unlink(missing_ok=True)
