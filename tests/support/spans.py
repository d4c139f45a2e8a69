"""Tempo as proxies see it: its Service as the chart makes it, and something there that takes spans.

Owns what stands in for Tempo. What it took is kept as the bytes of the message, in which numbers of
traces and texts stand as they are.
"""

import json
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

from components.observability import names
from infra.catalog import releases
from infra.rehearsal.charts import objects_of

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
PORT_NAME = "grpc-tempo-otlp"
"""Of the Service: an endpoint has the same."""


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
    method = EXPORT.rpartition("/")
    handler = grpc.unary_unary_rpc_method_handler(export)
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(method[0].strip("/"), {method[2]: handler}),)
    )
    taken.port = server.add_insecure_port(f"{address}:0")
    server.start()
    try:
        yield taken
    finally:
        server.stop(grace=None)


def tempo() -> list[dict]:
    """Return the namespace and the Service of Tempo."""
    version = releases.chart(names.TEMPO).version
    made = objects_of(names.TEMPO, version, names.TEMPO, names.TRACES_NAMESPACE, {})
    (service,) = (body for body in made if body["kind"] == "Service")
    home = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": names.TRACES_NAMESPACE},
    }
    return [home, json.loads(json.dumps(service))]


def endpoint(address: str, port: int) -> dict:
    """Return the EndpointSlice that says where Tempo is."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": names.TEMPO,
            "namespace": names.TRACES_NAMESPACE,
            "labels": {"kubernetes.io/service-name": names.TEMPO},
        },
        "addressType": "IPv4",
        "ports": [{"name": PORT_NAME, "port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
    }
