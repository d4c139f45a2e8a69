"""What the account's quotas refuse: VPCs, addresses and NAT gateways, with EC2's own codes.

Owns the counting in the account. The values are facts of the account (`Account.facts`). Machines
are counted where they start (`eks_launches.py`).

Words: kubernetes/kops and openshift documents quote them for each code (read 2026-11).
"""

from infra.preflight.aws import catalogue
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, text
from infra.wire import Properties, Value

GONE = ("deleted", "failed")


def vpcs(region: Region, _inputs: Properties) -> None:
    """The default VPC counts as well."""
    if len(blocks(region.call("ec2", "describe_vpcs"), "Vpcs")) >= _have(region, catalogue.VPCS):
        message = "The maximum number of VPCs has been reached."
        raise AwsError(message, "CreateVpc", "VpcLimitExceeded")


def addresses(region: Region, _inputs: Properties) -> None:
    """Elastic IPs, in use or not."""
    held = len(blocks(region.call("ec2", "describe_addresses"), "Addresses"))
    if held >= _have(region, catalogue.ELASTIC_IPS):
        message = "The maximum number of addresses has been reached."
        raise AwsError(message, "AllocateAddress", "AddressLimitExceeded")


def nat_gateways(region: Region, inputs: Properties) -> None:
    """NAT gateways of the zone that the subnet is in."""
    zones = _zones(region)
    zone = zones.get(text(inputs, "subnetId"))
    gateways = blocks(region.call("ec2", "describe_nat_gateways"), "NatGateways")
    there = [
        gateway
        for gateway in gateways
        if dig(gateway, "State") not in GONE and zones.get(text(gateway, "SubnetId")) == zone
    ]
    have = _have(region, catalogue.NAT_GATEWAYS)
    if len(there) >= have:
        message = f"Performing this operation would exceed the limit of {have} NAT gateways"
        raise AwsError(message, "CreateNatGateway", "NatGatewayLimitExceeded")


def _zones(region: Region) -> dict[str, Value]:
    subnets = blocks(region.call("ec2", "describe_subnets"), "Subnets")
    return {text(item, "SubnetId"): dig(item, "AvailabilityZone") for item in subnets}


def _have(region: Region, quota: catalogue.Quota) -> int:
    return region.account.facts.quota(quota.code)
