"""The engine's side of the Kubernetes stand-in, and objects to try it with."""

import base64
import json
import time
from collections.abc import Callable, Mapping

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from infra.rehearsal.control_plane import ControlPlane
from infra.wire import Properties, Value, decode, encode

DETAILS = "grpc-status-details-bin"
POOL_LABEL = "tokenworks.dev/pool"
Kind = tuple[str, str]
NAMESPACE: Kind = ("core/v1", "Namespace")
CONFIG_MAP: Kind = ("core/v1", "ConfigMap")
SECRET_KIND: Kind = ("core/v1", "Secret")
SERVICE: Kind = ("core/v1", "Service")
DEPLOYMENT: Kind = ("apps/v1", "Deployment")
BUDGET: Kind = ("policy/v1", "PodDisruptionBudget")
POLICY: Kind = ("networking.k8s.io/v1", "NetworkPolicy")
RELEASE: Kind = ("helm.sh/v3", "Release")
DEFINITION: Kind = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")


class Engine:
    """What the engine does with one provider, in few words."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def check(self, kind: Kind, inputs: Properties, name: str = "it") -> Properties:
        answer = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=urn(kind, name),
                type=token(kind),
                name=name,
                news=encode(inputs),
                randomSeed=b"seed" * 8,
            )
        )
        assert not answer.failures, answer.failures
        return decode(answer.inputs)

    def create(
        self,
        kind: Kind,
        inputs: Properties,
        name: str = "it",
        *,
        preview: bool = False,
        timeout_seconds: float = 30,
    ) -> tuple[str, Properties]:
        answer = self.stub.Create(
            provider_pb2.CreateRequest(
                urn=urn(kind, name),
                type=token(kind),
                name=name,
                properties=encode(self.check(kind, inputs, name)),
                preview=preview,
                timeout=timeout_seconds,
            )
        )
        return answer.id, decode(answer.properties)

    def update(
        self,
        kind: Kind,
        olds: Properties,
        inputs: Properties,
        *,
        preview: bool = False,
        timeout_seconds: float = 30,
    ) -> Properties:
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                urn=urn(kind, "it"),
                type=token(kind),
                name="it",
                olds=encode(olds),
                news=encode(inputs),
                preview=preview,
                timeout=timeout_seconds,
            )
        )
        return decode(answer.properties)

    def diff(
        self, kind: Kind, old_inputs: Properties, olds: Properties, news: Properties
    ) -> provider_pb2.DiffResponse:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                type=token(kind),
                old_inputs=encode(old_inputs),
                olds=encode(olds),
                news=encode(news),
            )
        )

    def read(
        self, kind: Kind, resource_id: str, outputs: Properties, inputs: Properties
    ) -> provider_pb2.ReadResponse:
        return self.stub.Read(
            provider_pb2.ReadRequest(
                id=resource_id,
                urn=urn(kind, "it"),
                type=token(kind),
                properties=encode(outputs),
                inputs=encode(inputs),
            )
        )

    def delete(self, kind: Kind, outputs: Properties, *, timeout_seconds: float = 60) -> None:
        self.stub.Delete(
            provider_pb2.DeleteRequest(
                urn=urn(kind, "it"),
                type=token(kind),
                properties=encode(outputs),
                timeout=timeout_seconds,
            )
        )


def token(kind: Kind) -> str:
    return f"kubernetes:{kind[0]}:{kind[1]}"


def urn(kind: Kind, name: str) -> str:
    return f"urn:pulumi:dev::tokenworks::{token(kind)}::{name}"


def kubeconfig(plane: ControlPlane, bearer: str = "") -> str:
    return json.dumps(
        {
            "current-context": "it",
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "clusters": [
                {
                    "name": "it",
                    "cluster": {
                        "server": plane.endpoint,
                        "certificate-authority-data": base64.b64encode(
                            plane.ca_pem.encode()
                        ).decode(),
                    },
                }
            ],
            "users": [{"name": "it", "user": {"token": bearer or plane.admin_token}}],
        }
    )


def configure(stub: provider_pb2_grpc.ResourceProviderStub, config: Mapping[str, Value]) -> None:
    stub.Configure(provider_pb2.ConfigureRequest(args=encode(config), acceptSecrets=True))


def wait_for(ready: Callable[[], object], timeout_seconds: float = 20) -> None:
    end = time.monotonic() + timeout_seconds
    while not ready():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.1)


def config_map(namespace: str, name: str = "settings", **data: str) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": {**data},
    }


def deployment(namespace: str, pool: str, *, replicas: int = 1, cpu: str = "1") -> Properties:
    labels: Properties = {"app": "server", "tokenworks.dev/model": "server"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "server", "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "server"}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeSelector": {POOL_LABEL: pool},
                    "containers": [
                        {
                            "name": "main",
                            "image": "server:1",
                            "resources": {"requests": {"cpu": cpu}},
                        }
                    ],
                },
            },
        },
    }


def section(value: Properties, *keys: str) -> Properties:
    for key in keys:
        found = value[key]
        assert isinstance(found, dict), f"{key} is {found!r}"
        value = found
    return value


def refusal(error: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    details = error.value.details()
    assert details
    return details


def partial_failure(
    error: pytest.ExceptionInfo[grpc.RpcError],
) -> provider_pb2.ErrorResourceInitFailed:
    found = [item.value for item in error.value.trailing_metadata() or () if item.key == DETAILS]
    status = status_pb2.Status()
    status.ParseFromString(found[0])
    failure = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failure)
    return failure
