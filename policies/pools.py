"""Groups of nodes as rules about capacity see them, the same for both clouds.

Owns reading a group out of what the program declares. A value that decides and is not known yet, or
is not of its type, leaves the group unread: then nobody knows how much of it may be bought.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from infra.catalog.machines import MachineType, UnknownMachineError, machine
from policies.rule import Subject
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_bool, as_number

EKS_GROUP = "aws:eks/nodeGroup:NodeGroup"
GKE_POOL = "gcp:container/nodePool:NodePool"
TYPES = (EKS_GROUP, GKE_POOL)
POOL_LABEL = "tokenworks.dev/pool"
"""Label that pods select a pool by (`components/labels.py`)."""


class Capacity(StrEnum):
    """How nodes are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of nodes of the same capacity."""

    subject: Subject
    pool: str
    """Name of the pool that it belongs to; the resource's own without a label."""
    capacity: Capacity
    least: int
    """Nodes at least."""
    most: int
    """Nodes at most."""
    machines: tuple[str, ...]
    """Machine types that the cloud may choose from."""

    def catalogued(self) -> list[MachineType]:
        """Return the machine types that the catalogue has."""
        cloud = cloud_of(self.subject)
        found = []
        for name in self.machines:
            try:
                found.append(machine(cloud, name))
            except UnknownMachineError:
                continue
        return found

    def gpus_each(self) -> int | None:
        """Return the GPUs of a node, the most of its types; None when one is not catalogued."""
        known = self.catalogued()
        if len(known) < len(self.machines):
            return None
        return max(one.gpu_count for one in known)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A group of which something that decides is not known, or has the wrong type."""

    subject: Subject
    what: str
    """Path of it."""
    unknown: bool
    """Whether the update will know it."""


def cloud_of(subject: Subject) -> str:
    """Return the cloud of a resource."""
    return subject.type.partition(":")[0]


def groups(subjects: Sequence[Subject]) -> Iterator[Group | Unread]:
    """Yield every group of nodes among resources."""
    for subject in subjects:
        if subject.type in TYPES:
            yield read(subject)


def read(subject: Subject) -> Group | Unread:
    """Return a group of nodes, or what keeps it from being read."""
    eks = subject.type == EKS_GROUP
    machines = _machines(subject, "instanceTypes" if eks else "nodeConfig.machineType")
    if isinstance(machines, Unread):
        return machines
    bounds = _bounds(subject)
    if isinstance(bounds, Unread):
        return bounds
    capacity = _eks_capacity(subject) if eks else _gke_capacity(subject)
    if isinstance(capacity, Unread):
        return capacity
    label = subject.at(f"{'labels' if eks else 'nodeConfig.labels'}")
    pool = label.get(POOL_LABEL) if isinstance(label, dict) else None
    return Group(
        subject=subject,
        pool=pool if isinstance(pool, str) else subject.name,
        capacity=capacity,
        least=bounds[0],
        most=bounds[1],
        machines=machines,
    )


def _unread(subject: Subject, path: str, value: "Plain") -> Unread:
    return Unread(subject=subject, what=path, unknown=value is UNKNOWN)


def _machines(subject: Subject, path: str) -> tuple[str, ...] | Unread:
    value = subject.at(path)
    names = value if isinstance(value, list) else [value]
    texts = tuple(name for name in names if isinstance(name, str))
    if len(texts) < len(names) or not texts:
        return _unread(subject, path, UNKNOWN if UNKNOWN in names else value)
    return texts


def _bounds(subject: Subject) -> tuple[int, int] | Unread:
    if subject.type == EKS_GROUP:
        paths = ("scalingConfig.minSize", "scalingConfig.maxSize")
        each = 1
    elif subject.at("autoscaling.totalMaxNodeCount") is not MISSING:
        paths = ("autoscaling.totalMinNodeCount", "autoscaling.totalMaxNodeCount")
        each = 1
    elif subject.at("autoscaling") is not MISSING:
        paths = ("autoscaling.minNodeCount", "autoscaling.maxNodeCount")
        each = _zones(subject)
    else:
        paths = ("nodeCount", "nodeCount")
        each = _zones(subject)
    found: list[int] = []
    for path in paths:
        value = subject.at(path)
        number = as_number(value)
        # GKE takes an absent minimum for none.
        if number is MISSING and path.endswith(("MinNodeCount", "minNodeCount")):
            number = 0.0
        if isinstance(number, Mark):
            return _unread(subject, path, value)
        found.append(int(number) * each)
    return found[0], found[1]


def _zones(subject: Subject) -> int:
    """Return how many zones a GKE pool's counts are for; a region has three where none is said."""
    zones = subject.at("nodeLocations")
    return len(zones) if isinstance(zones, list) and zones else 3


def _eks_capacity(subject: Subject) -> Capacity | Unread:
    value = subject.at("capacityType")
    if value is MISSING or value == "ON_DEMAND":
        return Capacity.ON_DEMAND
    if value == "SPOT":
        return Capacity.SPOT
    if value == "CAPACITY_BLOCK":
        return Capacity.ON_DEMAND
    return _unread(subject, "capacityType", value)


def _gke_capacity(subject: Subject) -> Capacity | Unread:
    for path, capacity in (
        ("nodeConfig.spot", Capacity.SPOT),
        ("nodeConfig.preemptible", Capacity.SPOT),
        ("nodeConfig.flexStart", Capacity.FLEX_START),
    ):
        value = subject.at(path)
        switch = as_bool(value)
        if switch is True:
            return capacity
        if switch is UNKNOWN or (switch is MISSING and value is not MISSING):
            return _unread(subject, path, value)
    return Capacity.ON_DEMAND
