"""`python -m infra.rehearsal.language_host ENGINE_ADDRESS`; started by the engine.

Prints the port of its service as its first line, and ends at once on SIGINT: that is how the
engine says goodbye, and it waits 5 s for every host that does not listen.
"""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from infra.rehearsal.language_host.children import Children
from infra.rehearsal.language_host.service import LanguageHost
from infra.rehearsal.processes.parent import watch_parent

THREADS = 8
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit of one message (pulumi v3.259.0, sdk/go/common/util/rpcutil)."""


def main(arguments: list[str]) -> None:
    """Serve until the engine says goodbye or is gone."""
    children = Children()
    signals = _leave_on_signal(children)
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    server = grpc.server(
        ThreadPoolExecutor(THREADS),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    host = LanguageHost(addresses[0] if addresses else "", children)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")  # the handshake of every plugin executable
    sys.stdout.flush()
    while True:
        os.read(signals, 1)  # wakes the main thread, in which Python runs signal handlers


def _leave_on_signal(children: Children) -> int:
    """End with all children on a signal; return what can be read when one arrives.

    Handlers and not a blocked mask: programs would inherit the mask.
    """

    def leave(_signal: int, _frame: FrameType | None) -> None:
        children.kill()
        os._exit(0)  # nothing to save, and a running call would hold an orderly end

    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in END_SIGNALS:
        signal.signal(number, leave)
    return read


if __name__ == "__main__":
    main(sys.argv[1:])
