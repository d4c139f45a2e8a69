"""What is replayed of vLLM for the dashboards is what was recorded of it.

That every series of the scene is in a pinned list is in `tests/unit/promql`.
"""

from pathlib import Path

from tests.support import exposition
from tests.support.observability.recording import Series
from tests.support.observability.scene import scene

RECORDED = Path(__file__).parents[4] / "support" / "samples" / "vllm-0.32.prom"
SCRAPED = {"job", "namespace", "pod", "container", "instance", "node", "model"}


def test_series_of_vllm_have_the_labels_and_bounds_that_were_recorded() -> None:
    recorded: dict[str, set[frozenset[str]]] = {}
    bounds: dict[str, set[float]] = {}
    for sample in exposition.samples(RECORDED.read_text(encoding="utf-8")):
        recorded.setdefault(sample.name, set()).add(frozenset(sample.labels))
        if "le" in sample.labels:
            bounds.setdefault(sample.name, set()).add(float(sample.labels["le"]))
    played = [series for series in scene().series if series.name.startswith("vllm:")]

    assert {one.name for one in played} - set(recorded) == set()
    assert [str(one) for one in played if _own(one) not in recorded[one.name]] == []
    assert [
        str(one)
        for one in played
        if "seconds_bucket" in one.name and _bound(one) not in bounds[one.name]
    ] == []


def _own(series: Series) -> frozenset[str]:
    return frozenset(label for label, _ in series.labels) - SCRAPED


def _bound(series: Series) -> float:
    return float(dict(series.labels)["le"])
