"""What the project's quotas allow: limits are facts, usage is counted in the project.

Owns: counting, and Google's words for a quota that is exceeded. Metrics have the names of the API
(`NETWORKS`, `NVIDIA_L4_GPUS`); each counts in one region, or in all of them.
Does not own: what a machine counts against which metric (`machines.py`), or the limits.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.preflight.gcp.catalogue import QUOTAS
from infra.rehearsal.gcp.api.operations import Refusal
from infra.rehearsal.gcp.api.project import Project
from infra.wire import Properties, Value

OF_ALL_REGIONS = frozenset(
    {"BACKEND_SERVICES", "FIREWALLS", "FORWARDING_RULES", "HEALTH_CHECKS", "TARGET_POOLS"}
)
"""Metrics that count in all regions, besides those that the catalogue of quotas knows
(`projects.get` in GoogleCloudPlatform/professional-services#466, 2020-05-04)."""
GLOBAL = "global"

Usage = Callable[[str], Mapping[str, int]]
"""Region, or `global` for all, to what is used there of which metric."""


@dataclass(frozen=True)
class Shortage:
    """A quota that is not enough for what is asked."""

    metric: str
    place: str
    """Region, or `global`."""
    limit: int
    used: int
    asked: int

    @property
    def short(self) -> int:
        """How much is missing."""
        return self.used + self.asked - self.limit

    def refusal(self) -> Refusal:
        """Return Compute Engine's refusal.

        Words: fortinet/fortigate-tutorial-gcp#9 (2024-03-04), with the details that the provider
        prints too; mesosphere-backup/terraform-dcos#61 (2018-06-21) has those of a region.
        """
        metric, _slash, family = self.metric.partition("/")
        everywhere = self.place == GLOBAL
        where = "globally" if everywhere else f"in region {self.place}"
        scope = "project" if everywhere else "project-region"
        dimensions: Properties = {"global" if everywhere else "region": self.place}
        if family:
            dimensions["gpu_family"] = family
        info: Properties = {
            "metricName": f"compute.googleapis.com/{metric.lower()}",
            "limitName": f"{metric.replace('_', '-')}-per-{scope}",
            "limit": float(self.limit),
            "dimensions": dimensions,
        }
        message = f"Quota '{metric}' exceeded.  Limit: {self.limit}.0 {where}."
        return Refusal("QUOTA_EXCEEDED", message, {"quotaInfo": info})


class Quotas:
    """The quotas of one project."""

    def __init__(self, project: Project, limits: Mapping[str, int]) -> None:
        """Hold the project to these limits; a metric that is not among them limits nothing."""
        self._project = project
        self.limits = limits
        self.usages: list[Usage] = []
        """Who knows what is used."""

    def used(self, place: str) -> Counter[str]:
        """Return what is used in a region, or in all regions, by metric."""
        found = Counter[str]()
        for usage in self.usages:
            found.update(usage(place))
        return found

    def shortages(self, demand: Mapping[str, int], region: str) -> list[Shortage]:
        """Return the quotas that are not enough for something more in a region."""
        limited = {metric: asked for metric, asked in demand.items() if metric in self.limits}
        places = {metric: place_of(metric, region) for metric, asked in limited.items() if asked}
        used = {place: self.used(place) for place in sorted(set(places.values()))}
        found = [
            Shortage(metric, place, self.limits[metric], used[place][metric], limited[metric])
            for metric, place in places.items()
        ]
        return [one for one in found if one.short > 0]

    def exceeded(self, demand: Mapping[str, int], region: str) -> Refusal | None:
        """Return Compute Engine's refusal of something more in a region, if it refuses."""
        found = self.shortages(demand, region)
        return found[0].refusal() if found else None

    def shown(self, region: str) -> list[Value]:
        """Return the quotas of a region, or those of all regions, as the API shows them.

        It shows no quota with a further dimension, as newer GPUs have on demand.
        """
        used = self.used(region)
        return [
            {"metric": metric, "limit": limit, "usage": used[metric]}
            for metric, limit in sorted(self.limits.items())
            if place_of(metric, region) == region and "/" not in metric
        ]


def place_of(metric: str, region: str) -> str:
    """Return the region that a metric counts in, or `global`."""
    known = QUOTAS.get(metric)
    everywhere = metric in OF_ALL_REGIONS if known is None else known.is_global
    return GLOBAL if everywhere else region
