"""What is replayed for the dashboards is what exporters say, by name and label."""

from pathlib import Path

from infra.catalog.metric_lists import TARGET_LABELS, metric_lists, series_by_name
from tests.support import exposition
from tests.support.observability.recording import Recording, Series
from tests.support.observability.scene import scene

SCENE = scene()
KNOWN = series_by_name(metric_lists())
RECORDED = Path(__file__).parents[4] / "support" / "samples" / "vllm-0.32.prom"
OF_PROMETHEUS_ITSELF = {"ALERTS"}


def strange(recording: Recording) -> list[str]:
    """Return series that no pinned list has, or not with these labels."""
    return [
        str(series)
        for series in recording.series
        if series.name not in OF_PROMETHEUS_ITSELF and not _is_known(series)
    ]


def _is_known(series: Series) -> bool:
    labels = {label for label, _ in series.labels}
    lists = [one for one in metric_lists() if dict(series.labels)["job"] in one.jobs]
    if series.name == "up":
        return any(labels - TARGET_LABELS <= one.scrape_labels for one in lists)
    known = KNOWN.get(series.name, ())
    return any(labels <= one.labels for one in known if one.of in lists)


def test_every_series_of_the_scene_is_in_a_pinned_list_with_its_labels() -> None:
    assert strange(SCENE) == []


def test_a_series_that_no_exporter_has_is_found() -> None:
    recording = Recording()
    recording.gauge("vllm:kv_cache_use", {"job": "vllm"}, 1)
    recording.gauge("vllm:kv_cache_usage_perc", {"job": "vllm", "tenant": "search"}, 1)

    assert strange(recording) == [str(series) for series in recording.series]


def test_series_of_vllm_have_the_labels_and_bounds_that_were_recorded() -> None:
    recorded: dict[str, set[frozenset[str]]] = {}
    bounds: dict[str, set[float]] = {}
    for sample in exposition.samples(RECORDED.read_text(encoding="utf-8")):
        recorded.setdefault(sample.name, set()).add(frozenset(sample.labels))
        if "le" in sample.labels:
            bounds.setdefault(sample.name, set()).add(float(sample.labels["le"]))
    played = [series for series in SCENE.series if series.name.startswith("vllm:")]

    assert {one.name for one in played} - set(recorded) == set()
    assert [str(one) for one in played if _own(one) not in recorded[one.name]] == []
    assert [
        str(one)
        for one in played
        if "seconds_bucket" in one.name and _bound(one) not in bounds[one.name]
    ] == []


def _own(series: Series) -> frozenset[str]:
    scraped = {"job", "namespace", "pod", "container", "instance", "node", "model"}
    return frozenset(label for label, _ in series.labels) - scraped


def _bound(series: Series) -> float:
    return float(dict(series.labels)["le"])
