"""A network that a stack stands in without owning it, as the preflight sees it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from infra.preflight.aws.network import read_network
from infra.preflight.aws.network_checks import (
    PRIVATE_ROLE_TAG,
    PUBLIC_ROLE_TAG,
    check_network,
    network_findings,
)
from infra.preflight.aws.survey import network_rows
from infra.preflight.findings import Finding
from infra.preflight.report import network_report
from infra.preflight.run import run_preflight
from infra.preflight.verdict import Row, Verdict
from infra.rehearsal.aws.existing_network import build
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.network_check import require_fit_network
from infra.rehearsal.screen import Screen
from infra.replies import blocks, text
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec
from infra.wire import Properties, Value
from tests.unit.components import examples
from tests.unit.rehearsal.aws.harness import Simulation

AWS = CloudProvider.AWS

HOME = "eu-north-1"
"""No other test looks there: moto is global, and one account serves all tests of a process."""
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Owner:
    """Somebody with a network, who changes it; also the port to AWS's API there."""

    simulation: Simulation
    network: ExistingNetwork
    region: str = HOME

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make a call by the name that the API reference has for it."""
        method = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
        account = self.simulation.cloud.account
        return account.region(HOME).call(service, method, **parameters)

    @property
    def spec(self) -> StackSpec:
        """A stack in this network."""
        return stack(self.network, *self.network.private_subnet_ids)

    def report(self, spec: StackSpec | None = None) -> str:
        """Return what is said of the network, for a stack in it."""
        stack = spec or self.spec
        return network_report(network_findings(self, stack), stack)

    def rows(self, spec: StackSpec | None = None) -> list[Row]:
        """Return the rows of the network in a preflight of a stack in it."""
        return network_rows(self, spec or self.spec)

    def findings(self) -> list[Finding]:
        """Return what is found about the network, for the stack in it."""
        return network_findings(self, self.spec)

    def delete_way_out(self) -> None:
        """Remove the default route of all private subnets."""
        table = self._inside("DescribeRouteTables", "RouteTables", "NatGatewayId")
        name = text(table, "RouteTableId")
        self.call("ec2", "DeleteRoute", RouteTableId=name, DestinationCidrBlock="0.0.0.0/0")

    def delete_endpoint(self) -> None:
        """Remove the gateway endpoint of S3."""
        endpoint = self._inside("DescribeVpcEndpoints", "VpcEndpoints")
        names: list[Value] = [text(endpoint, "VpcEndpointId")]
        self.call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=names)

    def delete_tags(self) -> None:
        """Remove the tags of one private and one public subnet."""
        for subnet, tag in (
            (self.network.private_subnet_ids[1], PRIVATE_ROLE_TAG),
            (self.network.public_subnet_ids[0], PUBLIC_ROLE_TAG),
        ):
            resources: list[Value] = [subnet]
            self.call("ec2", "DeleteTags", Resources=resources, Tags=[{"Key": tag}])

    def turn_names_off(self) -> None:
        """Stop giving names in the network."""
        off: Properties = {"EnableDnsHostnames": {"Value": False}}
        self.call("ec2", "ModifyVpcAttribute", VpcId=self.network.vpc_id, **off)

    def _inside(self, operation: str, at: str, member: str = "") -> Properties:
        inside: list[Value] = [{"Name": "vpc-id", "Values": [self.network.vpc_id]}]
        found = blocks(self.call("ec2", operation, Filters=inside), at)
        return next(item for item in found if member in str(item))


def stack(network: ExistingNetwork, *private: str) -> StackSpec:
    """Return a stack in a network."""
    named = {
        "vpc_id": network.vpc_id,
        "private_subnet_ids": private,
        "public_subnet_ids": network.public_subnet_ids,
    }
    return examples.stack_spec().model_copy(
        update={
            "cloud": examples.CLOUD.model_copy(
                update={"region": network.region, "network_cidr": network.cidr}
            ),
            "network": examples.NETWORK.model_copy(update=named),
        }
    )


def made(simulation: Simulation, *, cidr: str = "10.0.0.0/16", private: int = 2) -> Owner:
    """Return the owner of a new network."""
    ids = [f"{next(_NUMBERS):017x}" for _ in range(private + 2)]
    network = ExistingNetwork(
        HOME,
        f"vpc-{ids[0]}",
        cidr,
        tuple(f"subnet-{item}" for item in ids[2:]),
        (f"subnet-{ids[1]}",),
    )
    build(network, simulation.cloud.account)
    simulation.cloud.inventory.accept(HOME)
    return Owner(simulation, network)


@pytest.fixture
def owner(simulation: Simulation) -> Owner:
    """The owner of a network that is fit."""
    return made(simulation)


def test_it_has_the_ids_of_the_stack_file_and_is_fit(owner: Owner) -> None:
    seen = read_network(owner, owner.spec.network)

    named = {*owner.network.private_subnet_ids, *owner.network.public_subnet_ids}
    assert set(seen.subnets) == named
    assert check_network(seen, owner.spec) == []
    assert [row.verdict for row in owner.rows()] == [Verdict.ENOUGH]
    assert f"network {owner.network.vpc_id}: fit" in owner.report()


def test_the_simulated_cloud_is_told_what_the_stack_file_says(owner: Owner, tmp_path: Path) -> None:
    told = ExistingNetwork.of(owner.spec)
    assert told is not None
    told.write(tmp_path / "network")

    assert ExistingNetwork.read(tmp_path / "network") == owner.network
    assert ExistingNetwork.of(examples.stack_spec()) is None


@dataclass(frozen=True)
class Broken:
    """What somebody does to a network, and what the report says then."""

    change: Callable[[Owner], None]
    blocking: int
    advised: int
    paragraph: str


BROKEN = {
    "no way out": Broken(
        Owner.delete_way_out,
        2,
        0,
        """network.privateSubnetIds: has no way out: nodes could pull no image and join no cluster
  got:     {private[0]}
  allowed: a default route to a NAT gateway, a transit gateway or a firewall
  next:    ask the network's owner for a route 0.0.0.0/0 in the subnet's route table""",
    ),
    "no S3 endpoint": Broken(
        Owner.delete_endpoint,
        0,
        2,
        """advised: network.privateSubnetIds: reaches S3 through its way out: \
weights and images are billed per GB there
  got:     {private[0]}
  allowed: a gateway endpoint of com.amazonaws.eu-north-1.s3 in its route table
  next:    ask the network's owner for one; gateway endpoints cost nothing""",
    ),
    "no tags": Broken(
        Owner.delete_tags,
        0,
        2,
        """advised: network.privateSubnetIds: \
lacks the tag by which load balancers find their subnets
  got:     {private[1]}
  allowed: kubernetes.io/role/internal-elb=1
  next:    `aws ec2 create-tags --resources {private[1]} \
--tags Key=kubernetes.io/role/internal-elb,Value=1`""",
    ),
    "no names": Broken(
        Owner.turn_names_off,
        1,
        0,
        """network.vpcId: does not have enableDnsHostnames: \
nodes would not find the private API endpoint
  got:     {vpc}
  allowed: a VPC that resolves names and gives them
  next:    `aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames`""",
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_its_owner_breaks_is_reported_in_five_parts(owner: Owner, broken: Broken) -> None:
    broken.change(owner)

    report = owner.report()

    network = owner.network
    wanted = broken.paragraph.format(private=network.private_subnet_ids, vpc=network.vpc_id)
    title = f"network {network.vpc_id}: {broken.blocking} to mend, {broken.advised} advised"
    short = [row for row in owner.rows() if row.verdict is Verdict.SHORT]
    assert len(short) == broken.blocking
    assert title in report
    assert wanted in report.split("\n\n")


def test_subnets_of_one_zone_are_reported(simulation: Simulation) -> None:
    owner = made(simulation, private=4)  # one in each of three zones, and the first zone again
    first, _, _, last = owner.network.private_subnet_ids

    spec = stack(owner.network, first, last)
    report = owner.report(spec)

    assert Verdict.SHORT in {row.verdict for row in owner.rows(spec)}
    assert """network.privateSubnetIds: are all in one zone, and a control plane needs two
  got:     eu-north-1a
  allowed: subnets in two zones or more
  next:    name a private subnet of another zone""" in report.split("\n\n")


def test_too_few_free_addresses_are_reported(simulation: Simulation) -> None:
    owner = made(simulation, cidr="10.0.0.0/25")  # four subnets of 32, of which AWS keeps five

    report = owner.report()

    assert Verdict.SHORT in {row.verdict for row in owner.rows()}
    assert "have too few free addresses for all nodes at the pools' maximum\n  got:     54\n" in (
        report
    )


def test_all_that_is_broken_is_reported_at_once(owner: Owner) -> None:
    for broken in BROKEN.values():
        broken.change(owner)

    assert f"network {owner.network.vpc_id}: 3 to mend, 4 advised" in owner.report()


def test_the_preflight_of_an_account_asks_the_same_through_the_sdk(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = owner.simulation.cloud.account.access_key
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
    owner.delete_endpoint()

    asked = run_preflight(owner.spec, "typical").rows
    assert [row for row in asked if row.about == "network"] == owner.rows()


def test_a_rehearsal_says_that_its_network_is_fit(owner: Owner) -> None:
    printed = StringIO()

    require_fit_network(owner.spec, owner.findings, Screen(Console(file=printed, width=200)))

    assert f"network {owner.network.vpc_id}: fit" in printed.getvalue()


def test_a_rehearsal_stops_at_a_network_that_is_not_fit(owner: Owner) -> None:
    printed = StringIO()
    owner.turn_names_off()

    with pytest.raises(RehearsalFailedError, match=r"cannot come up in network vpc-"):
        require_fit_network(owner.spec, owner.findings, Screen(Console(file=printed, width=200)))

    assert "does not have enableDnsHostnames" in printed.getvalue()


def test_a_rehearsal_goes_on_with_advice(owner: Owner) -> None:
    printed = StringIO()
    owner.delete_endpoint()

    require_fit_network(owner.spec, owner.findings, Screen(Console(file=printed, width=200)))

    assert "advised: " in printed.getvalue()
