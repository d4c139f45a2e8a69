"""The AWS quotas that a first deployment meets: their codes, units, and which machine counts where.

Owns codes and names. Does not own values: those are facts of an account (`facts.py`).

Sources: EC2 user guide, "Amazon EC2 instance type quotas" (vCPU quotas and their names), the
service's own list of VPC quotas as recorded in moto 5.2.5, EKS user guide, "View and manage Amazon
EKS and Fargate service quotas". All read 2026-11.
"""

import re
from dataclasses import dataclass
from typing import Literal

from infra.preflight.quota import Quota, UnknownBucketError
from infra.spec.cloud import CloudSpec

Buying = Literal["on-demand", "spot"]

_FAMILY = re.compile(r"([a-z]+)(\d*)")
_STANDARD = frozenset({"a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"})
_GRAPHICS = frozenset({"g", "gr", "vt"})


@dataclass(frozen=True)
class AwsQuota(Quota):
    """One quota of Service Quotas."""

    service: str
    """Service code, `ec2`: a request for an increase names both."""

    def request(self, cloud: CloudSpec, value: int) -> str:
        """Return the command that asks AWS for so many."""
        return (
            f"aws service-quotas request-service-quota-increase --region {cloud.region} "
            f"--service-code {self.service} --quota-code {self.code} --desired-value {value}"
        )

    def console(self, cloud: CloudSpec) -> str:
        """Return the quota's page in the console, which has a button that asks for more."""
        return (
            f"https://{cloud.region}.console.aws.amazon.com/servicequotas/home/services/"
            f"{self.service}/quotas/{self.code}"
        )

    @property
    def lookup(self) -> str:
        """The command that says what the account has."""
        return (
            f"aws service-quotas get-service-quota --service-code {self.service} "
            f"--quota-code {self.code}"
        )


ON_DEMAND_G = AwsQuota("L-DB2E81BA", "Running On-Demand G and VT instances", "vCPU", "ec2")
ON_DEMAND_P = AwsQuota("L-417A185B", "Running On-Demand P instances", "vCPU", "ec2")
ON_DEMAND_STANDARD = AwsQuota(
    "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "vCPU", "ec2"
)
SPOT_G = AwsQuota("L-3819A6DF", "All G and VT Spot Instance Requests", "vCPU", "ec2")
SPOT_P4 = AwsQuota("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", "vCPU", "ec2")
SPOT_P5 = AwsQuota("L-C4BD4855", "All P5 Spot Instance Requests", "vCPU", "ec2")
SPOT_STANDARD = AwsQuota(
    "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", "vCPU", "ec2"
)
VPCS = AwsQuota("L-F678F1CE", "VPCs per Region", "VPC", "vpc")
ELASTIC_IPS = AwsQuota("L-0263D0A3", "EC2-VPC Elastic IPs", "address", "ec2")
NAT_GATEWAYS = AwsQuota("L-FE5A380F", "NAT gateways per Availability Zone", "NAT gateway", "vpc")
INTERFACE_ENDPOINTS = AwsQuota("L-29B6F2EB", "Interface VPC endpoints per VPC", "endpoint", "vpc")
CLUSTERS = AwsQuota("L-1194D53C", "Clusters", "cluster", "eks")
NODE_GROUPS = AwsQuota("L-6D54EA21", "Managed node groups per cluster", "node group", "eks")
NODES = AwsQuota("L-BD136A63", "Nodes per managed node group", "node", "eks")

QUOTAS: dict[str, AwsQuota] = {
    quota.code: quota
    for quota in (
        *(ON_DEMAND_G, ON_DEMAND_P, ON_DEMAND_STANDARD),
        *(SPOT_G, SPOT_P4, SPOT_P5, SPOT_STANDARD),
        *(VPCS, ELASTIC_IPS, NAT_GATEWAYS, INTERFACE_ENDPOINTS),
        *(CLUSTERS, NODE_GROUPS, NODES),
    )
}
"""Code to quota. S3 buckets are not here: a new account may have 10,000 (S3 user guide)."""


def vcpu_quota(machine_type: str, buying: Buying) -> AwsQuota:
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
