"""A network that exists before the stack: what a stack file with `network.vpcId` stands in.

Owns a VPC with the ids that the stack file names, made as somebody else would have made it for the
platform: subnets over several zones, a way out, an S3 gateway endpoint, tags. It is fit on purpose.
Whether the real one is, `tokenworks preflight` says.
Does not own the checks: they are the preflight's, and a rehearsal runs them on this network too.

It is made at every start, before the journal is repeated, and always in the same order: a journal's
seed gives it the same ids again.
"""

import ipaddress
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from moto.ec2.models import subnets as moto_subnets
from moto.ec2.models import vpcs as moto_vpcs

from infra.preflight.aws.network_checks import PRIVATE_ROLE_TAG, PUBLIC_ROLE_TAG, ZONES_WITHOUT_EKS
from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.existing_network import ExistingNetwork
from infra.replies import blocks, text
from infra.wire import Value

NAME = "somebody-elses"
ANYWHERE = "0.0.0.0/0"


def build(network: ExistingNetwork, account: Account) -> None:
    """Make it. Nothing of it is the stack's, so nothing of it may go with the stack."""
    region = account.region(network.region)
    with account.lock:
        _vpc(network, region)
        private, public = network.private_subnet_ids, network.public_subnet_ids
        ranges = iter(_ranges(network.cidr, 1 + len(private) + len(public)))
        zones = _zones(region)

        def subnet(name: str | None, zone: str, role: str) -> str:
            return _subnet(network, region, name, (next(ranges), zone), {role: "1"})

        outside = [subnet(None, zones[0], PUBLIC_ROLE_TAG)]  # somewhere its NAT gateway stands
        outside += [subnet(name, zone, PUBLIC_ROLE_TAG) for name, zone in _spread(public, zones)]
        inside = [subnet(name, zone, PRIVATE_ROLE_TAG) for name, zone in _spread(private, zones)]
        _route(network, region, outside, inside)


def _vpc(network: ExistingNetwork, region: Region) -> None:
    with _given_id(moto_vpcs, "random_vpc_id", network.vpc_id):
        region.call("ec2", "create_vpc", CidrBlock=network.cidr, **_tagged("vpc", {}))
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        on: Value = {"Value": True}
        region.call("ec2", "modify_vpc_attribute", VpcId=network.vpc_id, **{name: on})


def _subnet(
    network: ExistingNetwork,
    region: Region,
    name: str | None,
    place: tuple[str, str],
    tags: dict[str, str],
) -> str:
    cidr, zone = place
    with _given_id(moto_subnets, "random_subnet_id", name):
        reply = region.call(
            "ec2",
            "create_subnet",
            VpcId=network.vpc_id,
            CidrBlock=cidr,
            AvailabilityZone=zone,
            **_tagged("subnet", tags),
        )
    return text(reply, "Subnet.SubnetId")


def _route(
    network: ExistingNetwork, region: Region, public: Sequence[str], private: Sequence[str]
) -> None:
    vpc_id = network.vpc_id
    reply = region.call("ec2", "create_internet_gateway")
    gateway = text(reply, "InternetGateway.InternetGatewayId")
    region.call("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc_id)
    _table(region, vpc_id, public, GatewayId=gateway)
    address = text(region.call("ec2", "allocate_address", Domain="vpc"), "AllocationId")
    reply = region.call("ec2", "create_nat_gateway", SubnetId=public[0], AllocationId=address)
    nat = text(reply, "NatGateway.NatGatewayId")
    tables: list[Value] = [_table(region, vpc_id, private, NatGatewayId=nat)]
    region.call(
        "ec2",
        "create_vpc_endpoint",
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.{region.name}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=tables,
    )


def _table(region: Region, vpc_id: str, subnets: Sequence[str], **target: str) -> str:
    reply = region.call("ec2", "create_route_table", VpcId=vpc_id)
    table = text(reply, "RouteTable.RouteTableId")
    region.call("ec2", "create_route", RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target)
    for subnet in subnets:
        region.call("ec2", "associate_route_table", RouteTableId=table, SubnetId=subnet)
    return table


@contextmanager
def _given_id(module: object, generator: str, name: str | None) -> Generator[None]:
    """Let moto, which draws every id, take this one."""
    if name is None:
        yield
        return
    with patch.object(module, generator, return_value=name):
        yield


def _ranges(cidr: str, count: int) -> list[str]:
    bits = (count - 1).bit_length()
    return [str(part) for part in ipaddress.ip_network(cidr).subnets(prefixlen_diff=bits)]


def _spread(names: Sequence[str], zones: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, zones[index % len(zones)]) for index, name in enumerate(names)]


def _zones(region: Region) -> list[str]:
    found = blocks(region.call("ec2", "describe_availability_zones"), "AvailabilityZones")
    return [
        text(zone, "ZoneName") for zone in found if text(zone, "ZoneId") not in ZONES_WITHOUT_EKS
    ]


def _tagged(kind: str, tags: dict[str, str]) -> dict[str, Value]:
    listed: list[Value] = [
        {"Key": key, "Value": value} for key, value in {"Name": NAME, **tags}.items()
    ]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": listed}]}
