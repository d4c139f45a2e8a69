"""The cache: two instances that never share a process, one that may forget and one that may not."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch
from infra.spec.week_day import WeekDay

MOST_MEMORY_GIB = 400
"""More than the largest node of either cloud; what is larger would be a cluster of shards."""
MOST_BACKUP_DAYS = 35
"""ElastiCache keeps automatic snapshots for at most 35 days (API reference, 2026), Memorystore
backups for up to a year."""


class CachePlace(StrEnum):
    """Where the cache runs."""

    IN_CLUSTER = "in-cluster"
    MANAGED = "managed"


class CacheInstanceSpec(Section):
    """One instance: a primary and its replicas, which hold the same data."""

    memory_gib: Annotated[float, Field(ge=0.1, le=MOST_MEMORY_GIB, strict=True)]
    """Room for data, in GiB; the node has more, for connections and replication."""
    node_type: Annotated[str, Field(strict=True)] | None
    """Node of the managed service; follows from `memoryGib`. None inside the cluster."""
    replicas: Annotated[int, Field(ge=0, le=5, strict=True)]
    """Copies besides the primary, in other zones; one takes over when the primary is lost."""


class CacheSpec(Section):
    """The response cache, and the counters and sessions beside it."""

    enabled: Switch
    """Whether there is a cache at all."""
    place: CachePlace
    """`in-cluster` runs the Valkey chart; `managed` is ElastiCache or Memorystore for Valkey."""
    responses: CacheInstanceSpec
    """Answers that can be computed again: the least used are evicted when it is full."""
    counters: CacheInstanceSpec
    """Rate-limit counters and sessions: nothing is evicted, a full instance refuses writes."""
    backup_days: Annotated[int, Field(ge=0, le=MOST_BACKUP_DAYS, strict=True)]
    """Days for which daily backups of `counters` are kept; 0: none are made."""
    maintenance_day: WeekDay
    """Day of the weekly maintenance."""
    maintenance_hour_utc: Annotated[int, Field(ge=0, le=21, strict=True)]
    """Hour in which maintenance begins; the daily backup begins two hours later."""

    @property
    def is_managed(self) -> bool:
        """Whether a service of the cloud runs it."""
        return self.enabled and self.place is CachePlace.MANAGED

    @property
    def is_in_cluster(self) -> bool:
        """Whether pods of the cluster run it."""
        return self.enabled and self.place is CachePlace.IN_CLUSTER

    @property
    def instances(self) -> dict[str, CacheInstanceSpec]:
        """Return both instances by what they are for."""
        return {"responses": self.responses, "counters": self.counters}
