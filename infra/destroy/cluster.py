"""What of a cluster no state knows, and would be paid for when the cluster is gone.

Owns which objects those are, deleting them while their controllers still run, and waiting until the
controllers have removed what they made. Does not own how the cluster is reached.

What stands in a namespace of the stack's goes with that namespace. In any other one, a Service of
type LoadBalancer, an Ingress, a Gateway or a claim was made by somebody's `kubectl`: the cluster
goes, its controllers with it, and a load balancer or a disk nobody knows stays.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.replies import dig, optional_text
from infra.wire import Properties, Value

GONE_SECONDS = 300.0
"""A load balancer is gone within a minute or two; a volume waits for its pod."""
POLL_SECONDS = 1.0
RETAIN = "Retain"
BALANCER_NAME_LIMIT = 32
"""In-tree names are `a` and the Service's uid without dashes, cut there (kubernetes/cloud-provider,
`DefaultLoadBalancerName`)."""


class ClusterError(ValueError):
    """The API server refuses, or cannot be reached."""


class Cluster(Protocol):
    """A cluster's API server, as its administrator has it."""

    def objects(self, api_version: str, kind: str) -> Sequence[Properties]:
        """Return all objects of a kind; none where the server does not serve the kind.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        ...

    def delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        """Ask for deletion; what is gone is fine.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        ...


@dataclass(frozen=True, order=True)
class Stranger:
    """An object that no state knows and on which something in the account hangs."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class Seen:
    """What a cluster says of itself before it goes."""

    strangers: Sequence[Stranger]
    kept_volumes: Sequence[str]
    """Volumes that say that their disks outlive them: somebody's data."""
    balancers: frozenset[str]
    """Names that load balancers of the cluster's Services have in the account."""


NOTHING_SEEN = Seen((), (), frozenset())


def _wants_balancer(body: Properties) -> bool:
    return dig(body, "spec.type") == "LoadBalancer"


def _always(_body: Properties) -> bool:
    return True


HOLDERS: Mapping[tuple[str, str], Callable[[Properties], bool]] = {
    ("networking.k8s.io/v1", "Ingress"): _always,
    ("gateway.networking.k8s.io/v1", "Gateway"): _always,
    ("v1", "Service"): _wants_balancer,
    ("v1", "PersistentVolumeClaim"): _always,
}
"""Kinds for which controllers make things in the account, and which of their objects count."""


def see(cluster: Cluster, namespaces: frozenset[str]) -> Seen:
    """Look at a cluster.

    Args:
        cluster: the cluster.
        namespaces: those that the states know, which go with all that is in them.

    Raises:
        ClusterError: the server refuses, or cannot be reached.
    """
    services = cluster.objects("v1", "Service")
    volumes = cluster.objects("v1", "PersistentVolume")
    return Seen(
        strangers=_strangers(cluster, namespaces),
        kept_volumes=sorted(_volume(one) for one in volumes if _is_kept(one)),
        balancers=frozenset(_balancer_name(one) for one in services if _wants_balancer(one)),
    )


def clear(
    cluster: Cluster,
    namespaces: frozenset[str],
    *,
    sleep: Callable[[float], None] = time.sleep,
    seconds: float = GONE_SECONDS,
) -> Sequence[Stranger]:
    """Delete the strangers, and return those that are still there when the time is over.

    Raises:
        ClusterError: the server refuses, or cannot be reached.
    """
    asked: set[Stranger] = set()
    for _ in range(max(1, int(seconds / POLL_SECONDS))):
        left = _strangers(cluster, namespaces)
        if not left:
            return ()
        for one in left:
            if one not in asked:
                cluster.delete(one.api_version, one.kind, one.name, one.namespace)
                asked.add(one)
        sleep(POLL_SECONDS)
    return _strangers(cluster, namespaces)


def _strangers(cluster: Cluster, namespaces: frozenset[str]) -> Sequence[Stranger]:
    return sorted(
        Stranger(api_version, kind, namespace, optional_text(body, "metadata.name"))
        for (api_version, kind), counts in HOLDERS.items()
        for body in cluster.objects(api_version, kind)
        if counts(body)
        and (namespace := optional_text(body, "metadata.namespace")) not in namespaces
    )


def _is_kept(volume: Properties) -> bool:
    made_by_driver: Value = dig(volume, "spec.csi.driver")
    return bool(made_by_driver) and dig(volume, "spec.persistentVolumeReclaimPolicy") == RETAIN


def _volume(volume: Properties) -> str:
    claim, namespace = (
        optional_text(volume, f"spec.claimRef.{part}") for part in ("name", "namespace")
    )
    handle = optional_text(volume, "spec.csi.volumeHandle")
    return f"{optional_text(volume, 'metadata.name')} of claim {namespace}/{claim} (disk {handle})"


def _balancer_name(service: Properties) -> str:
    return f"a{optional_text(service, 'metadata.uid').replace('-', '')}"[:BALANCER_NAME_LIMIT]
