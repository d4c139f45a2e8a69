"""ai-gateway-crds-helm v1.2.1: kinds of the AI gateway.

Owns which kinds a release brings. Their schemas are in `ai_gateway_kinds.yaml`, written for this
project after envoyproxy/ai-gateway@c217da8 (v1.1.0, 2026-08-21),
manifests/charts/ai-gateway-crds-helm/templates (read 2026-11-27): names, types, defaults, limits,
patterns and rules are those. What changed until v1.2.1 was not seen but for its notes.

Narrower than upstream, never wider: a field that is not played is not there, so that the API server
refuses it. Not played: other kinds (keys for external APIs, MCP, quotas), and the older version of
each, which is not stored.
"""

import copy
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.objects import TEMPLATED, Release, part
from infra.rehearsal.charts.values import effective
from infra.wire import Properties

CHART = "ai-gateway-crds-helm"
VERSIONS = ("v1.2.1",)
FILE = "ai_gateway_kinds.yaml"


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the definitions of a release, which are templates of the chart: Helm deletes them.

    Raises:
        ChartValueError: A value; the chart has none.
    """
    del release
    effective(CHART, {}, values)
    return [_templated(body) for body in definitions()]


def definitions() -> list[Properties]:
    """Return a fresh copy of the definitions."""
    return [copy.deepcopy(body) for body in _definitions()]


def _templated(body: Properties) -> Properties:
    metadata = part(body, "metadata")
    annotations = {**part(metadata, "annotations"), TEMPLATED: "true"}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


@cache
def _definitions() -> tuple[Properties, ...]:
    text = files("infra.rehearsal.charts").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(body for body in yaml.safe_load_all(text) if body)
