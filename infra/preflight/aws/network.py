"""A network that exists, as AWS describes it: what the platform needs to know of it.

Owns asking: five calls that read and change nothing. Does not own the judgement (`network_checks`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.aws_api import AwsApi, listed
from infra.replies import blocks, dig, number, optional_text, tag_map, text
from infra.spec.network import NetworkSpec
from infra.wire import Properties, Value

ANYWHERE = "0.0.0.0/0"
_TARGETS = (
    *("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "VpcPeeringConnectionId"),
    *("LocalGatewayId", "CarrierGatewayId", "GatewayId"),
)
"""Members of a route that say where it leads (EC2 API reference, `Route`)."""


@dataclass(frozen=True)
class WayOut:
    """The default route of a subnet."""

    target: str
    """What it leads to: `nat-…`, `igw-…`, `tgw-…`."""
    works: bool
    """Whether the target is there; a route to something deleted is a black hole."""

    @property
    def is_internet_gateway(self) -> bool:
        """Whether it makes the subnet a public one."""
        return self.target.startswith("igw-")


@dataclass(frozen=True)
class Subnet:
    """One subnet that the stack file names."""

    vpc_id: str
    """Network that it belongs to."""
    zone: str
    """Zone name, which is this account's own."""
    zone_id: str
    """Zone id, which is the same for everybody."""
    free_addresses: int
    """IPv4 addresses that nothing has taken yet."""
    tags: Mapping[str, str]
    """Its tags."""
    way_out: WayOut | None
    """Its default route; None when it has none."""
    reaches_s3_by_gateway: bool
    """Whether its routes go to S3 through a gateway endpoint, past every NAT gateway."""


@dataclass(frozen=True)
class Network:
    """What exists of a network that a stack file names."""

    exists: bool
    """Whether the region has the VPC."""
    dns_support: bool
    """Whether names are resolved in it."""
    dns_hostnames: bool
    """Whether private endpoints are found by their names."""
    subnets: Mapping[str, Subnet]
    """Those that exist, by id."""


def read_network(api: AwsApi, spec: NetworkSpec) -> Network:
    """Ask AWS about the network of a stack file.

    Raises:
        CloudApiError: AWS refuses a call, or does not answer.
    """
    wanted: list[Value] = [*spec.private_subnet_ids, *spec.public_subnet_ids]
    found = listed(api, "ec2", "DescribeSubnets", "Subnets", Filters=_named("subnet-id", wanted))
    vpcs = listed(api, "ec2", "DescribeVpcs", "Vpcs", Filters=_named("vpc-id", [spec.vpc_id]))
    inside = _named("vpc-id", [spec.vpc_id])
    tables = listed(api, "ec2", "DescribeRouteTables", "RouteTables", Filters=inside)
    endpoints = listed(api, "ec2", "DescribeVpcEndpoints", "VpcEndpoints", Filters=inside)
    through_s3 = _tables_with_s3(endpoints, f"com.amazonaws.{api.region}.s3")
    return Network(
        exists=bool(vpcs),
        dns_support=bool(vpcs) and _attribute(api, spec, "enableDnsSupport"),
        dns_hostnames=bool(vpcs) and _attribute(api, spec, "enableDnsHostnames"),
        subnets={
            text(item, "SubnetId"): _subnet(item, _table_of(item, tables), through_s3)
            for item in found
        },
    )


def _subnet(item: Properties, table: Properties, through_s3: set[str]) -> Subnet:
    return Subnet(
        vpc_id=text(item, "VpcId"),
        zone=text(item, "AvailabilityZone"),
        zone_id=optional_text(item, "AvailabilityZoneId"),
        free_addresses=number(item, "AvailableIpAddressCount"),
        tags=tag_map(item.get("Tags")),
        way_out=_way_out(table),
        reaches_s3_by_gateway=optional_text(table, "RouteTableId") in through_s3,
    )


def _table_of(subnet: Properties, tables: Sequence[Properties]) -> Properties:
    """Return the subnet's own route table, or the main one of the network."""
    main: Properties = {}
    for table in tables:
        for association in blocks(table, "Associations"):
            if dig(association, "SubnetId") == subnet["SubnetId"]:
                return table
            if dig(association, "Main"):
                main = table
    return main


def _way_out(table: Properties) -> WayOut | None:
    for route in blocks(table, "Routes"):
        if dig(route, "DestinationCidrBlock") == ANYWHERE:
            target = next((text(route, name) for name in _TARGETS if route.get(name)), "nothing")
            return WayOut(target, works=dig(route, "State") != "blackhole")
    return None


def _tables_with_s3(endpoints: Sequence[Properties], service: str) -> set[str]:
    return {
        str(table)
        for endpoint in endpoints
        if dig(endpoint, "VpcEndpointType") == "Gateway"
        and dig(endpoint, "ServiceName") == service
        and str(dig(endpoint, "State")).lower() == "available"
        for table in _list(endpoint.get("RouteTableIds"))
    }


def _attribute(api: AwsApi, spec: NetworkSpec, name: str) -> bool:
    reply = api.call("ec2", "DescribeVpcAttribute", VpcId=spec.vpc_id, Attribute=name)
    return dig(reply, f"{name[0].upper()}{name[1:]}.Value") is True


def _named(name: str, values: Sequence[Value]) -> list[Value]:
    return [{"Name": name, "Values": [*values]}]


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
