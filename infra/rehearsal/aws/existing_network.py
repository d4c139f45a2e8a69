"""A network that exists before the stack: what a stack file with `network.vpcId` stands in.

Owns a VPC with the ids that the stack file names, made as somebody else would have made it for the
platform: subnets over several zones, a way out, an S3 gateway endpoint, tags. It is fit on purpose.
Whether the real one is, `tokenworks preflight` says.
Does not own the checks: they are the preflight's, and a rehearsal runs them on this network too.
"""

import ipaddress
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

from moto.ec2.models import subnets as moto_subnets
from moto.ec2.models import vpcs as moto_vpcs

from infra.preflight.network_checks import PRIVATE_ROLE_TAG, PUBLIC_ROLE_TAG, ZONES_WITHOUT_EKS
from infra.rehearsal.aws.account import Region
from infra.replies import blocks, text
from infra.spec.stack import StackSpec
from infra.wire import Value

NAME = "somebody-elses"
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class ExistingNetwork:
    """What a stack file says of it, and the range that the rehearsal gives it."""

    vpc_id: str
    cidr: str
    private_subnet_ids: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]

    @classmethod
    def of(cls, spec: StackSpec) -> "ExistingNetwork | None":
        """Return the network that a stack stands in, or None when it makes its own."""
        network = spec.network
        if network.vpc_id is None:
            return None
        return cls(
            network.vpc_id,
            spec.cloud.network_cidr,
            network.private_subnet_ids,
            network.public_subnet_ids,
        )

    @classmethod
    def read(cls, path: Path) -> "ExistingNetwork":
        """Return what `write` wrote."""
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            found["vpc_id"],
            found["cidr"],
            tuple(found["private_subnet_ids"]),
            tuple(found["public_subnet_ids"]),
        )

    def write(self, path: Path) -> None:
        """Write it down for the simulated cloud."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def build(self, region: Region) -> None:
        """Make it. Nothing of it is the stack's, so nothing of it may go with the stack."""
        with _given_id(moto_vpcs, "random_vpc_id", self.vpc_id):
            region.call("ec2", "create_vpc", CidrBlock=self.cidr, **_tagged("vpc", {}))
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            on: Value = {"Value": True}
            region.call("ec2", "modify_vpc_attribute", VpcId=self.vpc_id, **{name: on})
        ranges = iter(_ranges(self.cidr, 1 + len(self._all_ids)))
        zones = _zones(region)
        outside = self._subnet(region, None, next(ranges), zones[0], {PUBLIC_ROLE_TAG: "1"})
        public = [
            self._subnet(region, name, next(ranges), zone, {PUBLIC_ROLE_TAG: "1"})
            for name, zone in _spread(self.public_subnet_ids, zones)
        ]
        private = [
            self._subnet(region, name, next(ranges), zone, {PRIVATE_ROLE_TAG: "1"})
            for name, zone in _spread(self.private_subnet_ids, zones)
        ]
        self._route(region, [outside, *public], private)

    @property
    def _all_ids(self) -> tuple[str, ...]:
        return (*self.private_subnet_ids, *self.public_subnet_ids)

    def _subnet(
        self, region: Region, name: str | None, cidr: str, zone: str, tags: dict[str, str]
    ) -> str:
        with _given_id(moto_subnets, "random_subnet_id", name):
            reply = region.call(
                "ec2",
                "create_subnet",
                VpcId=self.vpc_id,
                CidrBlock=cidr,
                AvailabilityZone=zone,
                **_tagged("subnet", tags),
            )
        return text(reply, "Subnet.SubnetId")

    def _route(self, region: Region, public: Sequence[str], private: Sequence[str]) -> None:
        reply = region.call("ec2", "create_internet_gateway")
        gateway = text(reply, "InternetGateway.InternetGatewayId")
        region.call("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=self.vpc_id)
        self._table(region, public, GatewayId=gateway)
        address = text(region.call("ec2", "allocate_address", Domain="vpc"), "AllocationId")
        reply = region.call("ec2", "create_nat_gateway", SubnetId=public[0], AllocationId=address)
        nat = text(reply, "NatGateway.NatGatewayId")
        table = self._table(region, private, NatGatewayId=nat)
        tables: list[Value] = [table]
        region.call(
            "ec2",
            "create_vpc_endpoint",
            VpcId=self.vpc_id,
            ServiceName=f"com.amazonaws.{region.name}.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=tables,
        )

    def _table(self, region: Region, subnets: Sequence[str], **target: str) -> str:
        reply = region.call("ec2", "create_route_table", VpcId=self.vpc_id)
        table = text(reply, "RouteTable.RouteTableId")
        region.call(
            "ec2", "create_route", RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target
        )
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
