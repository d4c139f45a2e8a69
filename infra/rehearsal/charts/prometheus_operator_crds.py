"""prometheus-operator-crds 32.0.0: the kinds that say what Prometheus measures and concludes.

Owns which kinds a release brings. Their schemas are in `prometheus_operator_kinds.yaml`, written
for this project after prometheus-community/helm-charts@cf408a290 (chart 31.0.1, operator v0.93.1),
read 2026-11-27; 32.0.0, with operator v0.94.0, was not to be had.

Narrower than upstream, never wider: a field that is not played is not there, so that the API server
refuses it. Missing are the kinds of which a platform of ours creates nothing itself: Prometheus and
Alertmanager (their pods come with `kube_prometheus_stack`), agents, rulers and ScrapeConfigs.
"""

import copy
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.objects import TEMPLATED, Release, part
from infra.rehearsal.charts.values import defaults, effective
from infra.wire import Properties

CHART = "prometheus-operator-crds"
VERSIONS = ("32.0.0",)
FILE = "prometheus_operator_kinds.yaml"


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the definitions of a release, which are templates of the chart: Helm deletes them.

    Raises:
        ChartValueError: A value that the chart does not have.
    """
    del release
    known = part(effective(CHART, default_values(), values), "crds")
    return [
        _templated(copy.deepcopy(body))
        for body in _definitions()
        if part(known, str(part(body, "spec", "names")["plural"])).get("enabled")
    ]


def _templated(body: Properties) -> Properties:
    metadata = part(body, "metadata")
    annotations = {**part(metadata, "annotations"), TEMPLATED: "true"}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


@cache
def _definitions() -> tuple[Properties, ...]:
    text = files("infra.rehearsal.charts").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text))
