"""Placeholder workloads of Helm charts: what a release would run, so that "it fits" counts it.

Owns which charts are known and which values they take. Renders no templates: each chart here is a
hand-kept extract of the real one (requests, tolerations, selectors, DaemonSets) with its source.
A chart, version or value that is not known is refused: an unknown workload is never zero.
"""

from infra.rehearsal.charts.errors import ChartValueError, UnknownChartError
from infra.rehearsal.charts.registry import objects_of

__all__ = ["ChartValueError", "UnknownChartError", "objects_of"]
