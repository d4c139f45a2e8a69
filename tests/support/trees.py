"""Owners that get killed, and the `sleep` processes that must not outlive them."""

import signal
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import psutil

WAIT_SECONDS = 60.0


@contextmanager
def owner_process(command: Sequence[str]) -> Generator[subprocess.Popen[bytes]]:
    """Start a process that prints `started` and then waits to be killed; yield it then."""
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"started\n"
        yield owner
    finally:
        owner.kill()
        owner.wait()
        if owner.stdout is not None:
            owner.stdout.close()


def sleepers(root: psutil.Process, count: int) -> list[psutil.Process]:
    """Return the descendants that are `sleep`, once there are that many."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = [child for child in root.children(recursive=True) if _name(child) == "sleep"]
        if len(found) == count:
            return found
        assert time.monotonic() < deadline, f"{len(found)} of {count} started"
        time.sleep(0.02)


def assert_a_signal_leaves_nothing(
    command: Sequence[str], number: signal.Signals, *, count: int
) -> None:
    """Start an owner, wait for its sleepers, signal it, and require that its whole tree is gone."""
    with owner_process(command) as owner:
        sleepers(psutil.Process(owner.pid), count)
        tree = psutil.Process(owner.pid).children(recursive=True)
        owner.send_signal(number)
        owner.wait(WAIT_SECONDS)
    _, alive = psutil.wait_procs(tree, timeout=30)
    assert alive == []


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""
