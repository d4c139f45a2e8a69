"""The programs that the language host started, so that none outlives it."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from infra.rehearsal.language_host.programs import Child, fork, preloaded_address


class Children:
    """Starts programs in sessions of their own, and ends them all.

    A session of its own, because the engine interrupts the host's process group when a resource
    fails, and a program that dies of that prints a traceback over the real error.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._running: set[Child] = set()

    def start_program(
        self, command: Sequence[str], *, directory: str | None, environment: Mapping[str, str]
    ) -> Child:
        """Start a program whose output goes to the engine; fork it where its SDKs are loaded."""
        address = preloaded_address()
        with self._lock:
            forked = fork(address, directory, environment) if address else None
            if forked is not None:
                self._running.add(forked)
                return forked
        return self.start(command, directory=directory, environment=environment)

    def start(
        self,
        command: Sequence[str],
        *,
        directory: str | None,
        environment: Mapping[str, str],
        captured: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program; what it writes goes to the engine, or is captured in two pipes."""
        pipe = subprocess.PIPE if captured else None
        with self._lock:
            child = subprocess.Popen(  # noqa: S603 - this environment's interpreter
                command,
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,
            )
            self._running.add(child)
        return child

    def wait(self, child: Child) -> int:
        """Return the exit code of a child; -N when signal N ended it."""
        try:
            return child.wait()
        finally:
            with self._lock:
                self._running.discard(child)

    def kill(self, only: Child | None = None) -> None:
        """End every running child, or only that one, with its whole session."""
        with self._lock:
            for child in self._running:
                if only in (None, child):
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)
