"""Tempo as proxies see it: something that takes spans.

Owns what stands in for Tempo. What it took is kept as the bytes of the message, in which numbers of
traces and texts stand as they are.
"""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"


@dataclass
class Spans:
    """What was sent."""

    port: int = 0
    sent: list[bytes] = field(default_factory=list)

    @property
    def all(self) -> bytes:
        """Everything, one after the other."""
        return b"".join(self.sent)


@contextmanager
def taking_spans(address: str) -> Generator[Spans]:
    """Take spans by OTLP on a free port of that address until the block ends."""
    taken, lock = Spans(), threading.Lock()

    def export(request: bytes, _context: grpc.ServicerContext) -> bytes:
        with lock:
            taken.sent.append(request)
        return b""  # an answer that refuses none

    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    methods = {"Export": grpc.unary_unary_rpc_method_handler(export)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    taken.port = server.add_insecure_port(f"{address}:0")
    server.start()
    try:
        yield taken
    finally:
        server.stop(grace=None)
