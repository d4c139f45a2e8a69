"""An executable that the engine starts as a plugin: its handshake, and how it says goodbye.

Owns: the port as the first line, the server, and the end at once on a signal or when the engine is
gone. Does not own what is served.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc

from infra.rehearsal.processes.parent import watch_parent

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit of one message (pulumi v3.259.0, sdk/go/common/util/rpcutil)."""


def serve(
    register: Callable[[grpc.Server, str], None],
    arguments: Sequence[str],
    *,
    threads: int,
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the engine says goodbye or is gone; never returns.

    Args:
        register: adds the services to the server; gets the engine's address, or an empty text.
        arguments: of the executable; the first one without a hyphen is the engine's address.
        threads: calls at once.
        at_end: called just before the end, in a signal handler.
    """
    signals = _leave_on_signal(at_end)
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    server = grpc.server(
        ThreadPoolExecutor(threads),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    register(server, addresses[0] if addresses else "")
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")  # the handshake of every plugin executable
    sys.stdout.flush()
    while True:
        os.read(signals, 1)  # wakes the main thread, in which Python runs signal handlers


def _leave_on_signal(at_end: Callable[[], None]) -> int:
    """End on a signal; return what can be read when one arrives.

    Handlers and not a blocked mask: programs that the plugin starts would inherit the mask, and
    nobody could end them.
    """

    def leave(_signal: int, _frame: FrameType | None) -> None:
        at_end()
        os._exit(0)  # nothing to save, and a running call would hold an orderly end

    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in END_SIGNALS:
        signal.signal(number, leave)
    return read
