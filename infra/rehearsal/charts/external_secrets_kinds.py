"""The kinds of external-secrets: ExternalSecret, the stores, PushSecret and Password.

Owns which kinds a release brings and that they are Helm's. Their schemas are in
`external_secrets_kinds.yaml`, written for this project after external-secrets/external-secrets
@cc5bfbc (2026-08-08), config/crds/bases: names, types, defaults, limits and patterns are those.

Narrower than upstream, never wider: a field that is not played is not there, so that the API server
refuses it. What upstream's webhook refuses stands in the schemas as rules, with its words
(apis/externalsecrets/v1/externalsecret_validator.go). Kinds that no platform of ours has are
missing: the cluster-wide forms of ExternalSecret and PushSecret, all generators but Password.
"""

import copy
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.objects import TEMPLATED, part
from infra.wire import Properties

FILE = "external_secrets_kinds.yaml"


def definitions() -> list[Properties]:
    """Return a fresh copy of the definitions.

    They are templates of the chart, not in its `crds/`: Helm changes them with the release and
    deletes them, and all objects of theirs, when it is uninstalled.
    """
    return [_templated(copy.deepcopy(body)) for body in _definitions()]


def _templated(body: Properties) -> Properties:
    metadata = part(body, "metadata")
    annotations = {**part(metadata, "annotations"), TEMPLATED: "true"}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


@cache
def _definitions() -> tuple[Properties, ...]:
    text = files("infra.rehearsal.charts").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(body for body in yaml.safe_load_all(text) if body)
