"""A network that a stack stands in without owning it, as the preflight sees it."""

import pytest

from infra.preflight.network import Network, read_network
from infra.preflight.network_checks import PRIVATE_ROLE_TAG, check_network
from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.existing_network import ExistingNetwork
from infra.wire import Properties, Value
from tests.unit.preflight.test_network_checks import PRIVATE, PUBLIC, SPEC, VPC
from tests.unit.rehearsal.aws.harness import Simulation

NETWORK = ExistingNetwork(VPC, "10.0.0.0/16", PRIVATE, PUBLIC)
HOME = "eu-north-1"
"""No other test looks there: moto is global, and one account serves all tests of a process."""


class Door:
    """The port to AWS's API, on an account in this process."""

    region = HOME

    def __init__(self, account: Account) -> None:
        self._account = account

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        method = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
        return self._account.region(self.region).call(service, method, **parameters)


@pytest.fixture(scope="module")
def account(simulation: Simulation) -> Account:
    """An account with the network in it."""
    NETWORK.build(simulation.cloud.account.region(HOME))
    simulation.cloud.inventory.accept(HOME)
    return simulation.cloud.account


def seen(account: Account) -> Network:
    return read_network(Door(account), SPEC.network)


def test_it_has_the_ids_of_the_stack_file_and_is_fit(account: Account) -> None:
    network = seen(account)

    assert set(network.subnets) == {*PRIVATE, *PUBLIC}
    assert check_network(network, SPEC) == []


def test_the_preflight_sees_what_its_owner_changes(account: Account) -> None:
    region = account.region(HOME)
    (table,) = region.call(
        "ec2",
        "describe_route_tables",
        Filters=[{"Name": "association.subnet-id", "Values": [PRIVATE[0]]}],
    )["RouteTables"]  # ty: ignore[not-iterable] - one table, or the test fails
    (endpoint,) = region.call("ec2", "describe_vpc_endpoints")["VpcEndpoints"]  # ty: ignore[not-iterable] - as above
    region.call(
        "ec2",
        "delete_route",
        RouteTableId=table["RouteTableId"],  # ty: ignore[not-subscriptable, invalid-argument-type] - as above
        DestinationCidrBlock="0.0.0.0/0",
    )
    region.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[endpoint["VpcEndpointId"]])  # ty: ignore[not-subscriptable, invalid-argument-type] - as above
    region.call("ec2", "delete_tags", Resources=[PRIVATE[1]], Tags=[{"Key": PRIVATE_ROLE_TAG}])

    problems = [finding.mistake.problem for finding in check_network(seen(account), SPEC)]

    assert sum("has no way out" in problem for problem in problems) == 2
    assert sum("reaches S3 through" in problem for problem in problems) == 2
    assert sum("lacks the tag" in problem for problem in problems) == 1
