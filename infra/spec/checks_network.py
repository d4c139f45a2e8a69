"""Checks of the network: what belongs together, and how identifiers look.

What only Google Cloud has is in `checks_network_gcp`. Does not ask the cloud: whether a network
that exists is fit for the platform is the preflight's to say.
"""

import re

from infra.spec.checks_network_gcp import check_gcp_network
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.draft import Draft
from infra.spec.network import NatGateways, NetworkSpec
from infra.spec.refusals import refuse_changes_of_foreign_network
from infra.spec.report import Report

_VPC_ID = re.compile(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})")
_SUBNET_ID = re.compile(r"subnet-([0-9a-f]{8}|[0-9a-f]{17})")
"""EC2 user guide, "Resource IDs": 17 hexadecimal digits; 8 in accounts from before 2018."""
_ZONES_AT_LEAST = 2
"""A managed control plane needs subnets in two zones (EKS user guide, 2026)."""


def check_network(network: Draft[NetworkSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    """Check a network of our own, or the identifiers of one that exists."""
    if not cloud.good("provider"):
        return
    if cloud.spec.provider is CloudProvider.GCP:
        check_gcp_network(network, cloud, report)
    else:
        _check_aws(network, report)


def _check_aws(network: Draft[NetworkSpec], report: Report) -> None:
    _check_ids(network, report)
    if not network.good("vpcId", "privateSubnetIds", "publicSubnetIds"):
        return
    if network.spec.is_foreign:
        _check_foreign(network, report)
    else:
        _refuse_subnets_without_vpc(network, report)


def _check_ids(network: Draft[NetworkSpec], report: Report) -> None:
    vpc_id = network.spec.vpc_id
    if network.good("vpcId") and vpc_id is not None and not _VPC_ID.fullmatch(vpc_id):
        report.add(
            network.at("vpcId"),
            "is not the id of a VPC",
            vpc_id,
            allowed="vpc- and 17 hexadecimal digits",
            next_step="copy it from `aws ec2 describe-vpcs`",
        )
    for setting, ids in _subnets(network):
        for index, subnet_id in enumerate(ids):
            if not network.good(f"{setting}.{index}"):
                continue
            path = (*network.at(setting), index)
            if not _SUBNET_ID.fullmatch(subnet_id):
                report.add(
                    path,
                    "is not the id of a subnet",
                    subnet_id,
                    allowed="subnet- and 17 hexadecimal digits",
                    next_step="copy it from `aws ec2 describe-subnets`",
                )
            elif subnet_id in ids[:index]:
                report.add(
                    path,
                    "is named twice",
                    subnet_id,
                    allowed="each subnet once",
                    next_step="remove one of the two",
                )


def _check_foreign(network: Draft[NetworkSpec], report: Report) -> None:
    spec = network.spec
    if len(spec.private_subnet_ids) < _ZONES_AT_LEAST:
        report.add(
            network.at("privateSubnetIds"),
            "has too few subnets for a control plane",
            len(spec.private_subnet_ids),
            allowed="subnets in two zones or more",
            next_step="name a private subnet of each zone that nodes may use",
        )
    both = sorted({*spec.private_subnet_ids} & {*spec.public_subnet_ids})
    if both:
        report.add(
            network.at("publicSubnetIds"),
            "names subnets that are private as well",
            ", ".join(both),
            allowed="a subnet is private or public",
            next_step="remove them from one of the two lists",
        )
    ours = {
        "natGateways": None if spec.nat_gateways is NatGateways.SINGLE else spec.nat_gateways,
        "interfaceEndpoints": spec.interface_endpoints or None,
        "flowLogs": spec.flow_logs or None,
    }
    settings = "vpcId, privateSubnetIds and publicSubnetIds"
    refuse_changes_of_foreign_network(network, ours, settings, report)


def _refuse_subnets_without_vpc(network: Draft[NetworkSpec], report: Report) -> None:
    for setting, ids in _subnets(network):
        if ids:
            report.add(
                network.at(setting),
                "are subnets of no network",
                ", ".join(ids),
                allowed="subnets beside vpcId, or neither",
                next_step="write the vpcId that they belong to, or remove them",
            )


def _subnets(network: Draft[NetworkSpec]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    spec = network.spec
    return (
        ("privateSubnetIds", spec.private_subnet_ids),
        ("publicSubnetIds", spec.public_subnet_ids),
    )
