"""Helm releases of the stand-in, on a real API server."""

import json
import uuid
from collections.abc import Callable

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from infra.catalog import releases
from infra.rehearsal.kubernetes import release
from infra.rehearsal.kubernetes.client import ApiClient
from infra.wire import Properties, decode, encode
from tests.support.standin import (
    RELEASE,
    Engine,
    config_map,
    deployment,
    partial_failure,
    refusal,
    section,
    wait_for,
)

pytestmark = pytest.mark.real


def chart(*objects: Properties) -> Callable[..., list[Properties]]:
    return lambda *_arguments: [json.loads(json.dumps(body)) for body in objects]


def release_inputs(namespace: str, **others: object) -> Properties:
    inputs = {
        "name": "plugin",
        "namespace": namespace,
        "chart": "example",
        "version": "1.0.0",
        **others,
    }
    return json.loads(json.dumps(inputs))


def workload(pool: str, name: str = "server") -> Properties:
    body = deployment("placeholder", pool)
    body["metadata"] = {"name": name}
    return body


def test_what_a_chart_marks_to_be_kept_outlives_its_release_and_is_found_again(
    engine: Engine, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace = f"standin-{uuid.uuid4().hex[:8]}"
    gone: Properties = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone"}}
    policy: Properties = {"helm.sh/resource-policy": "keep"}
    kept: Properties = {**gone, "metadata": {"name": "kept", "annotations": policy}}
    monkeypatch.setattr(release, "objects_of", chart(kept, gone))
    inputs = release_inputs(namespace, createNamespace=True)
    _, outputs = engine.create(RELEASE, inputs)
    before = api.get("v1", "ConfigMap", "kept", namespace)["metadata"]["uid"]

    engine.delete(RELEASE, outputs)

    assert api.find("v1", "ConfigMap", "gone", namespace) is None
    assert api.get("v1", "ConfigMap", "kept", namespace)["metadata"]["uid"] == before
    engine.create(RELEASE, inputs)
    assert api.get("v1", "ConfigMap", "kept", namespace)["metadata"]["uid"] == before


def test_a_release_is_installed_upgraded_and_removed(
    engine: Engine, api: ApiClient, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace = f"standin-{uuid.uuid4().hex[:8]}"
    extra: Properties = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "extra"},
        "data": {"a": "1"},
    }
    inputs = release_inputs(namespace, createNamespace=True)
    monkeypatch.setattr(release, "objects_of", chart(workload(node), extra))

    resource_id, outputs = engine.create(RELEASE, inputs)

    assert resource_id == f"{namespace}/plugin"
    assert section(outputs, "status")["status"] == "deployed"
    live = api.get("apps/v1", "Deployment", "server", namespace)
    assert live["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    assert live["status"]["availableReplicas"] == 1
    with pytest.raises(grpc.RpcError) as error:
        engine.create(RELEASE, inputs, name="another")
    assert "cannot re-use a name that is still in use" in refusal(error)

    newer = release_inputs(namespace, createNamespace=True, version="1.1.0")
    monkeypatch.setattr(release, "objects_of", chart(workload(node)))
    assert list(engine.diff(RELEASE, inputs, outputs, newer).detailedDiff) == ["version"]
    updated = engine.update(RELEASE, outputs, newer)
    assert section(updated, "status")["revision"] == 2
    assert api.find("v1", "ConfigMap", "extra", namespace) is None
    found = decode(engine.read(RELEASE, resource_id, updated, inputs).inputs)
    assert found["version"] == "1.1.0"

    engine.delete(RELEASE, updated)
    assert api.find("apps/v1", "Deployment", "server", namespace) is None
    assert not api.list_objects("v1", "Secret", namespace)
    assert engine.read(RELEASE, resource_id, updated, inputs).id == ""
    api.delete("v1", "Namespace", namespace)


def test_an_atomic_release_that_does_not_become_ready_leaves_nothing(
    engine: Engine, api: ApiClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "objects_of", chart(workload("no-such-pool")))

    with pytest.raises(grpc.RpcError) as error:
        engine.create(RELEASE, release_inputs(namespace, atomic=True), timeout_seconds=2)

    assert "was removed (atomic)" in refusal(error)
    assert not api.list_objects("v1", "Secret", namespace)
    wait_for(lambda: api.find("apps/v1", "Deployment", "server", namespace) is None)


def test_a_release_that_does_not_become_ready_is_recorded_as_failed(
    engine: Engine, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "objects_of", chart(workload("no-such-pool")))
    inputs = release_inputs(namespace)

    with pytest.raises(grpc.RpcError) as error:
        engine.create(RELEASE, inputs, timeout_seconds=2)

    failure = partial_failure(error)
    assert "Deployment" in failure.reasons[0]
    outputs = decode(failure.properties)
    assert section(outputs, "status")["status"] == "failed"
    engine.delete(RELEASE, outputs)


def test_a_release_does_not_take_over_what_is_not_its_own(
    engine: Engine, api: ApiClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.create(config_map(namespace, name="extra", a="1"))
    body = config_map(namespace, name="extra", a="2")
    monkeypatch.setattr(release, "objects_of", chart(body))

    with pytest.raises(grpc.RpcError) as error:
        engine.create(RELEASE, release_inputs(namespace))

    assert "invalid ownership metadata" in refusal(error)
    assert not api.list_objects("v1", "Secret", namespace)


def test_definitions_of_a_release_stay_when_it_goes(
    engine: Engine, api: ApiClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = f"t{uuid.uuid4().hex[:8]}.tokenworks.dev"
    definition: Properties = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        },
    }
    thing: Properties = {
        "apiVersion": f"{group}/v1",
        "kind": "Thing",
        "metadata": {"name": "it"},
    }
    monkeypatch.setattr(release, "objects_of", chart(thing, definition))

    _, outputs = engine.create(RELEASE, release_inputs(namespace))
    assert api.get(f"{group}/v1", "Thing", "it", namespace)
    engine.delete(RELEASE, outputs)

    assert api.find(f"{group}/v1", "Thing", "it", namespace) is None
    kind = ("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"things.{group}")
    assert api.find(*kind) is not None
    api.delete(*kind)


def test_a_chart_with_a_kind_that_the_server_does_not_have_installs_nothing(
    engine: Engine, api: ApiClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor: Properties = {
        "apiVersion": "monitoring.example.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "it"},
    }
    body = config_map(namespace, name="extra", a="1")
    monkeypatch.setattr(release, "objects_of", chart(body, monitor))

    with pytest.raises(grpc.RpcError) as error:
        engine.create(RELEASE, release_inputs(namespace))

    wanted = 'no matches for kind "ServiceMonitor" in "monitoring.example.com/v1"'
    assert wanted in refusal(error)
    assert not api.list_objects("v1", "Secret", namespace)
    assert api.find("v1", "ConfigMap", "extra", namespace) is None


def test_the_device_plugins_own_chart_is_installed_and_removed(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    known = releases.chart("nvidia-device-plugin")
    inputs = release_inputs(namespace, chart=known.name, version=known.version)

    _, outputs = engine.create(RELEASE, inputs)

    assert api.list_objects("apps/v1", "DaemonSet", namespace)
    engine.delete(RELEASE, outputs)
    assert not api.list_objects("apps/v1", "DaemonSet", namespace)


def test_a_version_of_a_chart_that_is_not_known_is_refused_by_the_check(engine: Engine) -> None:
    answer = engine.stub.Check(
        provider_pb2.CheckRequest(
            type="kubernetes:helm.sh/v3:Release",
            name="it",
            news=encode(release_inputs("gpu", chart="nvidia-device-plugin", version="0.0.1")),
        )
    )

    assert [failure.property for failure in answer.failures] == ["chart"]
    assert "0.0.1" in answer.failures[0].reason
