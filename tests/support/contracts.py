"""The offline contracts beside the checkout: what charts and custom resources accept.

Owns where they lie and how they are read. Tests that need one skip, and say which, where it is
absent. Nothing is copied from there.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from infra.wire import Properties, Value

FOLDER = Path(__file__).parents[3] / "shared" / "contracts"
CHARTS = FOLDER / "charts"
DEFINITIONS = FOLDER / "crds"
VLLM_FLAGS = FOLDER / "metrics" / "vllm-0.32.serve_flags.txt"

ValuePath = tuple[str, ...]
"""Keys from the top; not joined by dots, because keys such as `nvidia.com/gpu` have some."""


@dataclass(frozen=True, slots=True)
class ChartContract:
    """The values that one version of a chart has."""

    chart: str
    version: str
    defaults: Properties
    """Dotted path to default. Empty maps, lists and single values stand at their own path."""

    def unknown(self, values: Properties, open_maps: Collection[str]) -> Iterator[str]:
        """Yield what a release sets and the chart does not have: Helm drops it in silence."""
        for path in value_paths(values):
            starts = {".".join(path[:length]) for length in range(1, len(path))}
            if ".".join(path) not in self.defaults and not starts & set(open_maps):
                yield f"{self.chart}: no such value, got {' > '.join(path)}"

    def is_open(self, path: str) -> bool:
        """Say whether a map without keys of the chart's own stands at a path."""
        return self.defaults.get(path) == {}


def needs(contract: Path) -> pytest.MarkDecorator:
    """Skip, with the name of what is not there."""
    return pytest.mark.skipif(
        not contract.exists(), reason=f"no contract beside the checkout: {contract.name}"
    )


@cache
def chart_contract(chart: str) -> ChartContract | None:
    """Return the contract of a chart, or None where there is none."""
    file = CHARTS / f"{chart}.json"
    if not file.is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    return ChartContract(chart, found["version"], found["values"])


class _Loader(yaml.CSafeLoader):
    """Reads `=` as text: YAML 1.1 gives it a type of its own, which no Python type stands for."""


_Loader.add_constructor("tag:yaml.org,2002:value", _Loader.construct_yaml_str)


@cache
def definitions() -> tuple[Properties, ...]:
    """Return every CustomResourceDefinition, with its whole schema."""
    return tuple(
        body
        for file in sorted(DEFINITIONS.glob("*.yaml"))
        for body in yaml.load_all(file.read_text(encoding="utf-8"), _Loader)
    )


def value_paths(values: Mapping[str, Value], above: ValuePath = ()) -> Iterator[ValuePath]:
    """Yield the path of every value that is no map, or an empty one."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from value_paths(value, (*above, key))
        else:
            yield (*above, key)
