"""The cloud account as controllers inside a cluster use it: a port, and the words that it takes.

Every call is safe to repeat: controllers look again after each failure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from infra.rehearsal.controllers.dialect import Dialect


class ControllerError(ValueError):
    """The cloud refuses what a controller asks, in the controller's own words; it tries again."""


@dataclass(frozen=True)
class Machine:
    """A node, as far as its network interface is concerned."""

    name: str
    group: str
    zone: str


@dataclass(frozen=True)
class Balancer:
    """What a Service of type LoadBalancer asks for."""

    uid: str
    service: str
    """`namespace/name`."""
    internal: bool
    ports: tuple[tuple[int, int], ...]
    """Port of the load balancer and port of the nodes, each over TCP."""


@dataclass(frozen=True)
class Disk:
    """What a claim asks for."""

    uid: str
    claim: str
    """`namespace/name`."""
    gib: int
    zone: str
    kind: str
    encrypted: bool
    key: str = ""
    """Of the cloud's key service; empty for the cloud's own."""


class CloudAccount(Protocol):
    """What controllers do in the account."""

    @property
    def dialect(self) -> Dialect:
        """The cloud's words on objects of the cluster."""
        ...

    def has_cluster(self) -> bool:
        """Say whether the cluster exists; the controllers of a cluster end with it."""
        ...

    def has_disk_driver(self) -> bool:
        """Say whether the cluster has the add-on that makes volumes."""
        ...

    def keep_interfaces(self, machines: Collection[Machine]) -> None:
        """Let there be one network interface for each machine, and none for any other."""
        ...

    def balancer(self, wanted: Balancer) -> str:
        """Make a load balancer, if there is none, and return its host name or address.

        Raises:
            ControllerError: it cannot be made.
        """
        ...

    def drop_balancer(self, uid: str) -> None:
        """Remove the load balancer of a Service; one that is gone is fine."""
        ...

    def disk(self, wanted: Disk) -> str:
        """Make a volume, if there is none for the claim, and return its id.

        Raises:
            ControllerError: it cannot be made.
        """
        ...

    def drop_disk(self, volume: str) -> None:
        """Remove a volume; one that is gone is fine."""
        ...
