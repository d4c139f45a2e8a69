"""How a network's addresses are divided: one range of the subnetwork for each kind of address.

Owns the names of the secondary ranges. Does not own the ranges: the stack file says them, and the
spec has refused those that are too small or overlap.
Why one subnetwork: those of Google Cloud span the zones of a region. Why secondary ranges: a GKE
node takes a block of the pods' range for its pods, so that pods use up no address of nodes.
"""

from dataclasses import dataclass

from infra.spec.cloud import CloudSpec
from infra.spec.network import NetworkSpec

PODS = "pods"
SERVICES = "services"


class RangePlanError(ValueError):
    """A network of our own without a range that it needs."""


@dataclass(frozen=True)
class RangePlan:
    """Address ranges of a subnetwork."""

    nodes: str
    """Its primary range, for nodes and internal load balancers."""
    pods: str
    """Its secondary range for pods."""
    services: str
    """Its secondary range for Services."""


def range_plan(cloud: CloudSpec, network: NetworkSpec) -> RangePlan:
    """Return the ranges of a network of our own.

    Raises:
        RangePlanError: the stack leaves one out.
    """
    if network.pod_cidr is None or network.service_cidr is None:
        message = (
            f"network: needs ranges for pods and Services, got podCidr {network.pod_cidr!r} and "
            f"serviceCidr {network.service_cidr!r}; write both, or leave both to the defaults"
        )
        raise RangePlanError(message)
    return RangePlan(cloud.network_cidr, network.pod_cidr, network.service_cidr)
