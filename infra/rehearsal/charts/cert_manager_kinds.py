"""The kinds of cert-manager: Certificate, its request, the issuers, and ACME's Order and Challenge.

Owns which kinds a release brings and that they are Helm's. Their schemas are in
`cert_manager_kinds.yaml`, written for this project after cert-manager v1.21.2,
deploy/charts/cert-manager/templates/crd-*.yaml (read 2026-11-27): names and types are those.

Narrower than upstream, never wider: a field that is not played is not there, so that the API server
refuses it: issuers of Vault and Venafi, HTTP-01, keys of a cloud in a Secret, keystores, renewal by
percentage or window. What upstream's webhook refuses stands in the schemas as rules, with its words
(internal/apis/certmanager/validation).
"""

import copy
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.objects import TEMPLATED, part
from infra.wire import Properties

FILE = "cert_manager_kinds.yaml"
KEEP = {"helm.sh/resource-policy": "keep"}
"""Helm leaves what has this when it uninstalls."""
_OF_CLUSTER: Properties = {
    "kind": "ClusterIssuer",
    "listKind": "ClusterIssuerList",
    "plural": "clusterissuers",
    "singular": "clusterissuer",
    "shortNames": ["ciss"],
}


def definitions(*, keep: bool = True) -> list[Properties]:
    """Return a fresh copy of the definitions.

    They are templates of the chart, not in its `crds/`: Helm changes them with the release. With
    `keep`, the chart's default, it leaves them when the release goes, and all objects of theirs;
    without it deletes both.
    """
    made: list[Properties] = []
    for body in _definitions():
        made.append(copy.deepcopy(body))
        if part(body, "spec", "names").get("kind") == "Issuer":
            made.append(_of_cluster(copy.deepcopy(body)))
    annotations: Properties = {TEMPLATED: "true", **(KEEP if keep else {})}
    return [
        {**body, "metadata": {**part(body, "metadata"), "annotations": {**annotations}}}
        for body in made
    ]


def _of_cluster(issuer: Properties) -> Properties:
    """Return ClusterIssuer: it differs from Issuer in name and scope."""
    names = {**part(issuer, "spec", "names"), **_OF_CLUSTER}
    return {
        **issuer,
        "metadata": {"name": "clusterissuers.cert-manager.io"},
        "spec": {**part(issuer, "spec"), "scope": "Cluster", "names": names},
    }


@cache
def _definitions() -> tuple[Properties, ...]:
    text = files("infra.rehearsal.charts").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(body for body in yaml.safe_load_all(text) if body)
