"""external-dns as a security reviewer and whoever is on call ask about it."""

import json

import pulumi
import pytest

from components.handles import ZoneRef
from components.kubernetes import gateway_names, model_namespace, operators
from components.kubernetes.external_dns import (
    CHART,
    CONTROLLER,
    NAMESPACE,
    OWNER_PREFIX,
    PROGRAMS,
    ExternalDns,
    external_dns_values,
)
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from infra.rehearsal.nodes.view import pod_requests
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.environment import Environment
from tests.support.graphs import network_policies
from tests.unit.components import examples, examples_gcp
from tests.unit.rehearsal.charts.test_charts import by_title

ZONE = ZoneRef(domain="llm.example.com", zone="Z0EXAMPLE")
CLOUDS = {CloudProvider.AWS: examples.CLOUD, CloudProvider.GCP: examples_gcp.CLOUD}
each_cloud = pytest.mark.parametrize("cloud", [*CLOUDS.values()], ids=[*CLOUDS])


def installed(cloud: CloudSpec) -> dict[str, dict]:
    """Return what the chart makes of our values."""
    values = json.loads(json.dumps(external_dns_values(cloud, examples.PLATFORM, ZONE)))
    version = releases.chart(CHART).version
    return by_title(objects_of(CHART, version, CHART, NAMESPACE, values))


def container(cloud: CloudSpec) -> dict:
    (found,) = installed(cloud)[f"Deployment {CHART}"]["spec"]["template"]["spec"]["containers"]
    return found


def graph(cloud: CloudSpec) -> Graph:
    return record_program(
        lambda: ExternalDns(
            "names",
            cloud=cloud,
            platform=examples.PLATFORM,
            zone=ZoneRef("llm.example.com", pulumi.Output.from_input("Z0EXAMPLE")),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


@each_cloud
def test_the_account_of_the_identity_is_the_pods(cloud: CloudSpec) -> None:
    made = installed(cloud)
    spec = made[f"Deployment {CHART}"]["spec"]["template"]["spec"]

    assert spec["serviceAccountName"] == CONTROLLER.service_account
    assert made[f"ServiceAccount {CHART}"]["metadata"]["namespace"] == CONTROLLER.namespace


@each_cloud
def test_there_is_one_pod_and_never_two(cloud: CloudSpec) -> None:
    """It has no leader election."""
    spec = installed(cloud)[f"Deployment {CHART}"]["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("environment", [*Environment])
def test_the_pod_has_room_in_the_namespace(environment: Environment) -> None:
    limits = operators.quota(environment, programs=PROGRAMS)
    spec = installed(examples.CLOUD)[f"Deployment {CHART}"]["spec"]["template"]["spec"]
    asked = pod_requests(spec)

    assert asked.memory_mib <= int(limits["limits.memory"].removesuffix("Mi"))
    assert asked.cpu_millicores <= int(limits["requests.cpu"].removesuffix("m"))
    assert spec["containers"][0]["resources"]["limits"] == {"memory": f"{asked.memory_mib}Mi"}


@each_cloud
def test_it_writes_in_one_zone_what_is_its_own_and_takes_it_out_again(cloud: CloudSpec) -> None:
    arguments = container(cloud)["args"]

    for said in (
        "--zone-id-filter=Z0EXAMPLE",
        "--domain-filter=llm.example.com",
        "--registry=txt",
        f"--txt-owner-id={examples.PLATFORM.name}",
        "--policy=sync",
        "--events",
    ):
        assert said in arguments
    kinds = [item for item in arguments if item.startswith("--managed-record-types=")]
    assert kinds == ["--managed-record-types=A", "--managed-record-types=CNAME"]


@each_cloud
def test_it_looks_at_routes_of_models_on_the_one_gateway_and_at_nothing_else(
    cloud: CloudSpec,
) -> None:
    made, arguments = installed(cloud), container(cloud)["args"]
    rules = made[f"ClusterRole {CHART}"]["rules"]

    assert [item for item in arguments if item.startswith("--source=")] == [
        "--source=gateway-httproute"
    ]
    assert f"--namespace={model_namespace.NAMESPACE}" in arguments
    assert f"--gateway-namespace={gateway_names.NAMESPACE}" in arguments
    assert f"--gateway-name={gateway_names.GATEWAY}" in arguments
    assert "--ignore-hostname-annotation" in arguments
    assert {kind for rule in rules for kind in rule["resources"]} == {
        *("gateways", "httproutes", "namespaces")
    }
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "watch", "list"}


def test_the_name_of_an_owner_needs_no_more_room_than_the_host() -> None:
    """A label has 63 characters at most: one that grew would leave a record without an owner."""
    host = f"{'m' * 63}.llm.example.com"
    owner = OWNER_PREFIX.replace("%{record_type}", "cname") + host

    assert max(map(len, owner.split("."))) <= 63


def test_each_cloud_has_its_own_flags() -> None:
    aws, gcp = container(examples.CLOUD), container(examples_gcp.CLOUD)

    assert {"--provider=aws", "--aws-zone-type=public"} <= {*aws["args"]}
    assert aws["env"] == [{"name": "AWS_REGION", "value": examples.CLOUD.region}]
    assert {
        "--provider=google",
        f"--google-project={examples_gcp.PROJECT}",
        "--google-zone-visibility=public",
    } <= {*gcp["args"]}
    assert "env" not in gcp


@each_cloud
def test_nobody_reaches_it_and_it_reaches_the_cloud_and_the_api_server(cloud: CloudSpec) -> None:
    found = network_policies(graph(cloud))
    anywhere = [rule for rule in found["dns"]["egress"] if "to" not in rule]

    assert not [spec for spec in found.values() if spec.get("ingress")]
    assert [port["port"] for rule in anywhere for port in rule["ports"]] == [443]
    assert all(rule["to"] for rule in found["api-server"]["egress"])


@each_cloud
def test_no_kind_of_its_own_stays_in_the_cluster(cloud: CloudSpec) -> None:
    release = graph(cloud).named("names-external-dns")

    assert release.inputs["skipCrds"] is True
