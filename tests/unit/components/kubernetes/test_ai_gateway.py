"""The controller of the shared host: who asks it, and what it may reach."""

import json

import pytest

from components.kubernetes.ai_gateway import AiGateway, controller_values, quota
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.wire import Properties
from tests.support.contracts import CHARTS, chart_contract, needs
from tests.unit.components import examples


def controller(cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    return record_program(
        lambda: AiGateway(
            "ai",
            cloud=cloud,
            environment=Environment.DEV,
            kubernetes_version="1.35",
            after=(),
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def policy(graph: Graph, name: str) -> dict:
    return json.loads(json.dumps(graph.named(f"ai-{name}", "NetworkPolicy").inputs))["spec"]


def values(environment: Environment) -> Properties:
    return json.loads(json.dumps(controller_values(environment)))


def test_envoy_gateway_asks_it_and_no_proxy_does() -> None:
    (rule,) = policy(controller(), "envoy-gateway")["ingress"]
    (peer,) = rule["from"]
    (pods,) = peer["podSelector"]["matchExpressions"]

    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "gateway"}
    assert (pods["operator"], pods["values"]) == ("NotIn", ["proxy", "ratelimit"])
    assert [port["port"] for port in rule["ports"]] == [1063]


def test_it_reaches_the_api_server_and_nothing_in_the_internet() -> None:
    """It may read every Secret of the cluster."""
    egress = policy(controller(), "api-server")["egress"]
    ways = [rule for rule in egress if "to" not in rule]

    assert ways == []
    assert {port["port"] for rule in egress for port in rule["ports"]} == {53, 443}


@pytest.mark.parametrize("cloud", CloudProvider)
def test_the_api_server_reaches_its_webhook_on_a_port_that_the_cloud_lets_through(
    cloud: CloudProvider,
) -> None:
    (rule,) = policy(controller(cloud), "webhook")["ingress"]

    assert [port["port"] for port in rule["ports"]] == [10250]


def test_staging_and_production_run_two_and_a_drain_leaves_one() -> None:
    for environment, replicas in (
        (Environment.DEV, 1),
        (Environment.STAGING, 2),
        (Environment.PROD, 2),
    ):
        found = json.loads(json.dumps(values(environment)))["controller"]
        assert found["replicaCount"] == replicas
        assert found["podDisruptionBudget"] == {"enabled": replicas > 1}
        assert int(quota(environment)["pods"]) == 2 * replicas


@needs(CHARTS / "ai-gateway-helm.json")
def test_the_chart_has_every_value_that_is_set() -> None:
    contract = chart_contract("ai-gateway-helm")
    assert contract is not None
    unknown = contract.unknown(values(Environment.PROD), ["controller.resources"])

    # The values name it in a comment; admission_webhook.yaml reads it (c217da8, 2026-08-21).
    (only,) = unknown
    assert "controller > mutatingWebhook > namespaceSelector > matchLabels" in only
