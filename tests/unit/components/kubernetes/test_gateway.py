"""The gateway of a cluster: what a security reviewer and whoever is on call ask."""

import itertools
import json

import pytest

from components.kubernetes.gateway import PublicGateway, controller_values, quota
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.gateway import JwtSpec
from tests.support.graphs import before
from tests.unit.components import examples


def gateway(cloud: CloudProvider = CloudProvider.AWS, **settings: object) -> Graph:
    return record_program(
        lambda: PublicGateway(
            "gateway",
            examples.GATEWAY.model_copy(update=settings),
            cloud=cloud,
            environment=Environment.DEV,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def inputs(graph: Graph, name: str, kind: str) -> dict:
    return json.loads(json.dumps(graph.named(name, kind).inputs))


def test_proxies_leave_the_cluster_only_for_the_keys_of_a_provider_of_tokens() -> None:
    jwt = JwtSpec(issuer="i", audience="a", jwks_uri="u", client_claim="sub")

    def ways_out(**settings: object) -> list[dict]:
        return inputs(gateway(CloudProvider.AWS, **settings), "gateway-models", "NetworkPolicy")[
            "spec"
        ]["egress"]

    assert [rule["ports"][0]["port"] for rule in ways_out()] == [8000]
    assert [rule["ports"][0]["port"] for rule in ways_out(jwt=jwt)] == [8000, 443]


def test_it_is_taken_down_from_its_routes_to_its_kinds() -> None:
    """Only a running controller takes the finalizer off the class, and Helm deletes the kinds."""
    graph = gateway()
    chain = (
        ("gateway-httproute", "HTTPRoute"),
        ("gateway-gateway", "Gateway"),
        ("gateway-gatewayclass", "GatewayClass"),
        ("gateway-envoyproxy", "EnvoyProxy"),
        ("gateway-gateway-helm", "Release"),
        ("gateway-gateway-crds-helm", "Release"),
        ("gateway-home-namespace", "Namespace"),
    )

    for (name, kind), below in itertools.pairwise(chain):
        assert graph.named(*below).urn in before(graph, graph.named(name, kind)), name


def test_proxies_reach_models_and_not_the_api_server() -> None:
    graph = gateway()
    to_api = inputs(graph, "gateway-api-server", "NetworkPolicy")["spec"]
    to_models = inputs(graph, "gateway-models", "NetworkPolicy")["spec"]

    (without,) = to_api["podSelector"]["matchExpressions"]
    assert (without["operator"], without["values"]) == ("NotIn", ["proxy"])
    assert to_models["podSelector"]["matchLabels"] == {"app.kubernetes.io/component": "proxy"}
    (rule,) = to_models["egress"]
    assert rule["to"][0]["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "models"
    }
    assert [port["port"] for port in rule["ports"]] == [8000]


def test_the_internet_reaches_two_ports_of_proxies_and_nothing_else() -> None:
    graph = gateway()
    policies = [
        json.loads(json.dumps(item.inputs["spec"]))
        for item in graph.resources
        if item.short_type == "NetworkPolicy"
    ]
    to_everybody = [
        (policy["podSelector"], [port["port"] for port in rule["ports"]])
        for policy in policies
        for rule in policy.get("ingress", [])
        if "from" not in rule
    ]

    assert to_everybody == [
        ({"matchLabels": {"app.kubernetes.io/component": "proxy"}}, [10080, 10443])
    ]


def test_the_namespace_has_room_for_one_load_balancer_and_a_whole_roll_out() -> None:
    room = quota(examples.GATEWAY, CloudProvider.GCP, Environment.DEV)

    assert (room["services.loadbalancers"], room["services.nodeports"]) == ("1", "2")
    assert room["pods"] == "5"
    assert "limits.memory" not in room, "Envoy Gateway's own program beside each proxy has none"


def test_on_aws_no_node_opens_a_port_and_a_roll_out_waits_for_the_load_balancer() -> None:
    graph = gateway()
    service = inputs(graph, "gateway-envoyproxy", "EnvoyProxy")["spec"]["provider"]["kubernetes"][
        "envoyService"
    ]
    namespace = inputs(graph, "gateway-home-namespace", "Namespace")["metadata"]

    assert quota(examples.GATEWAY, CloudProvider.AWS, Environment.DEV)["services.nodeports"] == "0"
    assert service["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert service["allocateLoadBalancerNodePorts"] is False
    assert namespace["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


def test_on_google_cloud_the_clusters_own_controller_makes_it() -> None:
    graph = gateway(CloudProvider.GCP)
    proxy = inputs(graph, "gateway-envoyproxy", "EnvoyProxy")
    namespace = inputs(graph, "gateway-home-namespace", "Namespace")

    assert "loadBalancerClass" not in json.dumps(proxy)
    assert "aws" not in json.dumps([proxy, namespace])


def test_kinds_and_controller_come_from_a_registry_by_their_whole_address() -> None:
    graph = gateway()

    for chart in ("gateway-crds-helm", "gateway-helm"):
        release = inputs(graph, f"gateway-{chart}", "Release")
        assert release["chart"] == f"oci://docker.io/envoyproxy/{chart}"
        assert "repositoryOpts" not in release


@pytest.mark.parametrize(
    ("environment", "replicas", "budget"),
    [(Environment.DEV, 1, None), (Environment.PROD, 2, {"minAvailable": 1})],
)
def test_a_budget_protects_a_controller_that_has_a_second_pod(
    environment: Environment, replicas: int, budget: dict[str, int] | None
) -> None:
    values = json.loads(json.dumps(controller_values(environment)))

    assert values["deployment"]["replicas"] == replicas
    assert values.get("podDisruptionBudget") == budget
