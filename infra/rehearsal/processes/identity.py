"""A process named by its id and its start, so that a reused id is not mistaken for it."""

from dataclasses import dataclass
from typing import Self

import psutil

SAME_START_SECONDS = 0.05
"""Two readings of one process's start differ by less; the kernel counts hundredths of a second."""


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, for ever: after it ended no other process is equal to it."""

    pid: int
    started_at: float
    """Seconds since the epoch, as the operating system tells them."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the identity of a running process, or None when none has that id."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None

    def process(self) -> psutil.Process | None:
        """Return a handle to exactly this process, or None when it ended."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started_at) > SAME_START_SECONDS:
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None

    def is_running(self) -> bool:
        """Say whether exactly this process still runs; a zombie does not."""
        return self.process() is not None
