"""Lays what a stack writes over the defaults, and remembers where each value came from."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from infra.spec.cloud import CloudProvider
from infra.spec.defaults import Default, range_defaults, section_defaults
from infra.spec.environment import Environment
from infra.spec.mistakes import Path
from infra.spec.report import Source

Origins: TypeAlias = "dict[Path, str]"


@dataclass(frozen=True)
class Scene:
    """What decides the defaults of a stack."""

    environment: Environment
    cloud: CloudProvider


def overlay(
    raw: Mapping[str, object],
    path: Path,
    scene: Scene,
    source: Source,
    origins: Origins,
) -> dict[str, object]:
    """Return a section, or a list item, with its defaults filled in.

    Values keep the types that they were written with; nothing is checked here.
    """
    section = str(path[0])
    values = _written(raw, path, source, origins)
    _fill(values, section_defaults(section, scene.environment, scene.cloud), path, origins)
    for key, value in values.items():
        if isinstance(value, dict):
            _fill(value, range_defaults(section, key), (*path, key), origins)
    return values


def _written(
    raw: Mapping[str, object], path: Path, source: Source, origins: Origins
) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in raw.items():
        inner = (*path, key)
        origins[inner] = source.origin(inner)
        is_group = isinstance(value, Mapping)
        values[key] = _written(value, inner, source, origins) if is_group else deepcopy(value)
    return values


def _fill(
    values: dict[str, object], defaults: Mapping[str, Default], path: Path, origins: Origins
) -> None:
    for dotted, default in defaults.items():
        *groups, key = dotted.split(".")
        target: object = values
        for group in groups:
            target = target.setdefault(group, {}) if isinstance(target, dict) else None
        # A group that was written as something else stays as it is: validation names it.
        if isinstance(target, dict) and key not in target:
            target[key] = deepcopy(default.value)
            origins[*path, *groups, key] = default.origin
