"""`python -m infra.rehearsal.language_host ENGINE_ADDRESS`; started by the engine as a plugin.

It ends at once on SIGINT: the engine waits 5 s for every host that does not listen.
"""

import sys

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from infra.rehearsal.language_host.children import Children
from infra.rehearsal.language_host.service import LanguageHost
from infra.rehearsal.processes.plugin import serve

THREADS = 8


def main(arguments: list[str]) -> None:
    """Serve until the engine says goodbye or is gone; the program ends with it."""
    children = Children()

    def register(server: grpc.Server, engine: str) -> None:
        host = LanguageHost(engine, children)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)

    serve(register, arguments, threads=THREADS, at_end=children.kill)


if __name__ == "__main__":
    main(sys.argv[1:])
