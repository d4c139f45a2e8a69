"""What an AWS account has of a platform, asked of moto: ours by its marks, and nobody else's."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from infra.aws_api import Boto3Api
from infra.cloud_error import CloudApiError
from infra.destroy.aws.look import look
from infra.destroy.found import Found, Marks
from infra.wire import Properties, Value

REGION = "us-east-1"
MARKS = Marks("aws-dev", "tokenworks-aws-dev")
OURS = {"tokenworks.dev/platform": "aws-dev"}
CLUSTERS = {"kubernetes.io/cluster/tokenworks-aws-dev": "owned"}
SOMEBODYS = {"Name": "aws-dev-network-vpc"}
CONTROLLERS = {"elbv2.k8s.aws/cluster": "tokenworks-aws-dev"}


def tagged(kind: str, tags: dict[str, str]) -> list[Value]:
    return [{"ResourceType": kind, "Tags": listed(tags)}]


def listed(tags: dict[str, str]) -> list[Value]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class World:
    """An account of moto's, with things in a VPC."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
        self.api = Boto3Api(session, REGION)

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        return self.api.call(service, operation, **parameters)

    def network(self, tags: dict[str, str], block: str = "10.0.0.0/16") -> tuple[str, str]:
        vpc = self.call("ec2", "CreateVpc", CidrBlock=block, TagSpecifications=tagged("vpc", tags))[
            "Vpc"
        ]
        assert isinstance(vpc, dict)
        made = self.call(
            "ec2",
            "CreateSubnet",
            VpcId=vpc["VpcId"],
            CidrBlock=block.replace("/16", "/24"),
            TagSpecifications=tagged("subnet", tags),
        )["Subnet"]
        assert isinstance(made, dict)
        return str(vpc["VpcId"]), str(made["SubnetId"])

    def volume(self, tags: dict[str, str]) -> None:
        specification = tagged("volume", tags)
        self.call(
            "ec2",
            "CreateVolume",
            AvailabilityZone=f"{REGION}a",
            Size=8,
            TagSpecifications=specification,
        )

    def look(self) -> Found:
        return look(self.api, MARKS)


@pytest.fixture
def world() -> Iterator[World]:
    with mock_aws():
        yield World()


def kinds(found: Found) -> list[str]:
    return sorted(one.kind for one in found.left)


def test_an_empty_account_has_nothing_and_all_of_it_is_known(world: World) -> None:
    assert world.look().lines == []


def test_a_look_alike_beside_ours_is_nobody_s_orphan(world: World) -> None:
    name = {"Name": "aws-dev-network-vpc"}
    ours = world.network(OURS | name)
    world.network(name | {"tokenworks.dev/platform": "aws-dev-2"})
    world.network(name | {"kubernetes.io/cluster/tokenworks-aws-dev": "shared"})
    world.volume({"Name": "tokenworks-aws-dev-dynamic-pvc-1", "CSIVolumeName": "pvc-1"})

    found = world.look()

    assert sorted(one.id for one in found.left) == sorted(ours)


def test_what_controllers_made_is_found_by_the_mark_of_our_cluster(world: World) -> None:
    vpc, subnet = world.network(SOMEBODYS)
    world.volume(CLUSTERS | {"CSIVolumeName": "pvc-1"})
    for name, tags in (("k8s-a", CONTROLLERS), ("k8s-b", {"elbv2.k8s.aws/cluster": "other"})):
        world.call(
            "elbv2",
            "CreateLoadBalancer",
            Name=name,
            Type="network",
            Subnets=[subnet],
            Tags=listed(tags),
        )
        world.call(
            "elbv2",
            "CreateTargetGroup",
            Name=name,
            Protocol="TCP",
            Port=80,
            VpcId=vpc,
            Tags=listed(tags),
        )
    listeners: list[Value] = [
        {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80, "InstanceProtocol": "TCP"}
    ]
    for name, tags in (("a1", CLUSTERS), ("a2", {})):
        world.call(
            "elb",
            "CreateLoadBalancer",
            LoadBalancerName=name,
            Listeners=listeners,
            Subnets=[subnet],
            Tags=listed({"kubernetes.io/service-name": "default/shop"} | tags),
        )

    found = world.look()

    assert kinds(found) == ["classic load balancer", "load balancer", "target group", "volume"]
    assert len(found.holding) == 4


def test_the_disk_of_a_node_goes_with_its_node_and_holds_nothing(world: World) -> None:
    world.volume(OURS | CLUSTERS)

    found = world.look()

    assert kinds(found) == ["volume"]
    assert found.holding == []


def test_addresses_interfaces_and_what_the_index_alone_knows_are_found(world: World) -> None:
    _vpc, subnet = world.network(SOMEBODYS)
    interface = tagged("network-interface", OURS)
    world.call("ec2", "CreateNetworkInterface", SubnetId=subnet, TagSpecifications=interface)
    world.call("ec2", "AllocateAddress", TagSpecifications=tagged("elastic-ip", OURS))
    world.call("s3", "CreateBucket", Bucket="aws-dev-weights")
    tags: dict[str, Value] = {"TagSet": listed(OURS)}
    world.call("s3", "PutBucketTagging", Bucket="aws-dev-weights", Tagging=tags)
    world.call("s3", "CreateBucket", Bucket="aws-dev-somebody")

    found = world.look()

    assert kinds(found) == ["address", "network interface", "s3"]
    (bucket,) = [one for one in found.left if one.kind == "s3"]
    assert bucket.id.endswith("aws-dev-weights")
    assert "index" in bucket.note


def test_the_log_group_that_eks_makes_anew_is_named_with_the_command(world: World) -> None:
    for name in ("/aws/eks/tokenworks-aws-dev/cluster", "/aws/eks/tokenworks-aws-dev-2/cluster"):
        world.call("logs", "CreateLogGroup", logGroupName=name)

    (found,) = world.look().left

    assert found.id == "/aws/eks/tokenworks-aws-dev/cluster"
    assert "aws logs delete-log-group --log-group-name /aws/eks/tokenworks-aws-dev/c" in str(found)


def test_a_key_that_waits_for_its_end_is_no_orphan(world: World) -> None:
    key_tags: list[Value] = [{"TagKey": "tokenworks.dev/platform", "TagValue": "aws-dev"}]
    ids = []
    for _ in range(2):
        made = world.call("kms", "CreateKey", Tags=key_tags)["KeyMetadata"]
        assert isinstance(made, dict)
        ids.append(made["KeyId"])
    world.call("kms", "ScheduleKeyDeletion", KeyId=ids[0], PendingWindowInDays=7)

    (found,) = world.look().left

    assert found.kind == "kms key"
    assert found.id.endswith(str(ids[1]))


class Refusing:
    """An account that refuses some calls and is empty otherwise."""

    region = REGION

    def __init__(self, refused: dict[str, str]) -> None:
        self.refused = refused
        self.asked: list[str] = []

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        del service, parameters
        self.asked.append(operation)
        if code := self.refused.get(operation):
            raise CloudApiError(operation, code, "no")
        return {}


def test_a_secret_that_waits_for_its_end_is_no_orphan_and_one_that_does_not_is(
    world: World,
) -> None:
    for name in ("going", "staying"):
        world.call("secretsmanager", "CreateSecret", Name=name, Tags=listed(OURS))
    world.call("secretsmanager", "DeleteSecret", SecretId="going", RecoveryWindowInDays=30)

    assert [":secret:staying" in left.id for left in world.look().left] == [True]


def test_a_denied_call_is_unknown_names_the_permission_and_the_rest_is_asked() -> None:
    denied = {"DescribeVolumes": "UnauthorizedOperation", "GetResources": "AccessDeniedException"}
    api = Refusing(denied)

    found = look(api, MARKS)

    assert found.left == []
    assert [str(one) for one in found.unknown] == [
        "volumes: unknown: ec2:DescribeVolumes is not allowed (UnauthorizedOperation)",
        (
            "all that the index of tags has: unknown: "
            "tag:GetResources is not allowed (AccessDeniedException)"
        ),
    ]
    assert "DescribeVpcs" in api.asked


def test_a_cloud_that_does_not_answer_leaves_its_kind_unknown_in_its_own_words() -> None:
    found = look(Refusing({"DescribeAddresses": "EndpointConnectionError"}), MARKS)

    assert [str(one) for one in found.unknown] == [
        "addresses: unknown: DescribeAddresses: EndpointConnectionError: no"
    ]


def test_a_look_reads_only() -> None:
    api = Refusing({})

    look(api, MARKS)

    assert {one for one in api.asked if not one.startswith(("Describe", "Get", "List"))} == set()
