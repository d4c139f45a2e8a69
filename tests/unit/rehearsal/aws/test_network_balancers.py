"""Network Load Balancers as the controller's pods make them, with the rights that ours have."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pulumi
import pytest

from components.aws.account import AccountRef
from components.aws.load_balancers import load_balancers_policy
from components.handles import PlatformRef
from infra.graph.recorder import record_program
from infra.rehearsal.aws.values import blocks, tag_map, text
from infra.rehearsal.controllers.load_balancers.port import BalancerError, Listener, Seat, Wanted
from infra.rehearsal.controllers.own_pods import Caller
from infra.spec.environment import Environment
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import REGION, Simulation
from tests.unit.rehearsal.aws.scene import GATEWAY, IDENTITY, SUBNET, VPC, Network, Scene, kept
from tests.unit.rehearsal.cloud.wire import Made

PLATFORM = PlatformRef(name="dev", environment=Environment.DEV, region=REGION)
SEAT = Seat(
    caller=Caller("load-balancers", "aws-load-balancer-controller"),
    cluster=PLATFORM.cluster_name,
    vpc_id="",
    vpc_tags={"tokenworks.dev/platform": "dev"},
    tags={"tokenworks.dev/platform": "dev"},
)
WANTED = Wanted(
    uid="7-8",
    namespace="gateway",
    name="envoy-gateway-public-0a1b",
    internal=False,
    listeners=(Listener(80, 10080), Listener(443, 10443, {"tcp.idle_timeout.seconds": "360"})),
    targets=frozenset({"10.0.1.1", "10.0.1.2"}),
    attributes={"load_balancing.cross_zone.enabled": "true"},
    target_attributes={"preserve_client_ip.enabled": "true"},
    healthy_checks=2,
    unhealthy_checks=2,
)
KINDS = ("network load balancer", "target group", "network interface", "security group")
NOT_ASKED = {"KeepTags", "KeepGroupTags"}
"""What only changes the tags of things that are there already."""


def statements() -> list[Properties]:
    """Return what the role of the controller may do, as our component writes it."""

    def program() -> None:
        number = pulumi.Output.from_input("123456789012")
        pulumi.export("it", load_balancers_policy(PLATFORM, AccountRef(number, REGION)))

    return json.loads(str(record_program(program, stack="dev").outputs["it"]))["Statement"]


STATEMENTS = statements()


class Account:
    """An account with a cluster, and the controller's role."""

    def __init__(self, scene: Scene, simulation: Simulation, cluster: Made) -> None:
        self.simulation = simulation
        self.region = simulation.cloud.account.region(REGION)
        self.balancers = simulation.cloud.network_balancers
        self.role = scene.pod_role()
        scene.make(
            IDENTITY,
            clusterName=str(cluster["name"]),
            namespace=SEAT.caller.namespace,
            serviceAccount=SEAT.caller.account,
            roleArn=self.role["arn"],
        )
        self.nodes = text(cluster.outputs, "vpcConfig.clusterSecurityGroupId")
        self.allow(STATEMENTS)

    def allow(self, said: list[Properties]) -> None:
        self.region.call(
            "iam",
            "put_role_policy",
            RoleName=str(self.role["name"]),
            PolicyName="it",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": said}),
        )

    def keep(self, wanted: Wanted = WANTED, seat: Seat = SEAT) -> str:
        """Return the host, or what the cloud says against it."""
        try:
            return self.balancers.keep(seat, wanted)
        except BalancerError as error:
            return str(error)

    def drop(self) -> None:
        self.balancers.drop(SEAT, WANTED.stack)

    def listed(self, kind: str) -> list[str]:
        found = self.simulation.report("/inventory")
        return sorted(item["name"] for item in found if item["kind"] == kind)

    def elb(self, operation: str, at: str, **parameters: Value) -> list[Properties]:
        return blocks(self.region.call("elbv2", operation, **parameters), at)

    def targets(self) -> list[set[str]]:
        return [
            {
                text(one, "Target.Id")
                for one in self.elb(
                    "describe_target_health",
                    "TargetHealthDescriptions",
                    TargetGroupArn=text(group, "TargetGroupArn"),
                )
            }
            for group in self.elb("describe_target_groups", "TargetGroups")
        ]

    def rules(self, group: str) -> list[Properties]:
        found = self.region.call("ec2", "describe_security_groups", GroupIds=[group])
        return blocks(blocks(found, "SecurityGroups")[0], "IpPermissions")

    def clear(self) -> None:
        self.allow(STATEMENTS)
        self.drop()
        self.region.call(
            "iam", "delete_role_policy", RoleName=str(self.role["name"]), PolicyName="it"
        )


@pytest.fixture
def network(scene: Scene) -> Network:
    """The platform's VPC with a public subnet in each of two zones."""
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16", tags={"tokenworks.dev/platform": "dev"})
    subnets = [
        scene.make(
            SUBNET,
            vpcId=vpc.physical_id,
            cidrBlock=f"10.0.{number}.0/24",
            availabilityZone=zone,
            tags={"kubernetes.io/role/elb": "1"},
        )
        for number, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    return Network(vpc, subnets)


@pytest.fixture
def account(scene: Scene, simulation: Simulation, cluster: Made) -> Iterator[Account]:
    """The account; what the controller made is gone when the test is over."""
    made = Account(scene, simulation, cluster)
    yield made
    made.clear()


def test_our_rights_are_enough_for_a_balancer_that_keeps_clients_addresses(
    account: Account,
) -> None:
    host = account.keep()

    assert host.endswith(".elb.amazonaws.com"), host
    (balancer,) = account.elb("describe_load_balancers", "LoadBalancers")
    assert (balancer["Type"], balancer["Scheme"]) == ("network", "internet-facing")
    assert text(balancer, "LoadBalancerName").startswith("k8s-gateway-envoygat-")
    arn = text(balancer, "LoadBalancerArn")
    said = account.region.call("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)
    assert tag_map(said["Attributes"])["load_balancing.cross_zone.enabled"] == "true"
    listeners = account.elb("describe_listeners", "Listeners", LoadBalancerArn=arn)
    assert sorted(str(one["Port"]) for one in listeners) == ["443", "80"]
    for group in account.elb("describe_target_groups", "TargetGroups"):
        said = account.region.call(
            "elbv2",
            "describe_target_group_attributes",
            TargetGroupArn=text(group, "TargetGroupArn"),
        )
        assert tag_map(said["Attributes"])["preserve_client_ip.enabled"] == "true"
        assert group["TargetType"] == "ip"
    assert account.targets() == [{"10.0.1.1", "10.0.1.2"}] * 2


def test_everything_carries_the_platforms_tag_for_its_cost(account: Account) -> None:
    account.keep()
    arns: list[Value] = [
        *(
            text(one, "LoadBalancerArn")
            for one in account.elb("describe_load_balancers", "LoadBalancers")
        ),
        *(
            text(one, "TargetGroupArn")
            for one in account.elb("describe_target_groups", "TargetGroups")
        ),
    ]

    for one in account.elb("describe_tags", "TagDescriptions", ResourceArns=arns):
        assert tag_map(one["Tags"])["tokenworks.dev/platform"] == "dev"


def test_only_the_balancer_reaches_proxies_and_everybody_reaches_the_balancer(
    account: Account,
) -> None:
    account.keep()
    (balancer,) = account.elb("describe_load_balancers", "LoadBalancers")
    group = text(balancer, "SecurityGroups.0")

    (rule,) = account.rules(account.nodes)
    assert text(rule, "UserIdGroupPairs.0.GroupId") == group
    assert (rule["FromPort"], rule["ToPort"]) == (10080, 10443)
    assert sorted(str(one["FromPort"]) for one in account.rules(group)) == ["443", "80"]


def test_it_is_asked_again_and_again_and_makes_nothing_twice(account: Account) -> None:
    host = account.keep()
    before = {kind: account.listed(kind) for kind in KINDS}

    assert account.keep() == host
    assert {kind: account.listed(kind) for kind in KINDS} == before


def test_targets_follow_the_pods(account: Account) -> None:
    account.keep()
    account.keep(replace(WANTED, targets=frozenset({"10.0.1.2", "10.0.1.3"})))

    assert account.targets() == [{"10.0.1.2", "10.0.1.3"}] * 2


def test_nothing_is_left_of_it_in_the_account(account: Account) -> None:
    before = {kind: account.listed(kind) for kind in KINDS}
    account.keep()
    account.drop()
    account.drop()

    assert {kind: account.listed(kind) for kind in KINDS} == before
    assert account.rules(account.nodes) == []


def test_no_right_of_ours_is_one_too_many(account: Account) -> None:
    needed = [str(one["Sid"]) for one in STATEMENTS if one["Sid"] not in NOT_ASKED]
    refusals = {}
    for sid in needed:
        account.allow([one for one in STATEMENTS if one["Sid"] != sid])
        refusals[sid] = account.keep()
        account.allow(STATEMENTS)
        account.drop()

    refused = "https response error StatusCode: 403, api error AccessDenied: User: "
    assert [sid for sid, said in refusals.items() if refused not in said] == []


def test_pods_without_a_role_reach_nothing(account: Account) -> None:
    stranger = replace(SEAT, caller=Caller("default", "default"))

    assert "no EC2 IMDS role found" in account.keep(seat=stranger)


def test_a_network_that_is_not_there_or_without_public_subnets_is_said(account: Account) -> None:
    lost = replace(SEAT, vpc_tags={"tokenworks.dev/platform": "other"})
    assert account.keep(seat=lost).startswith("no VPC exists with tags")

    inside = account.keep(replace(WANTED, internal=True))
    assert inside.startswith("unable to resolve at least one subnet. Evaluated 0 subnets")


def test_a_forgotten_balancer_keeps_the_subnets_and_the_way_out(
    scene: Scene, network: Network, account: Account
) -> None:
    gateway = scene.make(GATEWAY, vpcId=network.vpc.physical_id)
    account.keep()

    assert "has dependencies and cannot be deleted" in kept(scene, network.subnets[0])
    assert "mapped public address(es)" in kept(scene, gateway)
