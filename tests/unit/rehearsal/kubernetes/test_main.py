"""The stand-in as the engine starts it: it leaves at once, and its programs can be ended."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough  # starts processes

COMMAND = [sys.executable, "-P", "-m", "infra.rehearsal.kubernetes"]
END_SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
START_OF_A_THREAD_SECONDS = 20
"""glibc holds every signal back while it starts a thread (2.32 and later), and not after."""
_BLOCKED = re.compile(r"^SigBlk:\s+([0-9a-f]+)$", re.MULTILINE)


@pytest.fixture
def plugin() -> Iterator[subprocess.Popen[bytes]]:
    """A stand-in that has told its port."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        yield process
        process.kill()


@pytest.mark.parametrize("number", END_SIGNALS)
def test_it_leaves_in_order_on_a_signal(
    number: signal.Signals, plugin: subprocess.Popen[bytes]
) -> None:
    plugin.send_signal(number)

    assert plugin.wait(20) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads signal masks from /proc")
def test_no_thread_blocks_a_signal_that_its_programs_would_inherit(
    plugin: subprocess.Popen[bytes],
) -> None:
    threads = list(Path(f"/proc/{plugin.pid}/task").iterdir())
    assert len(threads) > 1
    for thread in threads:
        assert not _held_back_for_good(thread)


def _held_back_for_good(thread: Path) -> set[int]:
    until = time.monotonic() + START_OF_A_THREAD_SECONDS
    while (held := _blocked(thread) & set(END_SIGNALS)) and time.monotonic() < until:
        time.sleep(0.05)
    return held


def _blocked(thread: Path) -> set[int]:
    try:
        status = (thread / "status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):  # the thread has ended since
        return set()
    found = _BLOCKED.search(status)
    assert found is not None
    mask = int(found[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}
