"""A process that has the SDKs loaded, and forks into the program at each run.

`python -u -P -m infra.rehearsal.language_host.preloaded SOCKET CLOUD`, one for a rehearsal.
Owns loading `pulumi_kubernetes` and the SDK of the stack's cloud once: 4 of the 5 seconds of
processor time that a program takes (2026-11), and a rehearsal of an environment runs four programs.
Does not own a run: that is `executor`, in a fork as in a process of its own. Modules of this
project are not kept, so every run reads the files as they are then.

A run ends with whoever asked for it: the fork ends when the connection does.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Sequence

from infra.rehearsal.language_host import executor
from infra.rehearsal.language_host.programs import EXIT_CODE, SIZE, read_exactly
from infra.rehearsal.processes.parent import watch_parent

OWN_PACKAGES = ("infra", "components")
STREAMS = 2
"""Standard output and standard error come with the order."""


def main(arguments: Sequence[str]) -> None:
    """Listen, load, and serve until the end of whoever started this."""
    watch_parent(lambda: os._exit(0))
    address, cloud = arguments
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)  # before loading: whoever comes early waits instead of going away
        server.listen()
        load(cloud)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits: forks report by themselves
        while True:
            connection, _ = server.accept()
            with connection:
                if os.fork() == 0:
                    server.close()
                    _become(connection)


def load(cloud: str) -> None:
    """Import what every program of a cloud imports, and forget this project's own modules again."""
    gc.disable()
    ours = set(sys.modules)
    importlib.import_module("infra.layers")
    for module in pkgutil.iter_modules(importlib.import_module(f"components.{cloud}").__path__):
        importlib.import_module(f"components.{cloud}.{module.name}")
    for name in set(sys.modules) - ours:
        if name.partition(".")[0] in OWN_PACKAGES:
            del sys.modules[name]
    gc.freeze()  # the fork need not look at what is here, nor copy its pages
    gc.enable()


def _become(connection: socket.socket) -> None:
    """Be the program that the connection asks for; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # The engine interrupts the host's process group when a resource fails (see `children`).
    os.setsid()
    length, streams, _, _ = socket.recv_fds(connection, SIZE.size, STREAMS)
    order = json.loads(read_exactly(connection, SIZE.unpack(length)[0]))
    connection.sendall(SIZE.pack(os.getpid()))
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order["directory"] or ".")
    os.environ.clear()
    os.environ.update(order["environment"])
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    code = _run()
    connection.sendall(EXIT_CODE.pack(code))
    os._exit(code)


def _run() -> int:
    try:
        return executor.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else executor.FAILED
    except BaseException:  # noqa: BLE001 - as the interpreter itself does at the end of a program
        traceback.print_exc()
        return executor.FAILED


def _end_with(connection: socket.socket) -> None:
    connection.recv(1)  # nothing is ever sent: it returns when the other end is gone
    os._exit(executor.FAILED)


if __name__ == "__main__":
    main(sys.argv[1:])
