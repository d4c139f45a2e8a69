"""The load balancers' controller as a security reviewer and whoever is on call ask about it."""

import json

import pytest

from components.handles import PlatformRef
from components.kubernetes import gateway_names, load_balancers
from components.kubernetes.load_balancers import (
    CHART,
    CONTROLLER,
    NAMESPACE,
    LoadBalancerController,
    controller_values,
)
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from infra.rehearsal.nodes.view import pod_requests
from infra.spec.environment import Environment
from tests.support.graphs import network_policies
from tests.unit.components import examples
from tests.unit.rehearsal.charts.test_charts import by_title

TAGS = {"tokenworks.dev/platform": "aws-dev"}
each_environment = pytest.mark.parametrize("environment", [*Environment])


def platform(environment: Environment) -> PlatformRef:
    return PlatformRef(name="aws-dev", environment=environment, region="us-east-1")


def installed(
    environment: Environment = Environment.PROD, network_id: str | None = None
) -> dict[str, dict]:
    """Return what the chart makes of our values."""
    said = controller_values(platform(environment), network_id=network_id, tags=TAGS)
    values = json.loads(json.dumps(said))
    version = releases.chart(CHART).version
    return by_title(objects_of(CHART, version, CHART, NAMESPACE, values))


def pod(made: dict[str, dict]) -> dict:
    return made[f"Deployment {CHART}"]["spec"]["template"]["spec"]


def arguments(made: dict[str, dict]) -> set[str]:
    (container,) = pod(made)["containers"]
    return set(container["args"])


@pytest.fixture(scope="module")
def graph() -> Graph:
    """What production gets."""
    return record_program(
        lambda: LoadBalancerController(
            "load-balancers",
            platform=platform(Environment.PROD),
            network_id=None,
            tags=TAGS,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


@each_environment
def test_two_run_where_it_matters_and_a_budget_keeps_one(environment: Environment) -> None:
    made = installed(environment)
    several = environment is not Environment.DEV

    assert made[f"Deployment {CHART}"]["spec"]["replicas"] == (2 if several else 1)
    budget = made.get(f"PodDisruptionBudget {CHART}", {"spec": {}})["spec"]
    assert budget.get("minAvailable") == (1 if several else None)


@each_environment
def test_the_quota_has_room_for_a_whole_roll_out(environment: Environment) -> None:
    deployment = installed(environment)[f"Deployment {CHART}"]
    room = load_balancers.quota(environment)
    asked = pod_requests(deployment["spec"]["template"]["spec"])
    pods = 2 * deployment["spec"]["replicas"]

    assert int(room["pods"]) == pods
    assert room["requests.memory"] == f"{asked.memory_mib * pods}Mi"
    assert room["requests.cpu"] == f"{asked.cpu_millicores * pods}m"


def test_its_pods_are_the_ones_whose_account_has_the_role() -> None:
    assert load_balancers.Workload(NAMESPACE, pod(installed())["serviceAccountName"]) == CONTROLLER


def test_its_pod_is_restricted() -> None:
    spec = pod(installed())
    (container,) = spec["containers"]

    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }


def test_it_looks_at_the_gateway_alone_and_knows_its_cluster_without_asking_a_node() -> None:
    said = arguments(installed())

    assert f"--watch-namespace={gateway_names.NAMESPACE}" in said
    assert "--cluster-name=tokenworks-aws-dev" in said
    assert "--aws-region=us-east-1" in said
    assert "--aws-vpc-tags=tokenworks.dev/platform=aws-dev" in said
    assert "--default-tags=tokenworks.dev/platform=aws-dev" in said


def test_in_somebody_elses_network_it_is_told_which() -> None:
    said = arguments(installed(network_id="vpc-0abc"))

    assert "--aws-vpc-id=vpc-0abc" in said
    assert not any(flag.startswith("--aws-vpc-tags") for flag in said)


def test_what_it_has_no_right_to_is_off() -> None:
    said = arguments(installed())

    assert {"--enable-shield=false", "--enable-waf=false", "--enable-wafv2=false"} <= said
    assert "--enable-backend-security-group=false" in said
    (gates,) = [flag for flag in said if flag.startswith("--feature-gates=")]
    assert {"NLBGatewayAPI=false", "LBCapacityReservation=false"} <= set(
        gates.removeprefix("--feature-gates=").split(",")
    )


def test_no_key_is_drawn_when_the_chart_is_rendered() -> None:
    """What is drawn at each rendering would be another one at each upgrade."""
    made = installed()

    assert not any(title.startswith("Secret ") for title in made)
    assert made["Certificate aws-load-balancer-serving-cert"]["spec"]["secretName"] == (
        "aws-load-balancer-tls"
    )
    assert made == installed()


def test_the_api_server_reaches_its_webhook_and_nobody_else_does(graph: Graph) -> None:
    webhook = network_policies(graph)["webhook"]
    (rule,) = webhook["ingress"]

    assert [port["port"] for port in rule["ports"]] == [9443]
    (container,) = pod(installed())["containers"]
    assert 9443 in [port["containerPort"] for port in container["ports"]]
    for label in ("api-server", "load-balancing"):
        assert "ingress" not in network_policies(graph)[label]
