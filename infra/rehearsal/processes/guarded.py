"""Run a command under a guard: nothing of it survives this process."""

import contextlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from infra.rehearsal.processes.guard import INTERRUPT
from infra.rehearsal.processes.trees import kill_tree

GUARD = (sys.executable, "-I", "-m", "infra.rehearsal.processes.guard")


class GuardedProcess:
    """One command and its guard. As a context manager it leaves nothing running."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.STDOUT,
    ) -> None:
        """Start the command in a session of its own, out of reach of the terminal's Ctrl-C."""
        self._guard = subprocess.Popen(  # noqa: S603 - the rehearsal's own commands
            [*GUARD, *command],
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    @property
    def output(self) -> IO[bytes]:
        """What the command writes; it must have been started with `stdout=subprocess.PIPE`."""
        if self._guard.stdout is None:
            message = "output: the command was not started with stdout=PIPE"
            raise ValueError(message)
        return self._guard.stdout

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """Return the exit code, or None when the command still runs after the timeout."""
        try:
            return self._guard.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None

    def interrupt(self) -> None:
        """Send the command what Ctrl-C sends; it decides when to end."""
        if self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(INTERRUPT)
                self._guard.stdin.flush()

    def kill(self) -> None:
        """End the command and everything that it started. Returns once all of it is gone."""
        if self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.close()
        if self.wait(timeout_seconds=10) is None:
            kill_tree(psutil.Process(self._guard.pid))
            self._guard.wait()

    def __enter__(self) -> Self:
        """Return this process."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Leave nothing running and no pipe open."""
        self.kill()
        if self._guard.stdout is not None:
            self._guard.stdout.close()
