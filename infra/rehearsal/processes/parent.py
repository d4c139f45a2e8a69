"""Tie a process to the one that started it.

On Linux the kernel does it (`prctl(2)`); elsewhere, and where the kernel's word is not enough, a
thread asks twice in a second who the parent is.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
"""`linux/prctl.h`: the signal that a process gets when its parent ends."""
PR_SET_CHILD_SUBREAPER = 36
"""`linux/prctl.h`: orphaned descendants become children of this process, not of init."""
POLL_SECONDS = 0.5


def end_with_parent() -> Callable[[], None]:
    """Return a function for `preexec_fn` of a single-threaded parent; SIGKILL follows the parent.

    The C library is loaded here, before the fork, because little is safe between fork and exec.
    """
    parent = os.getpid()
    libc = _libc()

    def tie() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended between fork and prctl
            os._exit(1)

    return tie


def adopt_orphans() -> None:
    """Make orphaned descendants children of this process (Linux; elsewhere nothing happens)."""
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def watch_parent(on_end: Callable[[], None], *, poll_seconds: float = POLL_SECONDS) -> None:
    """Call `on_end` from a thread once the process that is the parent now has ended.

    Polled, because PR_SET_PDEATHSIG follows the *thread* that forked, and the engine's Go runtime
    gives no promise about its threads.
    """
    parent = os.getppid()

    def poll() -> None:
        while os.getppid() == parent:
            time.sleep(poll_seconds)
        on_end()

    threading.Thread(target=poll, name="watch-parent", daemon=True).start()


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
