"""What a running program takes, read from the outside."""

import contextlib
import subprocess
import sys
import time

import psutil
import pytest

from benchmarks.usage import MIB, NoProgramError, ProgramWatch, usage
from infra.rehearsal.language_host import executor

pytestmark = pytest.mark.thorough  # starts programs and watches them

EATER = """
block = bytearray(100 * 1024 * 1024)
sum(range(3_000_000))
print("taken", flush=True)
input()
del block
print("given back", flush=True)
input()
"""


def eater(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a program that takes 100 MiB and, for a line each, gives them back and ends."""
    command = [sys.executable, "-c", EATER, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def told(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def until_seen(watch: ProgramWatch, cpu_seconds: float) -> None:
    """Wait until the watch has looked at the program as it is now."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(NoProgramError):
            if watch.usage.cpu_seconds >= cpu_seconds:
                return
        time.sleep(0.05)
    pytest.fail("the watch has not seen the program")


def test_the_program_below_this_process_is_found_and_its_peak_outlives_the_use() -> None:
    began = time.monotonic()
    with ProgramWatch() as watch, eater(executor.__name__) as process:
        seen = psutil.Process(process.pid)
        assert told(process) == b"taken"
        held_mib = seen.memory_info().rss / MIB
        assert process.stdin is not None
        process.stdin.write(b"\n")
        assert told(process) == b"given back"
        left_mib = seen.memory_info().rss / MIB
        times = seen.cpu_times()
        until_seen(watch, times.user + times.system)
        process.communicate(b"\n")

    # Relations to what psutil reads: sizes and times of an interpreter are not ours to know.
    assert watch.usage.peak_mib > left_mib
    assert watch.usage.peak_mib == pytest.approx(held_mib, rel=0.1)
    assert 0 < times.user + times.system <= watch.usage.cpu_seconds < time.monotonic() - began


def test_without_a_program_nothing_is_known() -> None:
    with ProgramWatch() as watch, eater("something else") as process:
        process.communicate(b"\n\n")

    with pytest.raises(NoProgramError, match="nothing is known"):
        _ = watch.usage


def test_a_program_that_ended_has_no_usage() -> None:
    process = eater()
    watched = psutil.Process(process.pid)
    process.communicate(b"\n\n")

    assert usage(watched) is None
