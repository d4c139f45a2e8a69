"""`python -m infra.rehearsal.kubernetes [ENGINE_ADDRESS]`; started by the engine as a plugin.

Prints the port of its service as its first line, and ends at once on SIGINT and SIGTERM: that is
how the engine says goodbye. The engine starts one process for each provider of the program.
"""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from infra.rehearsal.kubernetes.server import KubernetesProvider
from infra.rehearsal.processes.parent import watch_parent

THREADS = 64
"""Each awaited object holds one; the engine's default is 16 operations at once on 4 cores."""
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit of one message (pulumi v3.259.0, sdk/go/common/util/rpcutil)."""


def main(arguments: list[str]) -> None:
    """Serve until the engine says goodbye or is gone."""
    signals = _leave_on_signal()
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    server = grpc.server(
        ThreadPoolExecutor(THREADS),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider = KubernetesProvider(addresses[0] if addresses else "")
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")  # the handshake of every plugin executable
    sys.stdout.flush()
    while True:
        os.read(signals, 1)  # wakes the main thread, in which Python runs signal handlers


def _leave_on_signal() -> int:
    """End on a signal; return what can be read when one arrives.

    Handlers and not a blocked mask: the programs of exec credentials would inherit the mask, and
    nobody could end them.
    """

    def leave(_signal: int, _frame: FrameType | None) -> None:
        os._exit(0)  # nothing to save, and a running call would hold an orderly end

    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in END_SIGNALS:
        signal.signal(number, leave)
    return read


if __name__ == "__main__":
    main(sys.argv[1:])
