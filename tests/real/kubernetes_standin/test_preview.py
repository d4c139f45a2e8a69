"""What a preview asks of a real API server, and what it leaves."""

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from infra.rehearsal.kubernetes.client import ApiClient
from infra.wire import UNKNOWN, Properties
from tests.support.standin import (
    CONFIG_MAP,
    DEPLOYMENT,
    SERVICE,
    Engine,
    config_map,
    deployment,
    refusal,
    section,
)

pytestmark = pytest.mark.real


def test_a_preview_of_a_creation_leaves_nothing_and_knows_only_what_is_known(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    resource_id, outputs = engine.create(CONFIG_MAP, config_map(namespace, a="1"), preview=True)

    assert resource_id == ""
    assert section(outputs, "metadata")["name"] == "settings"
    assert section(outputs, "metadata")["uid"] == UNKNOWN
    assert api.find("v1", "ConfigMap", "settings", namespace) is None


def test_a_preview_of_a_service_does_not_know_its_address(engine: Engine, namespace: str) -> None:
    inputs: Properties = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server", "namespace": namespace},
        "spec": {"selector": {"app": "server"}, "ports": [{"port": 8000}]},
    }

    _, outputs = engine.create(SERVICE, inputs, preview=True)

    assert section(outputs, "spec")["clusterIP"] == UNKNOWN


@pytest.mark.parametrize("where", ["its own namespace", "a namespace that is not there yet"])
def test_a_preview_refuses_an_unknown_field_in_the_servers_own_words(
    engine: Engine, namespace: str, where: str
) -> None:
    inputs = config_map(namespace if where == "its own namespace" else "not-there-yet", a="1")
    inputs["datum"] = {}

    with pytest.raises(grpc.RpcError) as error:
        engine.create(CONFIG_MAP, inputs, preview=True)

    assert 'strict decoding error: unknown field "datum"' in refusal(error)


def test_a_preview_validates_values_even_before_the_namespace_is_there(engine: Engine) -> None:
    inputs = deployment("not-there-yet", "any", replicas=-1)

    with pytest.raises(grpc.RpcError) as error:
        engine.create(DEPLOYMENT, inputs, preview=True)

    assert "spec.replicas" in refusal(error)


def test_a_preview_takes_a_kind_whose_definition_is_not_there_yet(engine: Engine) -> None:
    inputs: Properties = {
        "apiVersion": "example.tokenworks.dev/v1",
        "kind": "Later",
        "metadata": {"name": "it", "namespace": "default"},
    }

    _, outputs = engine.create(("example.tokenworks.dev/v1", "Later"), inputs, preview=True)

    assert outputs["status"] == UNKNOWN


def test_a_kind_that_the_server_does_not_have_is_refused_by_the_check(engine: Engine) -> None:
    answer = engine.stub.Check(
        provider_pb2.CheckRequest(
            type="kubernetes:apps/v1beta1:Deployment", name="it", randomSeed=b"seed"
        )
    )

    reasons = " ".join(failure.reason for failure in answer.failures)
    assert "serves no Deployment in 'apps/v1beta1'" in reasons


def test_an_update_is_previewed_without_effect_and_then_applied(
    engine: Engine, api: ApiClient, namespace: str, node: str
) -> None:
    old = engine.check(DEPLOYMENT, deployment(namespace, node))
    _, outputs = engine.create(DEPLOYMENT, old)
    new = engine.check(DEPLOYMENT, deployment(namespace, node, replicas=2))

    difference = engine.diff(DEPLOYMENT, old, outputs, new)
    previewed = engine.update(DEPLOYMENT, outputs, new, preview=True)

    assert list(difference.detailedDiff) == ["spec.replicas"]
    assert not difference.replaces
    assert section(previewed, "spec")["replicas"] == 2
    assert api.get("apps/v1", "Deployment", "server", namespace)["spec"]["replicas"] == 1
    updated = engine.update(DEPLOYMENT, outputs, new)
    assert section(updated, "status")["availableReplicas"] == 2
    assert engine.diff(DEPLOYMENT, new, updated, new).changes == 1  # DIFF_NONE


def test_an_update_in_a_preview_is_refused_by_the_server_where_the_real_one_would_be(
    engine: Engine, namespace: str, node: str
) -> None:
    old = deployment(namespace, node)
    _, outputs = engine.create(DEPLOYMENT, old)
    new = deployment(namespace, node)
    section(new, "spec")["selector"] = {"matchLabels": {"app": "other"}}

    assert engine.diff(DEPLOYMENT, old, outputs, new).deleteBeforeReplace
    with pytest.raises(grpc.RpcError) as error:
        engine.update(DEPLOYMENT, outputs, new, preview=True)
    assert "selector" in refusal(error)
