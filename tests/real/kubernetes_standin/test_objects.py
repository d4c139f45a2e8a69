"""Objects through the stand-in, on a real API server."""

import base64
import threading
import uuid

import grpc
import pytest

from infra.rehearsal.kubernetes.client import ApiClient
from infra.wire import SECRET, SIGNATURE_KEY, Properties, decode
from tests.support.standin import (
    BUDGET,
    CONFIG_MAP,
    DEFINITION,
    DEPLOYMENT,
    NAMESPACE,
    POLICY,
    SECRET_KIND,
    SERVICE,
    Engine,
    Kind,
    config_map,
    deployment,
    refusal,
    section,
    wait_for,
)

pytestmark = pytest.mark.real


def test_every_kind_of_the_first_stack_is_created_and_deleted(
    engine: Engine, api: ApiClient, node: str
) -> None:
    name = f"standin-{uuid.uuid4().hex[:8]}"
    namespace: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    selector: Properties = {"matchLabels": {"app": "server"}}
    address: Properties = {"name": "server", "namespace": name}
    wanted: list[tuple[Kind, Properties]] = [
        (NAMESPACE, namespace),
        (CONFIG_MAP, config_map(name, key="value")),
        (
            SECRET_KIND,
            {"apiVersion": "v1", "kind": "Secret", "metadata": address, "stringData": {"a": "b"}},
        ),
        (DEPLOYMENT, deployment(name, node)),
        (
            SERVICE,
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": address,
                "spec": {"selector": {"app": "server"}, "ports": [{"port": 8000}]},
            },
        ),
        (
            BUDGET,
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": address,
                "spec": {"maxUnavailable": 1, "selector": selector},
            },
        ),
        (
            POLICY,
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": address,
                "spec": {"podSelector": selector, "policyTypes": ["Ingress"]},
            },
        ),
    ]

    made = [(kind, *engine.create(kind, inputs)) for kind, inputs in wanted]

    ids = [resource_id for _, resource_id, _ in made]
    assert ids == [name, f"{name}/settings", *([f"{name}/server"] * 5)]
    live = api.get("apps/v1", "Deployment", "server", name)
    assert live["status"]["availableReplicas"] == 1
    assert section(made[4][2], "spec")["clusterIP"]
    for kind, _, outputs in reversed(made):
        engine.delete(kind, outputs)
    assert api.find("v1", "Namespace", name) is None


def test_a_custom_resource_waits_for_a_definition_that_comes_a_little_later(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    group = f"t{uuid.uuid4().hex[:8]}.tokenworks.dev"
    schema: Properties = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
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
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }
    thing: Properties = {
        "apiVersion": f"{group}/v1",
        "kind": "Thing",
        "metadata": {"name": "it", "namespace": namespace},
    }

    later = threading.Timer(1.0, lambda: engine.create(DEFINITION, definition))
    later.start()
    resource_id, made_thing = engine.create((f"{group}/v1", "Thing"), thing)
    later.join()

    assert resource_id == f"{namespace}/it"
    made_definition = api.get("apiextensions.k8s.io/v1", DEFINITION[1], f"things.{group}")
    engine.delete((f"{group}/v1", "Thing"), made_thing)
    engine.delete(DEFINITION, made_definition)


def test_an_object_of_somebody_else_is_not_adopted(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    api.create(config_map(namespace, owner="somebody"))

    for preview in (True, False):
        with pytest.raises(grpc.RpcError) as error:
            engine.create(CONFIG_MAP, config_map(namespace, owner="us"), preview=preview)
        assert "already exists" in refusal(error)

    assert api.get("v1", "ConfigMap", "settings", namespace)["data"] == {"owner": "somebody"}


def test_what_an_interrupted_creation_left_is_adopted_by_the_same_resource_only(
    engine: Engine, namespace: str
) -> None:
    engine.create(CONFIG_MAP, config_map(namespace, a="1"), name="one")

    assert engine.create(CONFIG_MAP, config_map(namespace, a="1"), name="one")[0]
    with pytest.raises(grpc.RpcError) as error:
        engine.create(CONFIG_MAP, config_map(namespace, a="1"), name="other")
    assert "already exists" in refusal(error)


def test_a_removed_key_of_a_secrets_string_data_is_gone(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    def secret(**data: str) -> Properties:
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "keys", "namespace": namespace},
            "stringData": {SIGNATURE_KEY: SECRET, "value": {**data}},
        }

    resource_id, outputs = engine.create(SECRET_KIND, secret(one="1", two="2"))
    assert section(outputs, "data")[SIGNATURE_KEY] == SECRET

    updated = engine.update(SECRET_KIND, outputs, secret(one="1"))

    live = api.get("v1", "Secret", "keys", namespace)
    assert live["data"] == {"one": base64.b64encode(b"1").decode()}
    again = engine.read(SECRET_KIND, resource_id, updated, secret(one="1"))
    assert decode(again.inputs) == secret(one="1")


def test_a_refresh_shows_what_somebody_changed_and_nothing_else(
    engine: Engine, api: ApiClient, namespace: str, node: str
) -> None:
    inputs = engine.check(DEPLOYMENT, deployment(namespace, node, cpu="1000m"))
    resource_id, outputs = engine.create(DEPLOYMENT, inputs)

    unchanged = engine.read(DEPLOYMENT, resource_id, outputs, inputs)
    assert decode(unchanged.inputs) == inputs

    path = api.object_path("apps/v1", "Deployment", "server", namespace)
    patch = {"metadata": {"labels": {"by": "hand"}}, "spec": {"replicas": 0}}
    api.request("PATCH", path, patch, content_type="application/merge-patch+json")
    wait_for(
        lambda: (
            not api.get("apps/v1", "Deployment", "server", namespace)["status"]["replicas"]
            if "replicas" in api.get("apps/v1", "Deployment", "server", namespace)["status"]
            else True
        )
    )
    drifted = engine.read(DEPLOYMENT, resource_id, outputs, inputs)
    section(inputs, "spec")["replicas"] = 0
    assert decode(drifted.inputs) == inputs


def test_a_refresh_of_something_gone_gives_no_id(engine: Engine, namespace: str) -> None:
    inputs = config_map(namespace, a="1")
    resource_id, outputs = engine.create(CONFIG_MAP, inputs)
    engine.delete(CONFIG_MAP, outputs)

    assert engine.read(CONFIG_MAP, resource_id, outputs, inputs).id == ""


def test_a_deletion_spares_another_object_of_the_same_name(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    _, outputs = engine.create(CONFIG_MAP, config_map(namespace, made="first"))
    api.delete("v1", "ConfigMap", "settings", namespace)
    api.create(config_map(namespace, made="second"))

    engine.delete(CONFIG_MAP, outputs)

    assert api.get("v1", "ConfigMap", "settings", namespace)["data"] == {"made": "second"}


def test_a_deletion_that_something_holds_says_what(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    inputs = config_map(namespace)
    section(inputs, "metadata")["finalizers"] = ["tokenworks.dev/hold"]
    _, outputs = engine.create(CONFIG_MAP, inputs)

    with pytest.raises(grpc.RpcError) as error:
        engine.delete(CONFIG_MAP, outputs, timeout_seconds=1)

    assert "tokenworks.dev/hold" in refusal(error)
    path = api.object_path("v1", "ConfigMap", "settings", namespace)
    free = {"metadata": {"finalizers": None}}
    api.request("PATCH", path, free, content_type="application/merge-patch+json")
