"""The network: how it reaches out, what is logged, or a network that exists already."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch


class NatGateways(StrEnum):
    """How private nodes reach the internet: a gateway costs per hour, and goes with its zone."""

    SINGLE = "single"
    PER_ZONE = "per-zone"


class NetworkSpec(Section):
    """One network of our own, or one that exists already."""

    nat_gateways: NatGateways
    """`single` is cheaper; with `per-zone` a lost zone takes nobody else's way out along."""
    interface_endpoints: Switch
    """Private endpoints of the AWS services that nodes and controllers call. Billed per hour."""
    flow_logs: Switch
    """Log who talked to whom in the network."""
    pod_cidr: Annotated[str | None, Field(strict=True)]
    """IPv4 range of pods in a network of our own; on Google Cloud, where each node takes a /24."""
    service_cidr: Annotated[str | None, Field(strict=True)]
    """IPv4 range of Services in a network of our own; on Google Cloud."""
    vpc_id: Annotated[str | None, Field(strict=True)]
    """A network that exists: `vpc-…`, on Google Cloud its name. Nothing is created in it, or
    changed."""
    private_subnet_ids: tuple[str, ...]
    """Its subnets for nodes and pods, in at least two zones; on Google Cloud one subnetwork."""
    public_subnet_ids: tuple[str, ...]
    """Its subnets for public load balancers; none: only internal ones. On AWS."""
    pod_range: Annotated[str | None, Field(strict=True)]
    """Name of the subnetwork's secondary range for pods; on Google Cloud."""
    service_range: Annotated[str | None, Field(strict=True)]
    """Name of the subnetwork's secondary range for Services; on Google Cloud."""

    @property
    def is_foreign(self) -> bool:
        """Whether the network is somebody else's."""
        return self.vpc_id is not None
