"""A single-threaded wait for input and for ended children, shared by the guard and the supervisor.

Single-threaded on purpose: `preexec_fn` is only safe without threads.
"""

import contextlib
import os
import select
import signal
from collections.abc import Sequence
from types import FrameType

import psutil

from infra.rehearsal.processes.trees import descendants, kill

END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SWEEP_SECONDS = 0.05


class Reaper:
    """Waits for file descriptors and for children, orphans that were adopted included."""

    def __init__(self) -> None:
        """Take over SIGCHLD and the signals that ask this process to end."""
        self.asked_to_end = False
        self.has_children = False
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        signal.signal(signal.SIGCHLD, _ignore)
        for number in END_SIGNALS:
            signal.signal(number, self._end)

    def wait(self, inputs: Sequence[int], timeout_seconds: float | None = None) -> list[int]:
        """Return the inputs that can be read; none after a signal or the timeout."""
        ready, _, _ = select.select([*inputs, self._read], [], [], timeout_seconds)
        if self._read in ready:
            with contextlib.suppress(BlockingIOError):
                while os.read(self._read, 512):
                    pass
        return [descriptor for descriptor in inputs if descriptor in ready]

    def ended(self) -> dict[int, int]:
        """Reap every ended child: exit code by process id, 128 + N for one ended by signal N."""
        codes = {}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.has_children = False
                return codes
            if pid == 0:
                self.has_children = True
                return codes
            code = os.waitstatus_to_exitcode(status)
            codes[pid] = code if code >= 0 else 128 - code

    def end_all(self) -> None:
        """SIGKILL every descendant, and reap all of them: not even a zombie is left behind."""
        me = psutil.Process()
        self.ended()
        while self.has_children:
            kill(descendants(me))
            self.wait([], timeout_seconds=SWEEP_SECONDS)
            self.ended()

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked_to_end = True


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    """Do nothing: a handler must exist for the wakeup descriptor to be written."""
