"""End a process together with everything that it started."""

import contextlib
import os
import signal
import time

import psutil

KILL_SECONDS = 5.0
"""How long ended processes may take to leave the process table."""


def kill_tree(root: psutil.Process, *, timeout_seconds: float = KILL_SECONDS) -> None:
    """SIGKILL a process and its descendants, the root last so that no orphan escapes."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        alive = descendants(root)
        if not alive:
            break
        kill(alive)
        psutil.wait_procs(alive, timeout=0.2)
    kill([root])
    psutil.wait_procs([root], timeout=timeout_seconds)


def descendants(root: psutil.Process) -> list[psutil.Process]:
    """Return the living descendants of a process; zombies are dead."""
    try:
        children = root.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [child for child in children if _lives(child)]


def kill(processes: list[psutil.Process]) -> None:
    """SIGKILL processes, those that are gone included."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def kill_group(leader_pid: int) -> None:
    """SIGKILL the process group that a started session leads; where no subreaper adopts orphans."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
