"""cert-manager as a security reviewer and whoever is on call ask about it."""

import json

import pytest

from components.kubernetes.cert_manager import (
    CHART,
    CONTROLLER,
    NAMESPACE,
    CertManager,
    cert_manager_values,
)
from components.kubernetes.operators import quota
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from infra.rehearsal.nodes.view import pod_requests
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from tests.support.contracts import CHARTS, chart_contract, needs
from tests.support.graphs import network_policies
from tests.unit.components import examples
from tests.unit.manifests.test_charts import OPEN_MAPS, PASSED_ON
from tests.unit.rehearsal.charts.test_charts import by_title

each_environment = pytest.mark.parametrize("environment", [*Environment])


def installed(environment: Environment) -> dict[str, dict]:
    """Return what the chart makes of our values."""
    values = json.loads(json.dumps(cert_manager_values(environment)))
    version = releases.chart(CHART).version
    return by_title(objects_of(CHART, version, CHART, NAMESPACE, values))


def graph(cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    return record_program(
        lambda: CertManager(
            "certificates",
            cloud=cloud,
            environment=Environment.PROD,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


@each_environment
def test_the_account_of_the_identity_is_the_controllers(environment: Environment) -> None:
    made = installed(environment)
    spec = made["Deployment cert-manager"]["spec"]["template"]["spec"]

    assert spec["serviceAccountName"] == CONTROLLER.service_account
    assert f"ServiceAccount {CONTROLLER.service_account}" in made
    assert made["Deployment cert-manager"]["metadata"]["namespace"] == CONTROLLER.namespace


@each_environment
def test_every_pod_of_a_roll_out_has_room_in_the_namespace(environment: Environment) -> None:
    limits, pods, memory_mib, millicores = quota(environment), 0, 0, 0
    for body in installed(environment).values():
        if body["kind"] != "Deployment":
            continue
        template = body["spec"]["template"]["spec"]
        surging = body["spec"]["replicas"] + 1  # a quarter of up to four, rounded up
        asked = pod_requests(template)
        pods += surging
        memory_mib += surging * asked.memory_mib
        millicores += surging * asked.cpu_millicores
        (container,) = template["containers"]
        assert container["resources"]["limits"] == {"memory": f"{asked.memory_mib}Mi"}

    assert pods <= int(limits["pods"])
    assert memory_mib <= int(limits["limits.memory"].removesuffix("Mi"))
    assert millicores <= int(limits["requests.cpu"].removesuffix("m"))


@each_environment
def test_the_job_of_the_first_day_has_room_too(environment: Environment) -> None:
    made = installed(environment)
    running = sum(
        body["spec"]["replicas"] for body in made.values() if body["kind"] == "Deployment"
    )
    (container,) = made["Job cert-manager-startupapicheck"]["spec"]["template"]["spec"][
        "containers"
    ]

    assert running + 1 <= int(quota(environment)["pods"])
    assert container["resources"]["limits"]["memory"]


def test_production_has_two_of_each_and_keeps_one_through_a_drain() -> None:
    made = installed(Environment.PROD)
    for program in ("", "-webhook", "-cainjector"):
        assert made[f"Deployment cert-manager{program}"]["spec"]["replicas"] == 2
        budget = made[f"PodDisruptionBudget cert-manager{program}"]["spec"]
        assert budget["minAvailable"] == 1


def test_one_pod_has_no_budget_that_would_hold_up_a_drain() -> None:
    assert not [title for title in installed(Environment.DEV) if "Budget" in title]


@each_environment
def test_pods_are_spread_by_labels_that_they_have(environment: Environment) -> None:
    for body in installed(environment).values():
        if body["kind"] == "Deployment":
            template = body["spec"]["template"]
            (spread,) = template["spec"]["topologySpreadConstraints"]
            wanted = spread["labelSelector"]["matchLabels"]
            assert wanted.items() <= template["metadata"]["labels"].items()


@each_environment
def test_nothing_is_put_into_a_namespace_of_the_cluster(environment: Environment) -> None:
    places = {
        body["metadata"].get("namespace", NAMESPACE) for body in installed(environment).values()
    }

    assert places == {NAMESPACE}


@each_environment
def test_the_kinds_go_with_the_release(environment: Environment) -> None:
    kinds = [
        body
        for body in installed(environment).values()
        if body["kind"] == "CustomResourceDefinition"
    ]

    assert kinds
    for body in kinds:
        assert "helm.sh/resource-policy" not in body["metadata"].get("annotations", {})


@each_environment
def test_records_are_looked_up_without_a_way_to_every_name_server(
    environment: Environment,
) -> None:
    (container,) = installed(environment)["Deployment cert-manager"]["spec"]["template"]["spec"][
        "containers"
    ]

    assert "--dns01-recursive-nameservers-only=true" in container["args"]


@pytest.mark.parametrize("cloud", [*CloudProvider])
def test_only_the_controller_reaches_the_cloud_and_lets_encrypt(cloud: CloudProvider) -> None:
    spec = network_policies(graph(cloud))["issuers"]
    anywhere = [rule for rule in spec["egress"] if "to" not in rule]

    assert spec["podSelector"]["matchExpressions"][0]["values"] == ["cert-manager"]
    assert [port["port"] for rule in anywhere for port in rule["ports"]] == [443]
    for rule in network_policies(graph(cloud))["api-server"]["egress"]:
        assert rule["to"]


@pytest.mark.parametrize("cloud", [*CloudProvider])
def test_nobody_but_the_control_plane_reaches_the_webhook(cloud: CloudProvider) -> None:
    spec = network_policies(graph(cloud))["webhook"]
    (rule,) = spec["ingress"]
    webhook = installed(Environment.PROD)["Deployment cert-manager-webhook"]
    (container,) = webhook["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}

    assert [port["port"] for port in rule["ports"]] == [ports["https"]]
    assert spec["podSelector"]["matchExpressions"][0]["values"] == ["webhook"]
    tunnels = [item for item in rule["from"] if "podSelector" in item]
    assert bool(tunnels) is (cloud is CloudProvider.GCP)


@needs(CHARTS)
@each_environment
def test_every_value_that_we_set_exists(environment: Environment) -> None:
    contract = chart_contract(CHART)
    assert contract
    open_maps = {*OPEN_MAPS[CHART], *PASSED_ON[CHART]}
    values = json.loads(json.dumps(cert_manager_values(environment)))

    assert list(contract.unknown(values, open_maps)) == []
