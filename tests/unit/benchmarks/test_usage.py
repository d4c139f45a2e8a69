"""What a running program takes, read from the outside."""

import subprocess
import sys
import time

import psutil
import pytest

from benchmarks.usage import NoProgramError, ProgramWatch, usage
from infra.rehearsal.language_host import executor

EATER = "block = bytearray(100 * 1024 * 1024); del block; sum(range(3_000_000)); input()"


def eater(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a program that takes 100 MiB, gives them back, and waits."""
    command = [sys.executable, "-c", EATER, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def test_the_program_below_this_process_is_found_and_its_peak_outlives_the_use() -> None:
    with ProgramWatch() as watch, eater(executor.__name__) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            now = usage(psutil.Process(process.pid))
            if now is not None and now.peak_mib > 100 and now.cpu_seconds > 0.05:
                break
            time.sleep(0.05)
        time.sleep(0.3)
        process.communicate(b"\n")

    assert 100 < watch.usage.peak_mib < 400
    assert 0 < watch.usage.cpu_seconds < 10


def test_without_a_program_nothing_is_known() -> None:
    with ProgramWatch() as watch, eater("something else") as process:
        process.communicate(b"\n")

    with pytest.raises(NoProgramError, match="nothing is known"):
        _ = watch.usage


def test_a_program_that_ended_has_no_usage() -> None:
    process = eater()
    watched = psutil.Process(process.pid)
    process.communicate(b"\n")

    assert usage(watched) is None
