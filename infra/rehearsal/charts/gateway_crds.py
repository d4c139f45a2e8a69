"""gateway-crds-helm v1.9.1: kinds of the Gateway API v1.6.1 and of Envoy Gateway.

Owns which kinds a release brings. Their schemas are in `gateway_api_kinds.yaml`
and four files of `envoy_*`, written for this project after
envoyproxy/gateway v1.9.1, charts/gateway-crds-helm/templates (read 2026-11-27): names, types,
defaults, limits, patterns and rules are those.

Narrower than upstream, never wider: a field that is not played is not there, so that the API server
refuses it. Of the rules in CEL those are here that objects like ours can break. Not played: other
kinds, the difference between the channels, older versions of a kind, and the chart's
ValidatingAdmissionPolicy that keeps newer definitions from being replaced by older ones.
"""

import copy
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import TEMPLATED, Release, part
from infra.rehearsal.charts.values import defaults, effective
from infra.wire import Properties

CHART = "gateway-crds-helm"
VERSIONS = ("v1.9.1",)
GATEWAY_API = ("gateway_api_kinds.yaml",)
ENVOY_GATEWAY = (
    *("envoy_proxy_kind.yaml", "envoy_policy_kinds.yaml", "envoy_backend_kind.yaml"),
    "envoy_extension_kinds.yaml",
)
_CHANNELS = ("experimental", "standard", "")


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
    channel = part(known, "gatewayAPI").get("channel")
    if channel not in _CHANNELS:
        message = (
            f"{CHART}: crds.gatewayAPI.channel: the chart installs nothing then, got {channel!r}; "
            "experimental or standard"
        )
        raise ChartValueError(message)
    made: list[Properties] = []
    if part(known, "gatewayAPI").get("enabled"):
        made += definitions(GATEWAY_API)
    if part(known, "envoyGateway").get("enabled"):
        made += definitions(ENVOY_GATEWAY)
    return [_templated(body) for body in made]


def definitions(names: tuple[str, ...] = (*GATEWAY_API, *ENVOY_GATEWAY)) -> list[Properties]:
    """Return a fresh copy of the definitions in some files."""
    return [copy.deepcopy(body) for name in names for body in _definitions(name)]


def _templated(body: Properties) -> Properties:
    metadata = part(body, "metadata")
    annotations = {**part(metadata, "annotations"), TEMPLATED: "true"}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


@cache
def _definitions(name: str) -> tuple[Properties, ...]:
    text = files("infra.rehearsal.charts").joinpath(name).read_text(encoding="utf-8")
    return tuple(body for body in yaml.safe_load_all(text) if body)
