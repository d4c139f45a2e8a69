"""What a node owes to the cloud that it runs in: a port, and the clouds that fill it.

Owns the port and the look-up. What AWS and Google Cloud call a node is in `aws` and `gcp`; what is
the same everywhere is in `factory`.
"""

from collections.abc import Mapping
from typing import Protocol

from infra.catalog.machines import MachineType
from infra.rehearsal.nodes.aws import AwsNodes
from infra.rehearsal.nodes.gcp import GcpNodes
from infra.rehearsal.nodes.groups import Identity, NodeGroup


class CloudNodes(Protocol):
    """How a cloud names and labels its nodes."""

    @property
    def scheme(self) -> str:
        """What a node's `providerID` begins with, `aws`."""
        ...

    def region(self, zone: str) -> str:
        """Return the region of a zone."""
        ...

    def labels(self, group: NodeGroup, kind: MachineType, zone: str) -> dict[str, str]:
        """Return the labels that only this cloud has."""
        ...

    def identity(self, group: NodeGroup, zone: str, digest: str, address: str) -> Identity:
        """Return what a machine is called; `digest` is its own, in hexadecimal."""
        ...


CLOUDS: Mapping[str, CloudNodes] = {"aws": AwsNodes(), "gcp": GcpNodes()}
"""By the names that stacks and the catalogue use."""


def cloud_of(provider_id: str) -> str:
    """Return the cloud of a node by its `providerID`; empty for a node of no cloud."""
    scheme = provider_id.partition("://")[0]
    return next((name for name, cloud in CLOUDS.items() if cloud.scheme == scheme), "")
