"""The vector store in every stack: its values are the chart's, and nothing else waits for it."""

import json
from collections.abc import Iterator

import pytest

from infra.wire import Properties
from tests.support.contracts import CHARTS, chart_contract, needs
from tests.support.graphs import graph_of
from tests.support.manifests import Pod, pods_of, releases_in
from tests.support.stacks import STACKS
from tests.unit.manifests.test_charts import OPEN_MAPS, SUBCHARTS

HOME = "vector-store"
WORDS = ("milvus", "vector-store", "19530")


def _names_it(pod: Pod) -> bool:
    text = json.dumps(pod.spec).lower()
    return any(word in text for word in WORDS)


@pytest.mark.parametrize("stack", STACKS)
def test_no_pod_outside_of_its_namespace_names_milvus(stack: str) -> None:
    """Neither a probe nor an address, so none becomes unready or ends when it is gone."""
    elsewhere = [pod for pod in pods_of(stack) if pod.owner.namespace != HOME]

    assert elsewhere
    assert [pod.owner.title for pod in elsewhere if _names_it(pod)] == []


def test_a_pod_that_names_it_would_be_seen() -> None:
    inside = [pod for pod in pods_of("aws-prod") if pod.owner.namespace == HOME]

    assert len(inside) > 2
    assert all(_names_it(pod) for pod in inside)


def _misspelt(values: Properties, path: str = "") -> Iterator[tuple[str, Properties]]:
    """Yield the values once for each key, with a letter too many in it, and the key's path."""
    for key, value in values.items():
        here = f"{path} > {key}" if path else key
        rest = {name: other for name, other in values.items() if name != key}
        yield f"{here}x", {**rest, f"{key}x": value}
        if isinstance(value, dict):
            for below, changed in _misspelt(value, here):
                yield below, {**rest, key: changed}


@needs(CHARTS)
@pytest.mark.parametrize("stack", ["aws-dev", "gcp-prod"])
def test_any_value_of_milvus_that_is_misspelt_is_found(stack: str) -> None:
    (release,) = (item for item in releases_in(graph_of(stack)) if item.chart == "milvus")
    contract = chart_contract("milvus")
    assert contract
    # What the chart passes on as it is, Kubernetes and the chart of etcd judge.
    others = {*OPEN_MAPS["milvus"], *SUBCHARTS["milvus"]}
    tried = [
        (path, values)
        for path, values in _misspelt(release.values)
        if not any(path.startswith(" > ".join([*name.split("."), ""])) for name in others)
    ]

    missed = [path for path, values in tried if not list(contract.unknown(values, others))]
    assert len(tried) > 30
    assert missed == []
