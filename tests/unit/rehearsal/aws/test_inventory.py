"""The reports of the simulated AWS: what is left, and how groups stand."""

import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.values import text
from tests.unit.rehearsal.aws import test_budgets as costs
from tests.unit.rehearsal.aws.harness import TRUST_EKS, Simulation
from tests.unit.rehearsal.aws.scene import (
    ADDON,
    ADDRESS,
    ALARM,
    ALIAS,
    ASSOCIATION,
    ATTACHMENT,
    BUCKET,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
    CACHE,
    CACHE_GROUP,
    CACHE_PARAMETERS,
    CACHE_SUBNETS,
    CACHE_USER,
    CACHE_USERS,
    CLUSTER,
    EGRESS,
    ENCRYPTION,
    ENDPOINT,
    ENTRY,
    FLOW_LOG,
    GATEWAY,
    GRANT,
    GROUP,
    IDENTITY,
    IMAGE_LIFECYCLE,
    INGRESS,
    INLINE,
    KEY,
    LOGS,
    NAT,
    NODES,
    OWNERSHIP,
    PLACEMENT,
    POLICY,
    PROFILE,
    PUBLIC_ACCESS,
    REPOSITORY,
    ROLE,
    ROUTE,
    SCALING_TAG,
    SECRET,
    STREAM,
    SUBNET,
    TABLE,
    TEMPLATE,
    VERSIONING,
    VPC,
    WORKSPACE,
    ZONE,
    Network,
    Scene,
)
from tests.unit.rehearsal.aws.test_elasticache import ALARM_INPUTS, group_inputs

if TYPE_CHECKING:
    from infra.wire import Properties, Value

LISTED_AS = {
    VPC: "vpc",
    SUBNET: "subnet",
    GATEWAY: "internet gateway",
    ADDRESS: "elastic IP",
    NAT: "NAT gateway",
    TABLE: "route table",
    GROUP: "security group",
    TEMPLATE: "launch template",
    ROLE: "IAM role",
    POLICY: "IAM policy",
    PROFILE: "instance profile",
    LOGS: "log group",
    WORKSPACE: "metrics workspace",
    FLOW_LOG: "flow log",
    ENDPOINT: "VPC endpoint",
    BUCKET: "bucket",
    REPOSITORY: "image repository",
    SECRET: "secret",
    ZONE: "DNS zone",
    CACHE: "image cache rule",
    KEY: "KMS key",
    ALIAS: "KMS alias",
    PLACEMENT: "placement group",
    CLUSTER: "cluster",
    NODES: "node group",
    ENTRY: "access entry",
    ADDON: "add-on",
    IDENTITY: "Pod Identity association",
    ALARM: "alarm",
    costs.BUDGET: "budget",
    costs.MONITOR: "anomaly monitor",
    costs.SUBSCRIPTION: "anomaly subscription",
    CACHE_GROUP: "cache",
    CACHE_PARAMETERS: "cache parameter group",
    CACHE_SUBNETS: "cache subnet group",
    CACHE_USER: "cache user",
    CACHE_USERS: "cache user group",
}
PART_OF = {
    ROUTE: TABLE,
    ASSOCIATION: TABLE,
    INGRESS: GROUP,
    EGRESS: GROUP,
    ATTACHMENT: ROLE,
    INLINE: ROLE,
    GRANT: ENTRY,
    SCALING_TAG: NODES,
    VERSIONING: BUCKET,
    ENCRYPTION: BUCKET,
    PUBLIC_ACCESS: BUCKET,
    OWNERSHIP: BUCKET,
    BUCKET_POLICY: BUCKET,
    BUCKET_LIFECYCLE: BUCKET,
    IMAGE_LIFECYCLE: REPOSITORY,
    STREAM: LOGS,
}
"""What is not listed, and the listed thing that it is in and cannot outlive."""
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]})


def test_every_type_that_is_played_is_listed_or_part_of_something_that_is() -> None:
    assert LISTED_AS.keys() | PART_OF.keys() == TYPES.keys()
    assert set(PART_OF.values()) <= LISTED_AS.keys()


def test_a_thing_of_every_listed_type_is_found(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    _one_of_each(scene, network)

    found = {(item["kind"], item["id"]) for item in simulation.report("/inventory")}

    made = [(thing.urn.split("::")[2].partition("$")[2], thing) for thing in scene.made]
    listed = [(kind, thing) for kind, thing in made if kind not in PART_OF]
    assert {kind for kind, _thing in listed} == LISTED_AS.keys()
    for kind, thing in listed:
        assert (LISTED_AS[kind], thing.physical_id) in found


def _delivery(scene: Scene) -> "Value":
    """A role that flow logs are delivered with."""
    trust = TRUST_EKS.replace("eks.amazonaws.com", "vpc-flow-logs.amazonaws.com")
    return scene.make(ROLE, assumeRolePolicy=trust)["arn"]


def _one_of_each(scene: Scene, network: Network) -> None:
    vpc: Properties = {"vpcId": network.vpc.physical_id}
    scene.make(GATEWAY, **vpc)
    address = scene.make(ADDRESS, domain="vpc")
    scene.make(NAT, subnetId=network.subnets[0].physical_id, allocationId=address.physical_id)
    scene.make(TABLE, **vpc)
    scene.make(GROUP, **vpc)
    scene.make(TEMPLATE)
    scene.make(POLICY, policy=DOCUMENT)
    scene.make(PROFILE, role=scene.role()["name"])
    logs = scene.make(LOGS)
    scene.make(
        FLOW_LOG, **vpc, trafficType="ALL", logDestination=logs["arn"], iamRoleArn=_delivery(scene)
    )
    scene.make(ENDPOINT, **vpc, serviceName="com.amazonaws.us-east-1.s3")
    scene.make(BUCKET)
    scene.make(REPOSITORY)
    scene.make(SECRET)
    scene.make(WORKSPACE)
    scene.make(ZONE, name="llm.example.com")
    scene.make(CACHE, ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    scene.make(ALIAS, targetKeyId=scene.make(KEY).physical_id)
    scene.make(PLACEMENT, strategy="cluster")
    scene.make(CACHE_GROUP, **group_inputs(scene, network))
    scene.make(ALARM, **ALARM_INPUTS)
    scene.make(costs.BUDGET, **costs.budget_inputs())
    monitor = scene.make(costs.MONITOR, name="days", **costs.WATCHED)
    scene.make(costs.SUBSCRIPTION, **costs.subscription_inputs(monitor["arn"]))
    cluster = scene.cluster(network)
    scene.make(NODES, **scene.node_group_inputs(cluster, network))
    scene.make(ENTRY, clusterName=cluster["name"], principalArn=scene.role()["arn"])
    scene.make(ADDON, clusterName=cluster["name"], addonName="kube-proxy")
    role = scene.pod_role()["arn"]
    home: Properties = {"namespace": "models", "serviceAccount": "server", "roleArn": role}
    scene.make(IDENTITY, clusterName=cluster["name"], **home)


def test_a_network_interface_that_nobody_deleted_is_listed(
    simulation: Simulation, network: Network
) -> None:
    region = simulation.cloud.account.region("us-east-1")
    made = region.call(
        "ec2", "create_network_interface", SubnetId=network.subnet_ids[0], Description="left"
    )
    interface = text(made, "NetworkInterface.NetworkInterfaceId")
    try:
        found = simulation.report("/inventory")
    finally:
        region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)

    assert {"kind": "network interface", "id": interface, "name": "left"} in found


def test_more_things_than_a_page_has_are_all_listed(simulation: Simulation) -> None:
    with _many_roles_and_groups(simulation.cloud.account.region("us-east-1"), 101, 51):
        found = Counter(item["kind"] for item in simulation.report("/inventory"))

    assert found == {"IAM role": 101, "log group": 51}


@contextmanager
def _many_roles_and_groups(region: Region, roles: int, groups: int) -> Generator[None]:
    try:
        for number in range(roles):
            name = f"many-{number}"
            region.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=TRUST_EKS)
        for number in range(groups):
            region.call("logs", "create_log_group", logGroupName=f"many-{number}")
        yield
    finally:
        for number in range(roles):
            region.call("iam", "delete_role", RoleName=f"many-{number}")
        for number in range(groups):
            region.call("logs", "delete_log_group", logGroupName=f"many-{number}")


def test_pages_of_ec2_are_all_read(simulation: Simulation) -> None:
    account = simulation.cloud.account
    pages: dict[object, Properties] = {
        None: {"Volumes": [{"VolumeId": "vol-1"}], "NextToken": "two"},
        "two": {"Volumes": [], "NextToken": "three"},
        "three": {"Volumes": [{"VolumeId": "vol-2"}]},
    }
    call = ("ec2", "describe_volumes")
    account.gaps[call] = lambda _region, parameters: pages[parameters.get("NextToken")]
    try:
        found = simulation.report("/inventory")
    finally:
        del account.gaps[call]

    assert [item["id"] for item in found] == ["vol-1", "vol-2"]


def test_an_account_in_which_nothing_was_made_is_empty_though_it_has_default_vpcs(
    simulation: Simulation,
) -> None:
    reply = simulation.cloud.account.region("us-east-1").call("ec2", "describe_vpcs")
    assert reply["Vpcs"]

    assert simulation.report("/inventory") == []


def test_everything_that_was_made_is_listed_by_kind_id_and_name(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    cluster = scene.cluster(network)
    group = scene.make(NODES, **scene.node_group_inputs(cluster, network))
    logs = scene.make(LOGS)
    address = scene.make(ADDRESS, domain="vpc", tags={"Name": "way out"})

    found = simulation.report("/inventory")

    kinds = {item["kind"] for item in found}
    assert kinds == {
        *("vpc", "subnet", "elastic IP", "log group", "IAM role", "cluster", "node group"),
        *("access entry", "security group", "instance profile"),
    }
    assert {"kind": "log group", "id": logs.physical_id, "name": logs.physical_id} in found
    assert {"kind": "elastic IP", "id": address.physical_id, "name": "way out"} in found
    assert {
        "kind": "node group",
        "id": group.physical_id,
        "name": group["nodeGroupName"],
    } in found
    assert len([item for item in found if item["kind"] == "security group"]) == 1


def test_groups_are_reported_with_bounds_and_nodes(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    scene.api.ready["counted"] = 1
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    sizes: Properties = {"minSize": 1, "desiredSize": 1, "maxSize": 2}
    scene.make(NODES, **inputs | {"scalingConfig": sizes, "nodeGroupName": "counted"})

    (report,) = simulation.report("/node-groups")

    wanted = {"name": "counted", "min": 1, "desired": 1, "max": 2, "nodes": 1, "readyNodes": 1}
    assert wanted.items() <= report.items()
