"""What the program takes that the engine runs: peak memory and processor time of its process.

Owns finding that process below this one and reading the kernel's own counts. The program is not
changed for it. Linux keeps the peak of memory; elsewhere the largest of many samples stands for it.
"""

import contextlib
import re
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from infra.rehearsal.language_host import executor

POLL_SECONDS = 0.05
"""Both counts only rise, so that a sample misses at most what the last 0.05 s added."""
MIB = 1024 * 1024
_HIGH_WATER_KIB = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class NoProgramError(ValueError):
    """No program was seen, so that nothing is known about it."""


@dataclass(frozen=True)
class Usage:
    """What one process took until a moment."""

    peak_mib: float
    """Largest resident memory."""
    cpu_seconds: float
    """Processor time of all its threads, user and system."""


class ProgramWatch:
    """Watches, as a context manager, the one program that the engine runs meanwhile."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._usage: Usage | None = None
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="usage", daemon=True)

    @property
    def usage(self) -> Usage:
        """What the program took.

        Raises:
            NoProgramError: no program was seen.
        """
        if self._usage is None:
            message = f"usage: no process below this one ran {executor.__name__}; nothing is known"
            raise NoProgramError(message)
        return self._usage

    def __enter__(self) -> Self:
        """Start to watch."""
        self._watcher.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        program: psutil.Process | None = None
        while not self._ended.wait(POLL_SECONDS):
            program = program or _program()
            now = usage(program) if program else None
            if now is not None:
                peak_mib = max(now.peak_mib, self._usage.peak_mib if self._usage else 0.0)
                self._usage = replace(now, peak_mib=peak_mib)


def usage(process: psutil.Process) -> Usage | None:
    """Return what a process took so far; None when it has ended."""
    with contextlib.suppress(psutil.Error, OSError):
        peak_bytes = _peak_bytes(process)
        times = process.cpu_times()
        # One that ended and was not waited for yet has no memory any more.
        return Usage(peak_bytes / MIB, times.user + times.system) if peak_bytes else None
    return None


def _peak_bytes(process: psutil.Process) -> int:
    if sys.platform != "linux":
        return process.memory_info().rss
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = _HIGH_WATER_KIB.search(status)
    return int(found[1]) * 1024 if found else 0


def _program() -> psutil.Process | None:
    """Return the program below this process; other runs on the machine have theirs."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if executor.__name__ in process.cmdline():
                return process
    return None
