"""`python -m infra.rehearsal.kubernetes [ENGINE_ADDRESS]`; started by the engine as a plugin.

The engine starts one process for each provider of the program.
"""

import sys

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from infra.rehearsal.kubernetes.server import KubernetesProvider
from infra.rehearsal.processes.plugin import serve

THREADS = 64
"""Each awaited object holds one; the engine's default is 16 operations at once on 4 cores."""


def _register(server: grpc.Server, engine: str) -> None:
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(KubernetesProvider(engine), server)


if __name__ == "__main__":
    serve(_register, sys.argv[1:], threads=THREADS)
