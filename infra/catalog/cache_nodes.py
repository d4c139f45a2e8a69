"""Nodes of the managed caches: how much data one holds, and what it costs.

Owns the figures, in US dollars an hour on demand, one region for each cloud, and their sources. A
node without a price has none that a source gives: unknown, never zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from infra.catalog.prices import REGIONS

_GIB_PER_GB = 1000**3 / 1024**3
_DATA_SHARE = 0.75
"""ElastiCache keeps a quarter of a node for backups and failover: `reserved-memory-percent` is 25
by default (ElastiCache user guide, "Managing reserved memory", 2026)."""
_AWS_SOURCE = (
    "ElastiCache's list prices of Redis OSS nodes (DefangLabs/pulumi-defang, "
    "provider/defangaws, elasticache.go), less the 20 % that Valkey nodes are cheaper "
    "(ElastiCache FAQ); read 2026-11-26. A public project's notes have the same for t4g.micro, "
    "t4g.small and m7g.large"
)
_GCP_SOURCE = (
    "Google's list prices of Memorystore for Valkey, as a public project's cost notes state them "
    "(read 2026-11-26)"
)
_READ = "2026-11-26"


@dataclass(frozen=True, kw_only=True)
class CacheNode:
    """One type of node."""

    cloud: str
    name: str
    """As the API of the cloud has it."""
    memory_gib: float
    """Room for data, in GiB."""
    usd_per_hour: Decimal | None
    """On demand in the region of the catalogue's prices; None where no source says."""
    for_production: bool = True
    """Whether the service promises an availability for it."""
    source: str
    source_date: str


def _aws(name: str, memory_gib: float, usd: str) -> CacheNode:
    return CacheNode(
        cloud="aws",
        name=name,
        memory_gib=round(memory_gib * _DATA_SHARE, 2),
        usd_per_hour=Decimal(usd),
        source=_AWS_SOURCE,
        source_date=_READ,
    )


def _gcp(name: str, writable_gb: float, usd: str | None, *, sla: bool = True) -> CacheNode:
    return CacheNode(
        cloud="gcp",
        name=name,
        memory_gib=round(writable_gb * _GIB_PER_GB, 2),
        usd_per_hour=None if usd is None else Decimal(usd),
        for_production=sla,
        source=_GCP_SOURCE,
        source_date=_READ,
    )


_NODES: tuple[CacheNode, ...] = (
    # GiB as ElastiCache states them ("Supported node types", 2026); Graviton, two cores and up.
    _aws("cache.t4g.micro", 0.5, "0.0128"),
    _aws("cache.t4g.small", 1.37, "0.0256"),
    _aws("cache.t4g.medium", 3.09, "0.052"),
    _aws("cache.m7g.large", 6.38, "0.1264"),
    _aws("cache.r7g.large", 13.07, "0.1752"),
    _aws("cache.r7g.xlarge", 26.32, "0.3496"),
    _aws("cache.r7g.2xlarge", 52.82, "0.6984"),
    # "Default writable keyspace capacity" in GB (Memorystore for Valkey, "Instance and node
    # specification", 2026). The smallest has no SLA.
    _gcp("SHARED_CORE_NANO", 1.12, "0.0318", sla=False),
    _gcp("STANDARD_SMALL", 5.2, "0.1425"),
    _gcp("HIGHMEM_MEDIUM", 10.4, None),
    _gcp("HIGHMEM_XLARGE", 46.4, None),
)
"""By cloud, smallest first."""


def cache_nodes(cloud: str) -> Sequence[CacheNode]:
    """Return the nodes of a cloud, smallest first."""
    return tuple(node for node in _NODES if node.cloud == cloud)


def cache_node(cloud: str, name: str) -> CacheNode | None:
    """Return a node by its name; None where the catalogue has none of that name."""
    return next((node for node in cache_nodes(cloud) if node.name == name), None)


def smallest_for(cloud: str, memory_gib: float, *, production: bool) -> CacheNode | None:
    """Return the smallest node that holds so much data; None where none does."""
    return next(
        (
            node
            for node in cache_nodes(cloud)
            if node.memory_gib >= memory_gib and (node.for_production or not production)
        ),
        None,
    )


def usd_per_hour(cloud: str, region: str, name: str) -> CacheNode | None:
    """Return the node if it has a price in that region."""
    node = cache_node(cloud, name)
    if node is None or node.usd_per_hour is None or region != REGIONS[cloud]:
        return None
    return node
