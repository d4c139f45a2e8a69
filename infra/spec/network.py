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
    vpc_id: Annotated[str | None, Field(strict=True)]
    """A network that exists: `vpc-…`. Nothing is created in it, or changed."""
    private_subnet_ids: tuple[str, ...]
    """Its subnets for nodes and pods, in at least two zones."""
    public_subnet_ids: tuple[str, ...]
    """Its subnets for public load balancers; none: only internal ones."""

    @property
    def is_foreign(self) -> bool:
        """Whether the network is somebody else's."""
        return self.vpc_id is not None
