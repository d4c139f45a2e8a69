"""The gateway of a cluster: what a security reviewer and whoever is on call ask."""

import itertools
import json

import pulumi
import pytest

from components.data.token_counts import TokenCounts
from components.kubernetes.cert_manager import CertManager
from components.kubernetes.gateway import PublicGateway, controller_values, quota
from components.kubernetes.shared_host import SharedHostNeeds
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.gateway import JwtSpec
from tests.support.graphs import before
from tests.unit.components import examples


def gateway(cloud: CloudProvider = CloudProvider.AWS, **settings: object) -> Graph:
    spec = examples.GATEWAY.model_copy(update=settings)

    def program() -> None:
        opts = examples.with_kubernetes()
        PublicGateway(
            "gateway",
            spec,
            cloud=cloud,
            environment=Environment.DEV,
            kubernetes_version="1.35",
            shared=_needs(cloud, opts) if spec.shared_host else None,
            opts=opts,
        )

    return record_program(program, stack="test")


def _needs(cloud: CloudProvider, opts: pulumi.ResourceOptions) -> SharedHostNeeds:
    """Return what a shared host stands on."""
    store = examples.secret_store_ref()
    counts = TokenCounts("counts", store=store, kubernetes_version="1.35", opts=opts)
    certificates = CertManager(
        "certificates",
        cloud=cloud,
        environment=Environment.DEV,
        kubernetes_version="1.35",
        opts=opts,
    )
    return SharedHostNeeds(counts=counts.ref, store=store, certificates=certificates)


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
    assert (without["operator"], without["values"]) == ("NotIn", ["proxy", "ratelimit"])
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


def test_whoever_is_asked_about_every_configuration_is_there_before_and_until_after() -> None:
    """Envoy Gateway tells proxies nothing while nobody answers it."""
    graph = gateway(shared_host=True)
    controller = before(graph, graph.named("gateway-gateway-helm", "Release"))
    asked = graph.named("gateway-ai-ai-gateway-helm", "Release")

    for name in ("gateway-ai-ai-gateway-helm", "counts-tokens", "gateway-gateway-crds-helm"):
        assert graph.named(name, "Release").urn in controller, name
    for name in ("gateway-ai-ai-gateway-crds-helm", "gateway-gateway-crds-helm"):
        assert graph.named(name, "Release").urn in before(graph, asked), name
    assert graph.named("certificates-cert-manager", "Release").urn in before(graph, asked)


def test_proxies_reach_neither_what_counts_nor_what_is_asked() -> None:
    """They are what the internet talks to."""
    graph = gateway(shared_host=True)
    asks = inputs(graph, "gateway-ai-gateway", "NetworkPolicy")["spec"]
    counts = inputs(graph, "gateway-token-counts", "NetworkPolicy")["spec"]

    (others,) = asks["podSelector"]["matchExpressions"]
    assert (others["operator"], others["values"]) == ("NotIn", ["proxy", "ratelimit"])
    assert [port["port"] for port in asks["egress"][0]["ports"]] == [1063]
    assert counts["podSelector"]["matchLabels"] == {"app.kubernetes.io/component": "ratelimit"}
    assert [port["port"] for port in counts["egress"][0]["ports"]] == [6379]


def test_the_filter_beside_a_proxy_asks_for_something_and_the_namespace_has_room() -> None:
    graph = gateway(shared_host=True)
    config = inputs(graph, "gateway-gatewayconfig", "GatewayConfig")
    annotations = inputs(graph, "gateway-gateway", "Gateway")["metadata"]["annotations"]
    resources = config["spec"]["extProc"]["kubernetes"]["resources"]
    spec = examples.GATEWAY.model_copy(update={"shared_host": True})
    small = quota(examples.GATEWAY, CloudProvider.AWS, Environment.DEV)
    large = quota(spec, CloudProvider.AWS, Environment.DEV)

    assert resources["requests"] == {"cpu": "100m", "memory": "256Mi"}
    assert annotations["aigateway.envoyproxy.io/gateway-config"] == config["metadata"]["name"]
    assert (small["pods"], large["pods"]) == ("5", "7")
    assert int(large["requests.cpu"][:-1]) > int(small["requests.cpu"][:-1])


def test_nothing_of_a_shared_host_is_there_where_none_is_asked_for() -> None:
    graph = gateway()
    config = controller_values(Environment.PROD)

    assert "config" not in config
    assert not [item for item in graph.resources if "ai-gateway" in item.name]
    assert "annotations" not in inputs(graph, "gateway-gateway", "Gateway")["metadata"]


def test_a_shared_host_is_logged_with_model_and_tokens_and_answers_fit_in_memory() -> None:
    graph = gateway(shared_host=True)
    proxy = inputs(graph, "gateway-envoyproxy", "EnvoyProxy")["spec"]
    (setting,) = proxy["telemetry"]["accessLog"]["settings"]
    policy = inputs(graph, "gateway-clienttrafficpolicy", "ClientTrafficPolicy")["spec"]

    assert setting["format"]["json"].keys() - {"model", "tokens"} == {*setting_of(gateway()).keys()}
    assert policy["connection"]["bufferLimit"] == "20Mi"


def setting_of(graph: Graph) -> dict:
    """Return what a line of the access log has."""
    proxy = inputs(graph, "gateway-envoyproxy", "EnvoyProxy")["spec"]
    return proxy["telemetry"]["accessLog"]["settings"][0]["format"]["json"]


def test_a_zone_of_gpu_nodes_alone_does_not_hold_up_a_roll_out() -> None:
    """Else it counts as a zone without a proxy, and no other zone takes a second one."""
    proxy = inputs(gateway(), "gateway-envoyproxy", "EnvoyProxy")["spec"]
    pod = proxy["provider"]["kubernetes"]["envoyDeployment"]["pod"]

    assert [one["nodeTaintsPolicy"] for one in pod["topologySpreadConstraints"]] == ["Honor"]
