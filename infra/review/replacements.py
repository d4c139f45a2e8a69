"""Update or replace? What the providers' own schemas say about a changed property.

Owns reading the two tables (`replacements_clouds.yaml`, `replacements_kubernetes.yaml`), which name
their sources. What they do not know reads "may replace": nobody promises an update in place.
Does not own finding what changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from infra.graph.kubernetes_objects import RELEASE_TYPE
from infra.graph.model import Resource
from infra.wire import plain

_FOLDER = Path(__file__).parent
KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"
_PLACES = ("region", "project", "zone")
"""Settings of a provider of which a change is another place."""


class Effect(StrEnum):
    """What a changed property leads to, the gravest last."""

    UPDATE = "update"
    MAY_REPLACE = "may replace"
    REFUSED = "refused"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An effect, and why."""

    effect: Effect
    reason: str = ""
    """What decides, where it is not a plain update."""


@dataclass(frozen=True, kw_only=True)
class CloudRow:
    """What a provider's schema says about one resource type."""

    source: str
    replaces: tuple[str, ...]
    updates: tuple[str, ...]
    may: Mapping[str, str]
    """Property to when it replaces."""


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that decides what happens to the resource."""
    order = list(Effect)
    return max(verdicts, key=lambda one: order.index(one.effect), default=Verdict(Effect.UPDATE))


def judge(resource: Resource, path: str, provider: Resource | None = None) -> Verdict:
    """Say what a change of `path` (without list positions) does to a resource.

    Args:
        resource: as it will be.
        path: a property path in wire names, `launchTemplate.id`.
        provider: the provider that manages it, whose settings decide about ConfigMaps and Secrets.
    """
    if resource.is_provider:
        return _provider(resource, path)
    if resource.package == "kubernetes":
        return _kubernetes(resource, path, provider)
    return _cloud(resource.type, path)


@cache
def cloud_rows() -> Mapping[str, CloudRow]:
    """Return the rows of the clouds' types by type token."""
    content = yaml.safe_load(_text("replacements_clouds.yaml"))
    return {
        token: CloudRow(
            source=row["source"],
            replaces=tuple(row.get("replaces", ())),
            updates=tuple(row.get("updates", ())),
            may=dict(row.get("may", {})),
        )
        for token, row in content.items()
    }


def knows(resource: Resource) -> bool:
    """Say whether the tables have anything to say about a type."""
    if not resource.custom or resource.is_provider or resource.package == "kubernetes":
        return True
    return resource.type in cloud_rows()


def deletes_first(resource: Resource) -> bool:
    """Say whether a replacement deletes the old resource before it makes the new one.

    Kubernetes: the new object has the old one's name (pulumi-kubernetes, provider.go `Diff`).
    """
    if resource.delete_before_replace is not None:
        return resource.delete_before_replace
    metadata = plain(resource.inputs.get("metadata"))
    is_named = isinstance(metadata, dict) and "name" in metadata
    return resource.package == "kubernetes" and resource.type != RELEASE_TYPE and is_named


def _cloud(type_token: str, path: str) -> Verdict:
    row = cloud_rows().get(type_token)
    if row is None:
        return Verdict(Effect.MAY_REPLACE, f"no source for {type_token}")
    if _names(row.replaces, path):
        return Verdict(Effect.REPLACE, f"`{path}` cannot change in place")
    for place, when in row.may.items():
        if _inside(path, place):
            return Verdict(Effect.MAY_REPLACE, f"`{place}`: {when}")
    if _names(row.updates, path):
        return Verdict(Effect.UPDATE)
    return Verdict(Effect.MAY_REPLACE, f"no source for `{path}` of this type")


def _provider(resource: Resource, path: str) -> Verdict:
    if resource.type == KUBERNETES_PROVIDER:
        if path == "clusterIdentifier":
            return Verdict(Effect.REPLACE, "`clusterIdentifier`: another cluster")
        if "clusterIdentifier" in resource.inputs:
            return Verdict(Effect.UPDATE)
        if path in ("kubeconfig", "context", "cluster"):
            return Verdict(Effect.MAY_REPLACE, f"`{path}` may name another cluster")
    if path in _PLACES:
        return Verdict(Effect.MAY_REPLACE, f"`{path}`: what is elsewhere does not move")
    return Verdict(Effect.UPDATE)


def _kubernetes(resource: Resource, path: str, provider: Resource | None) -> Verdict:
    table = _kubernetes_table()
    if resource.type == RELEASE_TYPE:
        fixed = table["release"]
    else:
        kind = _kind(resource)
        fixed = [*table["every_object"], *table["kinds"].get(kind, ())]
        content = table["immutable_content"].get(kind)
        if content and _is_fixed(resource, str(content["unless"]), provider):
            fixed += content["fields"]
        if _names(table["refused"].get(kind, ()), path):
            return Verdict(Effect.REFUSED, f"the API server lets nobody change `{path}`")
    if _names(fixed, path):
        return Verdict(Effect.REPLACE, f"`{path}` cannot change in place")
    return Verdict(Effect.UPDATE)


def _is_fixed(resource: Resource, setting: str, provider: Resource | None) -> bool:
    if plain(resource.inputs.get("immutable")) is True:
        return True
    value = plain(provider.inputs.get(setting)) if provider else None
    return value not in (True, "true")


def _kind(resource: Resource) -> str:
    version = str(plain(resource.inputs.get("apiVersion", "")))
    group = version.rpartition("/")[0]
    return f"{group}/{plain(resource.inputs.get('kind'))}"


@cache
def _kubernetes_table() -> dict:
    return cast("dict", yaml.safe_load(_text("replacements_kubernetes.yaml")))


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _names(places: Iterable[str], path: str) -> bool:
    return any(_inside(path, place) for place in places)


def _inside(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))
