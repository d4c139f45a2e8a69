"""The account as the controller's pods use it: a port, and the words that it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from infra.rehearsal.controllers.own_pods import Caller


class BalancerError(ValueError):
    """The cloud refuses what the controller asks, in its words; it tries again."""


@dataclass(frozen=True)
class Seat:
    """Where the controller runs, as whom, and what it was told of its cluster."""

    caller: Caller
    cluster: str
    vpc_id: str
    """Empty: found by its tags."""
    vpc_tags: Mapping[str, str]
    tags: Mapping[str, str]
    """Of everything that it makes, beside its own."""


@dataclass(frozen=True)
class Listener:
    """A port of the load balancer, and the port of the pods that it sends to."""

    port: int
    target_port: int
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What a Service asks for: TCP, to the addresses of its pods."""

    uid: str
    namespace: str
    name: str
    internal: bool
    listeners: tuple[Listener, ...]
    targets: frozenset[str]
    """Addresses of pods that are ready."""
    attributes: Mapping[str, str]
    target_attributes: Mapping[str, str]
    healthy_checks: int
    unhealthy_checks: int
    """Health checks in a row after which a target counts as healthy, or as unhealthy."""

    @property
    def stack(self) -> str:
        """How the controller marks everything of one Service."""
        return f"{self.namespace}/{self.name}"


class NetworkBalancers(Protocol):
    """Network Load Balancers in the account."""

    def keep(self, seat: Seat, wanted: Wanted) -> str:
        """Let there be what a Service asks for; return the load balancer's host name.

        Raises:
            BalancerError: the cloud does not let those pods, or refuses.
        """
        ...

    def drop(self, seat: Seat, stack: str) -> None:
        """Remove everything of one Service; what is gone is fine.

        Raises:
            BalancerError: the cloud does not let those pods, or refuses.
        """
        ...
