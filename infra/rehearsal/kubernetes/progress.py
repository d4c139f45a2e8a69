"""What a person reads beside a resource while it is worked on, told to the engine."""

import contextlib

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

SAY_TIMEOUT_SECONDS = 2


class Engine:
    """The engine's log, if it told where it listens. A text that does not arrive is no failure."""

    def __init__(self, address: str) -> None:
        """Connect lazily; an empty address makes every word go nowhere."""
        self._stub: engine_pb2_grpc.EngineStub | None = None
        if address:
            self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def status(self, urn: str, text: str) -> None:
        """Show a text beside a resource until the next one."""
        self._log(urn, text, engine_pb2.INFO, ephemeral=True)

    def _log(
        self, urn: str, text: str, severity: engine_pb2.LogSeverity.ValueType, *, ephemeral: bool
    ) -> None:
        if self._stub is None:
            return
        request = engine_pb2.LogRequest(
            severity=severity, message=text, urn=urn, ephemeral=ephemeral
        )
        with contextlib.suppress(grpc.RpcError):
            self._stub.Log(request, timeout=SAY_TIMEOUT_SECONDS)
