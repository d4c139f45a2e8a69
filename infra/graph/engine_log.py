"""The graph of a real preview, read from the engine's own log of its conversations.

Owns the format of `PULUMI_DEBUG_GRPC=<file>`: one JSON entry a line, requests in protojson
(pulumi/pulumi v3.259.0, sdk/go/pulumi-internal/rpcdebug). The log holds configuration and secrets
in clear: write it to a private temporary folder and delete it. Does not start the engine.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message
from pulumi.runtime.proto import resource_pb2

from infra.graph import requests
from infra.graph.model import STACK_TYPE, Graph, Invoke, Resource
from infra.wire import Properties, decode

_SERVICE = "/pulumirpc.ResourceMonitor/"
_M = TypeVar("_M", bound=Message)


class EngineLogError(ValueError):
    """The log is not one preview."""


@dataclass(slots=True)
class _Run:
    stack_urn: str = ""
    resources: list[Resource] = field(default_factory=list)
    invokes: list[Invoke] = field(default_factory=list)
    outputs: dict[str, Properties] = field(default_factory=dict)


def read_log(path: Path) -> Graph:
    """Return what the program registered with the engine, in the order of its answers.

    Raises:
        EngineLogError: the log holds no deployment, or more than one.
        OSError: it cannot be read.
    """
    run = _Run()
    for method, request, response in _answered(path):
        match method:
            case "RegisterResource":
                _register(run, request, response)
            case "ReadResource":
                read = _parsed(request, resource_pb2.ReadResourceRequest())
                run.resources.append(requests.read(read, str(response["urn"])))
            case "Invoke":
                invoke = _parsed(request, resource_pb2.ResourceInvokeRequest())
                run.invokes.append(requests.invoked(invoke))
            case "RegisterResourceOutputs":
                outputs = _parsed(request, resource_pb2.RegisterResourceOutputsRequest())
                run.outputs[outputs.urn] = decode(outputs.outputs)
    if not run.stack_urn:
        message = f"log: must hold a preview, got no stack registration in {path}"
        raise EngineLogError(message)
    return _graph(run)


def _register(run: _Run, request: Mapping[str, object], response: Mapping[str, object]) -> None:
    registration = _parsed(request, resource_pb2.RegisterResourceRequest())
    urn = str(response["urn"])
    if registration.type != STACK_TYPE:
        run.resources.append(requests.registered(registration, urn))
    elif run.stack_urn:
        message = "log: must hold one preview, got several; use a new log file for each command"
        raise EngineLogError(message)
    else:
        run.stack_urn = urn


def _answered(path: Path) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, object]]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            method = entry.get("method", "")
            # Each call is logged twice, before and after; a failed one has no response.
            if method.startswith(_SERVICE) and entry.get("response") is not None:
                yield method.removeprefix(_SERVICE), entry["request"], entry["response"]


def _parsed(request: Mapping[str, object], message: _M) -> _M:
    return json_format.ParseDict(dict(request), message, ignore_unknown_fields=True)


def _graph(run: _Run) -> Graph:
    stack, project = run.stack_urn.removeprefix("urn:pulumi:").split("::")[:2]
    return Graph(
        project=project,
        stack=stack,
        resources=tuple(
            item if item.custom else replace(item, outputs=run.outputs.get(item.urn, {}))
            for item in run.resources
        ),
        invokes=tuple(run.invokes),
        outputs=run.outputs.get(run.stack_urn, {}),
    )
