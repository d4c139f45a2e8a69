"""What an expression may name: series of the pinned lists, and what rules record.

Owns which of them a selector means.
"""

import re
from dataclasses import dataclass

from infra.catalog.metric_lists import (
    TARGET_LABELS,
    Kind,
    MetricList,
    Series,
    series_by_name,
)

EVERY_JOB = "*"
"""Job of the list of what Prometheus adds for every target, such as `up`."""


@dataclass(frozen=True)
class Known:
    """What a name stands for."""

    labels: frozenset[str]
    lists: frozenset[MetricList]
    """The lists that it rests on."""
    kinds: frozenset[Kind] = frozenset()
    """Types of its values; none: a rule records it."""


class Names:
    """The series that exist."""

    def __init__(self, lists: tuple[MetricList, ...]) -> None:
        """Start with the pinned lists; rules are added as they are read."""
        self._listed = series_by_name(lists)
        self._recorded: dict[str, Known] = {}
        self._scraped: dict[str, frozenset[str]] = {}
        """Job to the labels that its scrape adds."""
        for one in lists:
            for job in one.jobs:
                added = one.scrape_labels | TARGET_LABELS
                self._scraped[job] = self._scraped.get(job, frozenset()) | added

    @property
    def jobs(self) -> frozenset[str]:
        """Every value of the label `job`."""
        return frozenset(self._scraped) - {EVERY_JOB}

    def matching_jobs(self, pattern: str) -> frozenset[str]:
        """Return the jobs that a regular expression of a matcher takes."""
        return frozenset(job for job in self.jobs if re.fullmatch(pattern, job))

    def record(self, name: str, known: Known) -> None:
        """Add what a rule records; another rule may record the same name with other labels."""
        before = self._recorded.get(name, Known(frozenset(), frozenset()))
        self._recorded[name] = Known(before.labels | known.labels, before.lists | known.lists)

    def find(self, name: str, jobs: frozenset[str] | None) -> Known | None:
        """Return what a name stands for, or None.

        Args:
            name: name of a series.
            jobs: the jobs that a selector asks for; None: all.
        """
        if name in self._recorded:
            return self._recorded[name]
        found = [one for one in self._listed.get(name, ()) if self._is_of(one, jobs)]
        if not found:
            return None
        return Known(
            frozenset().union(*(self._labels(one, jobs) for one in found)),
            frozenset(one.of for one in found),
            frozenset(one.kind for one in found),
        )

    def jobs_of(self, name: str) -> frozenset[str]:
        """Return the jobs that have a name."""
        return frozenset(job for one in self._listed.get(name, ()) for job in one.of.jobs)

    @property
    def every(self) -> frozenset[str]:
        """Every name that can be asked for."""
        return frozenset(self._listed) | frozenset(self._recorded)

    def _is_of(self, series: Series, jobs: frozenset[str] | None) -> bool:
        return jobs is None or EVERY_JOB in series.of.jobs or bool(jobs & set(series.of.jobs))

    def _labels(self, series: Series, jobs: frozenset[str] | None) -> frozenset[str]:
        if EVERY_JOB not in series.of.jobs:
            return series.labels
        return series.labels.union(*(self._scraped[job] for job in jobs or self.jobs))
