"""The pinned lists say what they are, how far they can be trusted, and nothing twice."""

import csv
from datetime import date

import pytest

from infra.catalog.metric_lists import (
    FOLDER,
    Kind,
    Mark,
    MetricList,
    MetricListError,
    metric_lists,
    read_metric_list,
    series_by_name,
)
from tests.support.contracts import FOLDER as CONTRACTS
from tests.support.contracts import needs

HEAD = """# exporter: shop
# version: 1.2
# mark: read live
# source: GET /metrics of shop 1.2
# date: 2026-11-27
# jobs: shop
# honor labels: no
# scrape labels: pod node
metric,type,labels,help
"""
VLLM = CONTRACTS / "metrics" / "vllm-0.32.csv"
DCGM = CONTRACTS / "metrics" / "dcgm-exporter-default-counters.csv"
OFF_IN_THE_CHART = {"DCGM_FI_DEV_FB_RESERVED", "DCGM_FI_DRIVER_VERSION"}
"""On in the exporter's own file, over which the chart mounts its ConfigMap (4.8.2, d5e5f51)."""
LISTS = metric_lists()


def list_of(exporter: str) -> MetricList:
    return next(one for one in LISTS if one.exporter == exporter)


def test_a_histogram_is_asked_for_by_three_names() -> None:
    (one,) = [read_metric_list("shop.csv", f"{HEAD}wait_seconds,histogram,till,Time\n")]
    found = {series.name: (series.kind, set(series.labels)) for series in one.series()}
    added = {"job", "instance", "pod", "node"}
    assert found == {
        "wait_seconds_bucket": (Kind.COUNTER, {"till", "le", *added}),
        "wait_seconds_sum": (Kind.COUNTER, {"till", *added}),
        "wait_seconds_count": (Kind.COUNTER, {"till", *added}),
    }


def test_labels_of_the_scrape_rename_the_same_ones_of_a_program_unless_those_are_honoured() -> None:
    text = f"{HEAD}sold,gauge,till node,\n"
    honours = text.replace("honor labels: no", "honor labels: yes")
    added = {"job", "instance", "pod", "node"}
    assert [set(one.labels) for one in read_metric_list("shop.csv", text).series()] == [
        {"till", "exported_node", *added}
    ]
    assert [set(one.labels) for one in read_metric_list("shop.csv", honours).series()] == [
        {"till", *added}
    ]


def test_a_summary_without_quantiles_has_no_series_of_its_name() -> None:
    text = f"{HEAD}a_seconds,summary,,\nb_seconds,summary,quantile,\n"
    names = {series.name for series in read_metric_list("shop.csv", text).series()}
    assert names == {
        *("a_seconds_sum", "a_seconds_count"),
        *("b_seconds", "b_seconds_sum", "b_seconds_count"),
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("# jobs: shop\n", "", "its head has no line `# jobs: …`"),
        ("read live", "read once", "marks are read live, source at commit, unverified"),
        ("2026-11-27", "yesterday", "dates YYYY-MM-DD"),
        ("# date: 2026-11-27", "# read today", "must be `# key: value`, got '# read today'"),
        ("metric,type", "name,type", "columns must be metric,type,labels,help"),
        ("help\n", "help\nsold,meter,,\n", "is no metric ('meter' is not a valid Kind); types:"),
        ("help\n", "help\nsold,gauge\n", "'sold,gauge' is no metric"),
        ("help\n", "help\nso-ld,gauge,,\n", "Prometheus takes no such name: so-ld"),
        ("help\n", "help\nsold,gauge,a.b,\n", "Prometheus takes no such name: a.b"),
        ("help\n", "help\nsold,gauge,,\nsold,gauge,,\n", "named twice: sold"),
    ],
)
def test_a_list_with_a_mistake_is_refused_by_name(before: str, after: str, said: str) -> None:
    assert before in HEAD
    with pytest.raises(MetricListError, match=r"^shop\.csv: ") as caught:
        read_metric_list("shop.csv", HEAD.replace(before, after))
    assert said in str(caught.value)


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.file)
def test_a_list_is_named_after_its_exporter_and_says_where_it_was_read(one: MetricList) -> None:
    assert one.file == f"{one.exporter}.csv"
    assert one.version
    assert one.jobs
    assert one.source
    assert date(2026, 11, 1) <= one.date


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.file)
def test_the_lines_of_a_list_are_in_the_order_of_their_names(one: MetricList) -> None:
    names = [metric.name for metric in one.metrics]
    assert names == sorted(names)
    assert (FOLDER / one.file).read_text(encoding="utf-8").endswith("\n")


def test_a_list_whose_source_is_memory_is_marked_so() -> None:
    assert all(one.mark is Mark.UNVERIFIED for one in LISTS if "remembered" in one.source)


@needs(VLLM)
def test_vllm_gives_what_the_contract_says() -> None:
    ours = {one.name: one for one in list_of("vllm").series()}
    with VLLM.open(encoding="utf-8") as file:
        contract = list(csv.DictReader(file))
    added = list_of("vllm").scrape_labels | {"job", "instance"}
    different = [
        row["series"]
        for row in contract
        # Summaries of its web server have no quantiles: only their sums and counts are there.
        if row["type"] != "summary"
        if row["series"] not in ours
        or ours[row["series"]].labels - added != set(row["labels"].split())
    ]
    assert different == []


@needs(DCGM)
def test_dcgm_gives_what_its_own_file_says_but_for_what_the_chart_has_off() -> None:
    with DCGM.open(encoding="utf-8") as file:
        contract = {row["metric"]: row["type"] for row in csv.DictReader(file)}
    ours = {metric.name: metric.kind.value for metric in list_of("dcgm-exporter").metrics}
    assert ours == {name: kind for name, kind in contract.items() if name not in OFF_IN_THE_CHART}


def test_the_same_name_of_two_exporters_is_kept_apart() -> None:
    one = read_metric_list("shop.csv", f"{HEAD}up_seconds,gauge,till,\n")
    other = read_metric_list("bar.csv", HEAD.replace("shop", "bar") + "up_seconds,gauge,tap,\n")
    both = series_by_name((one, other))["up_seconds"]
    assert [series.of.exporter for series in both] == ["shop", "bar"]
