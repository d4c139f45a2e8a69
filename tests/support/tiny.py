"""A project of one resource type: its program, its provider, and an engine session."""

import textwrap
import threading
import uuid
from pathlib import Path

import grpc
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from infra import wire
from infra.rehearsal.engine import EngineSession

# ruff: noqa: ARG002, N802 - the provider's names and arguments are the protocol's

PROGRAM = """
import pulumi
import sys


class Thing(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("tiny:index:Thing", name, {**inputs, "made": None})


config = pulumi.Config()
print("hello from the program", sys.path[0])
if config.get("fail") == "error":
    raise ValueError("nothing fits")
if config.get("fail") == "run-error":
    raise pulumi.RunError("setting `pool`: no such pool")
thing = Thing("one", size=config.get_int("size", 1), delay=config.get_float("delay", 0))
for index in range(config.get_int("more", 0)):
    Thing(f"more-{index}", size=1, delay=0)
if config.get("other"):
    other = pulumi.StackReference(config.require("other"))
    Thing("two", size=other.get_output("size"), delay=0)
pulumi.export("size", thing.made)
pulumi.export("password", config.get_secret("password"))"""


class TinyProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Things with a size; creating one takes as long as its `delay` says, in seconds."""

    def __init__(self) -> None:
        self.things: dict[str, wire.Properties] = {}
        self.cancelled = threading.Event()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        self.cancelled.clear()  # the engine cancels at the end of every command
        return empty_pb2.Empty()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        keys = wire.changed_keys(wire.decode(request.old_inputs), wire.decode(request.news))
        kind = provider_pb2.DiffResponse
        return kind(changes=kind.DIFF_SOME if keys else kind.DIFF_NONE, diffs=keys)

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        properties = wire.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(
                properties=wire.encode({**properties, "made": wire.UNKNOWN})
            )
        if self.cancelled.wait(float(str(properties["delay"]))):
            context.abort(grpc.StatusCode.CANCELLED, "cancelled")
        identifier = uuid.uuid4().hex
        self.things[identifier] = {**properties, "made": properties["size"]}
        return provider_pb2.CreateResponse(
            id=identifier, properties=wire.encode(self.things[identifier])
        )

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        properties = wire.encode(self.things[request.id])
        return provider_pb2.ReadResponse(
            id=request.id, properties=properties, inputs=request.inputs
        )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        properties = wire.decode(request.news)
        self.things[request.id] = {**properties, "made": properties["size"]}
        return provider_pb2.UpdateResponse(properties=wire.encode(self.things[request.id]))

    def Delete(
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del self.things[request.id]
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.cancelled.set()
        return empty_pb2.Empty()


class Project:
    """A small project like ours, with its provider and an engine session."""

    def __init__(self, root: Path, pulumi: Path, port: int, provider: TinyProvider) -> None:
        self.provider = provider
        self.port = port
        self.root = root
        (root / "infra").mkdir()
        (root / "stacks").mkdir()
        (root / "infra" / "__main__.py").write_text(PROGRAM)
        (root / "Pulumi.yaml").write_text(
            textwrap.dedent("""
                name: tiny-project
                runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}
                main: infra
                stackConfigDir: stacks
                backend: {url: "https://api.pulumi.com"}
            """)
        )
        self.session = EngineSession(
            pulumi,
            root,
            root / ".rehearsal" / "engine",
            debug_providers={"tiny": port},
            credentials={"TINY_MARKER": "marker"},
        )

    def configure(self, stack: str, **config: object) -> Path:
        """Write a stack file and prepare the stack."""
        path = self.root / "stacks" / f"Pulumi.{stack}.yaml"
        values = {f"tiny-project:{name}": value for name, value in config.items()}
        path.write_text(yaml.safe_dump({"config": values}))
        self.session.init_stack(stack)
        return path
