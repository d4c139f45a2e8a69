"""The AWS quotas that a first deployment meets: their codes, units, and which machine counts where.

Owns codes and names. Does not own values: those are facts of an account (`facts.py`).

Sources: EC2 user guide, "Amazon EC2 instance type quotas" (vCPU quotas and their names), the
service's own list of VPC quotas as recorded in moto 5.2.5, EKS user guide, "View and manage Amazon
EKS and Fargate service quotas". All read 2026-11.
"""

import re
from dataclasses import dataclass
from typing import Literal

Buying = Literal["on-demand", "spot"]

_FAMILY = re.compile(r"([a-z]+)(\d*)")
_STANDARD = frozenset({"a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"})
_GRAPHICS = frozenset({"g", "gr", "vt"})


class UnknownBucketError(ValueError):
    """No source says against which vCPU quota a machine type counts."""


@dataclass(frozen=True)
class Quota:
    """One quota of Service Quotas."""

    code: str
    """AWS's code for it, `L-DB2E81BA`."""
    service: str
    """Service code, `ec2`: a request for an increase names both."""
    name: str
    """AWS's own name."""
    unit: str
    """What is counted."""


ON_DEMAND_G = Quota("L-DB2E81BA", "ec2", "Running On-Demand G and VT instances", "vCPU")
ON_DEMAND_P = Quota("L-417A185B", "ec2", "Running On-Demand P instances", "vCPU")
ON_DEMAND_STANDARD = Quota(
    "L-1216C47A", "ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "vCPU"
)
SPOT_G = Quota("L-3819A6DF", "ec2", "All G and VT Spot Instance Requests", "vCPU")
SPOT_P4 = Quota("L-7212CCBC", "ec2", "All P4, P3 and P2 Spot Instance Requests", "vCPU")
SPOT_P5 = Quota("L-C4BD4855", "ec2", "All P5 Spot Instance Requests", "vCPU")
SPOT_STANDARD = Quota(
    "L-34B43A08", "ec2", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", "vCPU"
)
VPCS = Quota("L-F678F1CE", "vpc", "VPCs per Region", "VPC")
ELASTIC_IPS = Quota("L-0263D0A3", "ec2", "EC2-VPC Elastic IPs", "address")
NAT_GATEWAYS = Quota("L-FE5A380F", "vpc", "NAT gateways per Availability Zone", "NAT gateway")
INTERFACE_ENDPOINTS = Quota("L-29B6F2EB", "vpc", "Interface VPC endpoints per VPC", "endpoint")
CLUSTERS = Quota("L-1194D53C", "eks", "Clusters", "cluster")
NODE_GROUPS = Quota("L-6D54EA21", "eks", "Managed node groups per cluster", "node group")
NODES = Quota("L-BD136A63", "eks", "Nodes per managed node group", "node")

QUOTAS: dict[str, Quota] = {
    quota.code: quota
    for quota in (
        *(ON_DEMAND_G, ON_DEMAND_P, ON_DEMAND_STANDARD),
        *(SPOT_G, SPOT_P4, SPOT_P5, SPOT_STANDARD),
        *(VPCS, ELASTIC_IPS, NAT_GATEWAYS, INTERFACE_ENDPOINTS),
        *(CLUSTERS, NODE_GROUPS, NODES),
    )
}
"""Code to quota. S3 buckets are not here: a new account may have 10,000 (S3 user guide)."""


def vcpu_quota(machine_type: str, buying: Buying) -> Quota:
    """Return the quota against which the vCPUs of a machine type count.

    Raises:
        UnknownBucketError: no source says which; for P6 as spot, public tools disagree (2026-11).
    """
    found = _FAMILY.match(machine_type)
    family, generation = found.groups() if found else ("", "")
    if family in _STANDARD:
        return ON_DEMAND_STANDARD if buying == "on-demand" else SPOT_STANDARD
    if family in _GRAPHICS:
        return ON_DEMAND_G if buying == "on-demand" else SPOT_G
    if family == "p":
        if buying == "on-demand":
            return ON_DEMAND_P
        if generation in ("2", "3", "4"):
            return SPOT_P4
        if generation == "5":
            return SPOT_P5
    message = (
        f"vCPU quota: no source says against which one {machine_type} counts when bought as "
        f"{buying}; the Service Quotas console of your account does"
    )
    raise UnknownBucketError(message)
