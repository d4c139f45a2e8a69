"""A network that exists before the stack: what a stack file with `network.vpcId` stands in.

Owns a VPC with the names of the stack file, made as somebody else would have made it for the
platform: one subnetwork with secondary ranges for pods and Services, Private Google Access, and a
way out through Cloud NAT. It is fit on purpose. Whether the real one is, `tokenworks preflight`
says.
Does not own the checks: they are the preflight's, and a rehearsal runs them on this network too.

It is made at every start, before the journal is repeated, and always in the same order: a journal's
seed gives it the same ids again.
"""

from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.gcp.api.project import Project
from infra.wire import Value

POD_CIDR = "100.64.0.0/16"
SERVICE_CIDR = "100.65.0.0/20"
"""The ranges that networks of our own have (`infra/spec/defaults.py`)."""
WAY_OUT = "somebody-elses"


def build(network: ExistingNetwork, project: Project) -> None:
    """Make it. Nothing of it is the stack's, so nothing of it may go with the stack."""
    with project.lock:
        _call(project, "networks.insert", {"name": network.vpc_id, "autoCreateSubnetworks": False})
        ranges: list[Value] = [
            {"rangeName": name, "ipCidrRange": cidr}
            for name, cidr in (
                (network.pod_range, POD_CIDR),
                (network.service_range, SERVICE_CIDR),
            )
        ]
        for name in network.private_subnet_ids:
            wanted: dict[str, Value] = {
                "name": name,
                "network": network.vpc_id,
                "ipCidrRange": network.cidr,
                "privateIpGoogleAccess": True,
                "secondaryIpRanges": ranges,
            }
            _call(project, "subnetworks.insert", wanted, region=network.region)
        router: dict[str, Value] = {
            "name": WAY_OUT,
            "network": network.vpc_id,
            "nats": [
                {
                    "name": WAY_OUT,
                    "natIpAllocateOption": "AUTO_ONLY",
                    "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
                }
            ],
        }
        _call(project, "routers.insert", router, region=network.region)


def _call(project: Project, method: str, body: dict[str, Value], **place: str) -> None:
    project.call(f"compute.{method}", body, project=project.project, **place)
