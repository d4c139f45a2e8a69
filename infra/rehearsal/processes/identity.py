"""A process named by its id and its start, so that a reused id is not mistaken for it.

On Linux the start is what the kernel counts from its boot. Seconds since the epoch would move with
every step of the wall clock (a laptop that wakes up, a first time synchronisation), and a rehearsal
that was kept would not be found again.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

SAME_START_SECONDS = 0.05
"""Where the start is in seconds: two readings of one process's start differ by less."""
START_FIELD = 19
"""Of `/proc/PID/stat` after the name in parentheses: field 22 of `proc_pid_stat(5)`."""


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, for ever: after it ended no other process is equal to it."""

    pid: int
    start: float
    """Linux: clock ticks after the boot. Elsewhere: seconds since the epoch."""
    boot: str
    """Linux: the boot that `start` counts from. Elsewhere empty."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the identity of a running process, or None when none has that id."""
        try:
            return cls(pid, *_start(pid))
        except (psutil.NoSuchProcess, ProcessLookupError, FileNotFoundError):
            return None

    @classmethod
    def of_ended(cls, pid: int) -> Self:
        """Return an identity that no running process has: it ended before it could be asked."""
        return cls(pid, -1.0, "ended")

    def process(self) -> psutil.Process | None:
        """Return a handle to exactly this process, or None when it ended."""
        try:
            process = psutil.Process(self.pid)
            if not self._is_same(ProcessIdentity.of(self.pid)):
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None

    def is_running(self) -> bool:
        """Say whether exactly this process still runs; a zombie does not."""
        return self.process() is not None

    def _is_same(self, other: "ProcessIdentity | None") -> bool:
        if other is None or self.boot != other.boot:
            return False
        return abs(self.start - other.start) <= (0 if self.boot else SAME_START_SECONDS)


def _start(pid: int) -> tuple[float, str]:
    if sys.platform != "linux":
        return psutil.Process(pid).create_time(), ""
    # The name may hold spaces and parentheses: what counts is what follows the last one.
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return float(fields[START_FIELD]), _boot_id()


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # a sandbox that plays the kernel may not have it
        return "unknown"
