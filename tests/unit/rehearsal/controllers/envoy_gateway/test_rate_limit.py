"""The rate-limit service that the played Envoy Gateway runs where it is told to."""

import json

from components.handles import CountsRef
from components.kubernetes.shared_host import gateway_settings
from infra.catalog import releases
from infra.rehearsal.controllers.envoy_gateway.controller import settings_from
from infra.rehearsal.controllers.envoy_gateway.rate_limit import objects
from infra.spec.environment import Environment

COUNTS = CountsRef(address="valkey-tokens.token-counts.svc.cluster.local:6379", needed=())
OWNERS = {"ServiceAccount": "account", "Deployment": "deployment", "Service": "service"}


def made(environment: Environment = Environment.PROD) -> dict[str, dict]:
    configuration = json.dumps(gateway_settings(COUNTS, environment))
    found = objects(settings_from("gateway", configuration), OWNERS)
    return {body["kind"]: body for body in json.loads(json.dumps(found))}


def test_it_counts_where_it_is_told_and_logs_in_with_the_password_of_a_secret() -> None:
    (container,) = made()["Deployment"]["spec"]["template"]["spec"]["containers"]
    variables = {one["name"]: one for one in container["env"]}

    assert variables["REDIS_URL"]["value"] == COUNTS.address
    assert variables["REDIS_AUTH"]["valueFrom"] == {
        "secretKeyRef": {"name": "token-counts", "key": "password"}
    }
    assert container["image"] == releases.image("ratelimit").reference


def test_production_runs_two_and_a_drain_leaves_one() -> None:
    assert made()["Deployment"]["spec"]["replicas"] == 2
    assert made()["PodDisruptionBudget"]["spec"]["minAvailable"] == 1
    assert made(Environment.DEV)["Deployment"]["spec"]["replicas"] == 1
    assert "PodDisruptionBudget" not in made(Environment.DEV)


def test_what_is_made_goes_with_the_controller() -> None:
    owners = {kind: body["metadata"]["ownerReferences"] for kind, body in made().items()}

    assert {kind: one[0]["uid"] for kind, one in owners.items()} == {
        "ServiceAccount": "account",
        "ConfigMap": "deployment",
        "Deployment": "deployment",
        "Service": "service",
        "PodDisruptionBudget": "deployment",
    }


def test_without_a_place_to_count_nothing_runs() -> None:
    settings = settings_from("gateway", "{}")

    assert settings.rate_limit == {}
    assert not settings.has_backends
