"""What a pending create made is found in the account, through calls that AWS has.

One thing of each type stands in the simulated account, and beside it another of the same type.
"""

import json
from collections.abc import Iterator

import pytest

from infra.recovery.aws.finders import FINDERS
from infra.recovery.candidates import BY_CONTENT, Account, Candidate
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws import scene as kinds
from tests.unit.rehearsal.aws import test_budgets as costs
from tests.unit.rehearsal.aws.harness import REGION, Simulation
from tests.unit.rehearsal.aws.scene import Network, Scene
from tests.unit.rehearsal.aws.test_buckets import SETTINGS
from tests.unit.rehearsal.aws.test_elasticache import ALARM_INPUTS, group_inputs
from tests.unit.rehearsal.aws.test_images import LIFECYCLE
from tests.unit.rehearsal.cloud.finding import check_found_alone, check_found_anew, kind_of, search
from tests.unit.rehearsal.cloud.wire import Made

TAGS: Value = {"Name": "ours", "tokenworks.dev/platform": "tokenworks-dev"}
OTHER: Value = {"Name": "another", "tokenworks.dev/platform": "tokenworks-dev"}
ANYWHERE = "0.0.0.0/0"


@pytest.fixture(scope="module")
def made(simulation: Simulation) -> Iterator[dict[str, Made]]:
    """One of each type, by type."""
    scene = Scene(simulation.engine, simulation.api)
    network = _networks(scene)
    _cluster(scene, network)
    _stores(scene)
    _cache(scene, network)
    yield {kind_of(thing): thing for thing in scene.made}
    scene.clear()


@pytest.fixture
def api(simulation: Simulation) -> LoopbackAwsApi:
    """The account as an operator has it."""
    key = simulation.cloud.account.access_key.secret_access_key
    return LoopbackAwsApi(f"http://127.0.0.1:{simulation.cloud.ports.authenticator}", key, REGION)


def _networks(scene: Scene) -> Network:
    network = scene.network()  # somebody else's, with ranges like ours
    scene.make(kinds.TABLE, vpcId=network.vpc.physical_id, tags=OTHER)
    scene.make(kinds.GATEWAY, tags=OTHER)
    vpc = scene.make(kinds.VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True, tags=TAGS)
    at: Properties = {"vpcId": vpc.physical_id, "tags": TAGS}
    subnets = [
        scene.make(
            kinds.SUBNET, **at, cidrBlock=f"10.0.{n}.0/24", availabilityZone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("ab")
    ]
    gateway = scene.make(kinds.GATEWAY, **at)
    address = scene.make(kinds.ADDRESS, domain="vpc", tags=TAGS)
    nat: Properties = {"subnetId": subnets[0].physical_id, "allocationId": address.physical_id}
    scene.make(kinds.NAT, **nat, tags=TAGS)
    table = scene.make(kinds.TABLE, **at).physical_id
    scene.make(
        kinds.ROUTE,
        routeTableId=table,
        destinationCidrBlock=ANYWHERE,
        gatewayId=gateway.physical_id,
    )
    scene.make(kinds.ASSOCIATION, routeTableId=table, subnetId=subnets[1].physical_id)
    scene.make(
        kinds.ENDPOINT, **at, serviceName=f"com.amazonaws.{REGION}.s3", routeTableIds=[table]
    )
    group: Properties = {"securityGroupId": scene.make(kinds.GROUP, **at).physical_id}
    scene.make(kinds.EGRESS, **group, ipProtocol="-1", cidrIpv4=ANYWHERE)
    https: Properties = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    scene.make(kinds.INGRESS, **group, **https, cidrIpv4="10.0.0.0/16")
    _flow_log(scene, vpc)
    return Network(vpc, subnets)


def _flow_log(scene: Scene, vpc: Made) -> None:
    scene.make(kinds.LOGS, tags=OTHER)
    logs = scene.make(kinds.LOGS, tags=TAGS)
    scene.make(kinds.STREAM, name="tokenworks-ours", logGroupName=logs["name"])
    scene.make(
        kinds.FLOW_LOG,
        vpcId=vpc.physical_id,
        trafficType="ALL",
        logDestination=logs["arn"],
        iamRoleArn=scene.pod_role("vpc-flow-logs.amazonaws.com", "sts:AssumeRole")["arn"],
        tags=TAGS,
    )


def _cluster(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, tags=TAGS)
    inside: Properties = {"clusterName": cluster["name"]}
    pod_role = scene.pod_role()
    inputs = scene.node_group_inputs(cluster, network)
    scene.make(kinds.NODES, **inputs, tags=OTHER)
    group = scene.make(kinds.NODES, **inputs, tags=TAGS)
    scaling = group.outputs["resources"][0]["autoscalingGroups"][0]["name"]  # ty: ignore[not-subscriptable, invalid-argument-type] - the provider's form
    tag: Properties = {"key": "a-hint", "value": "1", "propagateAtLaunch": False}
    scene.make(kinds.SCALING_TAG, autoscalingGroupName=scaling, tag=tag)
    scene.make(kinds.ADDON, **inside, addonName="vpc-cni", tags=TAGS)
    account: Properties = {"namespace": "models", "serviceAccount": "model-server"}
    scene.make(kinds.IDENTITY, **inside, **account, roleArn=pod_role["arn"], tags=TAGS)
    role = scene.make(kinds.ROLE, assumeRolePolicy=kinds.TRUST_EC2, tags=TAGS)
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
        }
    )
    scene.make(kinds.INLINE, role=role.physical_id, policy=document)
    scene.make(
        kinds.ATTACHMENT, role=role.physical_id, policyArn=f"{kinds.MANAGED}AmazonEKS_CNI_Policy"
    )
    entry: Properties = {**inside, "principalArn": role["arn"]}
    scene.make(kinds.ENTRY, **entry, tags=TAGS)
    admin = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    scene.make(kinds.GRANT, **entry, policyArn=admin, accessScope={"type": "cluster"})
    scene.make(kinds.TEMPLATE, tags=OTHER)
    scene.make(kinds.TEMPLATE, tags=TAGS)
    scene.make(kinds.PLACEMENT, strategy="cluster", tags=TAGS)


def _stores(scene: Scene) -> None:
    scene.make(kinds.KEY, tags=OTHER)
    key = scene.make(kinds.KEY, tags=TAGS)
    scene.make(kinds.ALIAS, name="alias/ours", targetKeyId=key.physical_id)
    scene.make(kinds.BUCKET, tags=OTHER)
    bucket = scene.make(kinds.BUCKET, tags=TAGS).physical_id
    for kind, inputs in SETTINGS.items():
        scene.make(kind, bucket=bucket, **inputs)
    statement: Properties = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    scene.make(kinds.BUCKET_POLICY, bucket=bucket, policy=policy)
    scene.make(kinds.WORKSPACE, alias="tokenworks-another", tags=OTHER)
    scene.make(kinds.WORKSPACE, alias="tokenworks-ours", tags=TAGS)
    scene.make(kinds.REPOSITORY, name="tokenworks-dev/another", tags=OTHER)
    name = scene.make(kinds.REPOSITORY, name="tokenworks-dev/server", tags=TAGS).physical_id
    scene.make(kinds.SECRET, name="tokenworks/another/hub-token", tags=OTHER)
    scene.make(kinds.SECRET, name="tokenworks/ours/hub-token", tags=TAGS)
    scene.make(kinds.ZONE, name="another.example.com", comment="Another", tags=OTHER)
    scene.make(kinds.ZONE, name="llm.example.com", comment="Ours", tags=TAGS)
    scene.make(kinds.IMAGE_LIFECYCLE, repository=name, policy=json.dumps(LIFECYCLE))
    scene.make(kinds.CACHE, ecrRepositoryPrefix="ours-quay", upstreamRegistryUrl="quay.io")


def _cache(scene: Scene, network: Network) -> None:
    scene.make(kinds.ALARM, **ALARM_INPUTS | {"name": "another"}, tags=OTHER)
    scene.make(kinds.ALARM, **ALARM_INPUTS, tags=TAGS)
    for name, tags in (("another", OTHER), ("ours", TAGS)):
        scene.make(costs.BUDGET, **costs.budget_inputs(name=name), tags=tags)
        monitor = scene.make(costs.MONITOR, name=name, **costs.WATCHED, tags=tags)
        mail = costs.subscription_inputs(monitor["arn"])
        scene.make(costs.SUBSCRIPTION, **mail | {"name": name}, tags=tags)
    scene.make(kinds.CACHE_PARAMETERS, name="another", family="valkey8", tags=OTHER)
    inputs = group_inputs(scene, network, TAGS)
    scene.make(kinds.CACHE_GROUP, **inputs | {"replicationGroupId": "another"}, tags=OTHER)
    scene.make(kinds.CACHE_GROUP, **inputs, tags=TAGS)


def _search(api: LoopbackAwsApi, kind: str, inputs: Properties) -> list[Candidate]:
    return search(Account(api, FINDERS), kind, inputs)


@pytest.mark.parametrize("kind", FINDERS)
def test_what_a_create_made_is_found_and_nothing_else(
    kind: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    check_found_alone(Account(api, FINDERS), made[kind])


@pytest.mark.parametrize("kind", FINDERS)
def test_it_is_found_too_when_only_the_program_says_what_it_was(
    kind: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    check_found_anew(Account(api, FINDERS), made[kind])


@pytest.mark.parametrize(
    "kind", [kind for kind, finder in FINDERS.items() if finder.by != BY_CONTENT]
)
def test_a_thing_with_another_name_tag_is_not_ours(
    kind: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    inputs: Properties = {**made[kind].inputs, "tags": {"Name": "a third"}}

    assert not any(one.ours for one in _search(api, kind, inputs))


@pytest.mark.parametrize("kind", [kinds.VPC, kinds.KEY, kinds.ADDRESS])
def test_a_create_without_tags_finds_nothing_by_tags(
    kind: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    inputs: Properties = {key: item for key, item in made[kind].inputs.items() if key != "tags"}

    assert _search(api, kind, inputs) == []


@pytest.mark.parametrize(
    "kind", [kinds.NODES, kinds.ADDON, kinds.ENTRY, kinds.IDENTITY, kinds.GRANT]
)
def test_in_a_cluster_that_is_not_there_nothing_is(
    kind: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    inputs: Properties = {**made[kind].inputs, "clusterName": "tokenworks-nowhere"}

    assert _search(api, kind, inputs) == []


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        *((kind, "role") for kind in (kinds.ATTACHMENT, kinds.INLINE)),
        *((kind, "routeTableId") for kind in (kinds.ROUTE, kinds.ASSOCIATION)),
        *((kind, "bucket") for kind in SETTINGS),
        (kinds.IMAGE_LIFECYCLE, "repository"),
    ],
)
def test_of_a_parent_that_is_not_there_nothing_is(
    kind: str, parent: str, made: dict[str, Made], api: LoopbackAwsApi
) -> None:
    inputs: Properties = {**made[kind].inputs, parent: "rtb-0123456789abcdef0"}

    assert _search(api, kind, inputs) == []
