"""A mistake in an expression is found, said once, with where it stands and the nearest name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.metric_lists import Mark, MetricList, read_metric_list
from tests.support.promql.checking import Checked, Expression, check

HEAD = """# exporter: {name}
# version: 1.2
# mark: {mark}
# source: GET /metrics
# date: 2026-11-27
# jobs: {jobs}
# honor labels: no
# scrape labels: {labels}
metric,type,labels,help
"""


def listed(
    name: str, *lines: str, jobs: str = "", labels: str = "pod", mark: str = "read live"
) -> MetricList:
    head = HEAD.format(name=name, mark=mark, jobs=jobs or name, labels=labels)
    return read_metric_list(f"{name}.csv", head + "".join(f"{line},\n" for line in lines))


SHOP = listed(
    "shop",
    "sold_total,counter,till goods",
    "queue_length,gauge,till",
    "wait_seconds,histogram,till",
    "open,gauge,",
)
BAR = listed("bar", "poured_total,counter,tap", "open,gauge,tap")
CELLAR = listed("cellar", "barrels,gauge,", mark=Mark.UNVERIFIED.value)
TARGETS = listed("scrape", "up,gauge,", jobs="*", labels="")
LISTS = (SHOP, BAR, CELLAR, TARGETS)


def found(text: str, **more: object) -> list[str]:
    return lines(check([replace(Expression("panel One", text), **more)], LISTS))


def lines(checked: Checked) -> list[str]:
    return [str(one) for one in checked.mistakes]


@pytest.mark.parametrize(
    "text",
    [
        "sum by (till) (rate(sold_total{goods='beer', pod=~'a.*'}[5m]))",
        "histogram_quantile(0.99, sum by (le, till) (rate(wait_seconds_bucket[5m])))",
        "rate(wait_seconds_sum[5m]) / rate(wait_seconds_count[5m])",
        "sum by (till) (sold_total) / on (till) group_left (pod) queue_length",
        "topk(3, queue_length) > 2 unless on (till) wait_seconds_count",
        "label_replace(queue_length, 'desk', '$1', 'till', '(.*)') * on (till) sold_total",
        "sum(open{job='bar', tap='1'}) or vector(0)",
        "up{job=~'shop|bar', pod='a'} == 0",
        "absent(up{job='shop'})",
        "max_over_time((time() - queue_length)[1h:5m])",
        "count_values('length', queue_length) > 1",
        "sum without (pod, instance, job) (queue_length)",
        "label_join(queue_length, 'where', '-', 'pod', 'till')",
        "delta(queue_length[1h]) < 0",
        "(queue_length > bool 3) + 0",
        "quantile_over_time(0.9, queue_length[1d] offset 1w)",
        "scalar(sum(queue_length)) * queue_length",
        "sort_by_label(queue_length, 'till')",
        "vector(1)",
    ],
)
def test_what_is_right_is_not_reported(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "rate(sold_totl[5m])",
            "sold_totl: no pinned list has it, no rule records it; nearest: sold_total",
        ),
        ("sold_total{good='a'}", "sold_total{good}: no such label in its selector"),
        ("sold_total{good='a'}", "nearest: goods"),
        ("sum by (tils) (sold_total)", "sold_total{tils}: no such label in by"),
        ("sum without (tils) (sold_total)", "sold_total{tils}: no such label in without"),
        (
            "sum by (till) (sum by (goods) (sold_total))",
            "sum{till}: no such label in by; it has: goods",
        ),
        ("queue_length / on (tap) group_left () open", "queue_length{tap}: no such label in on"),
        (
            "queue_length / ignoring (tapp) wait_seconds_sum",
            "queue_length{tapp}: no such label in ignoring",
        ),
        (
            "sum by (till) (sold_total) * on (till) group_right (tap) queue_length",
            "no such label in group_left or group_right",
        ),
        (
            "queue_length * sum(queue_length)",
            "queue_length: never meets sum: only one side of `*` has instance, job, pod, till",
        ),
        (
            "histogram_quantile(0.9, sum by (till) (rate(wait_seconds_bucket[5m])))",
            "sum{le}: no such label in histogram_quantile",
        ),
        (
            "wait_seconds",
            "wait_seconds: no pinned list has it, no rule records it; nearest: wait_seconds_",
        ),
        ("open{job='shop', tap='1'}", "open{tap}: no such label in its selector"),
        ("poured_total{job='shop'}", 'poured_total: job shop has it not; nearest: job="bar"'),
        ("up{job='shops'}", "up: no job is called shops; nearest: shop"),
        ("up{job=~'sh|ba'}", "up: no job is called sh|ba"),
        (
            "rate(queue_length[5m])",
            "queue_length: is a gauge, and rate is for counters; nearest: delta",
        ),
        (
            "deriv(sold_total[5m])",
            "sold_total: is a counter, and deriv is for gauges; nearest: rate",
        ),
        (
            "label_replace(queue_length, 'a', '$1', 'desk', '(.*)')",
            "queue_length{desk}: no such label in label_replace",
        ),
        (
            "label_join(queue_length, 'a', '-', 'pod', 'desk')",
            "queue_length{desk}: no such label in label_join",
        ),
        (
            "sort_by_label(queue_length, 'desk')",
            "queue_length{desk}: no such label in sort_by_label",
        ),
        ("{till='1'}", "asks for series without naming a metric"),
        ("rate(sold_total)", "is no PromQL: expected type matrix"),
        ("sum(", "is no PromQL"),
        ("topk(scalar(barels), queue_length)", "barels: no pinned list has it"),
    ],
)
def test_what_is_wrong_is_said_with_where_it_stands(text: str, said: str) -> None:
    report = found(text)
    assert len(report) == 1
    assert report[0].startswith("panel One: ")
    assert said in report[0]


def test_what_stands_on_a_mistake_is_not_reported_again() -> None:
    assert (
        len(found("sum by (any) (rate(sold_totl[5m])) / on (thing) group_left () queue_lenth")) == 3
    )


def test_what_a_rule_records_carries_the_labels_of_its_answer_and_its_own() -> None:
    rules = [
        Expression("alert", "shop:sold:rate{till='1', kind='x'} > 0"),
        Expression("panel", "shop:sold:rate{goods='beer'}"),
        Expression("panel", "shop:sold:rat"),
        Expression("rule", "shop:sold:raw / 2", records="shop:sold:rate", labels={"kind": "x"}),
        Expression("rule", "sum by (till) (rate(sold_total[5m]))", records="shop:sold:raw"),
    ]
    assert lines(check(rules, LISTS)) == [
        "panel: shop:sold:rate{goods}: no such label in its selector; it has: kind, till",
        "panel: shop:sold:rat: no pinned list has it, no rule records it; nearest: shop:sold:rate",
    ]


def test_rules_that_record_each_other_are_reported_and_end() -> None:
    rules = [
        Expression("one", "b:x:y", records="a:x:y"),
        Expression("two", "a:x:y", records="b:x:y"),
    ]
    assert "no rule records it" in check(rules, LISTS).report


def test_nobody_is_woken_by_a_list_that_nobody_verified() -> None:
    said = "cellar.csv: somebody is woken by it, and the list is unverified"
    rules = [
        Expression("alert Empty", "cellar:barrels:sum < 1", wakes=True),
        Expression("alert Ticket", "barrels < 1"),
        Expression("rule", "sum(barrels)", records="cellar:barrels:sum"),
    ]
    assert lines(check(rules, LISTS)) == [f"alert Empty: {said}"]
    assert found("absent(up{job='cellar'})", wakes=True) == []


def test_a_text_names_labels_that_the_answer_has() -> None:
    words = "{{ $labels.till }} of {{ $labels.pod }}: {{ $value }} in {{ $labels.stage }}"
    assert found("sum by (till) (queue_length)", words=words, labels={"stage": "prod"}) == [
        "panel One: $labels.pod: the answer has no such label"
    ]
    assert found("absent(up{job='shop'})", words="{{ $labels.job }} {{ $labels.instance }}") == [
        "panel One: $labels.instance: the answer has no such label"
    ]


def test_a_metric_is_known_by_where_it_is_used() -> None:
    checked = check(
        [Expression("panel A", "sum(sold_total)"), Expression("alert B", "rate(sold_total[1m])")],
        LISTS,
    )
    assert checked.used["sold_total"] == ("panel A", "alert B")


LABELS = st.sets(st.sampled_from(["till", "goods", "pod", "job", "instance"]), min_size=1)


@given(kept=LABELS, asked=LABELS)
def test_an_aggregation_has_the_labels_that_it_keeps_and_no_other(
    kept: set[str], asked: set[str]
) -> None:
    inner = f"sum by ({', '.join(kept)}) (rate(sold_total[5m]))"
    report = found(f"max by ({', '.join(asked)}) ({inner})")
    assert {line.partition("{")[2].partition("}")[0] for line in report} == asked - kept


@given(left_out=LABELS)
def test_by_and_without_say_the_same_the_other_way_round(left_out: set[str]) -> None:
    every = {"till", "goods", "pod", "job", "instance"}
    rest = every - left_out
    by = check([Expression("x", f"sum by ({', '.join(rest)}) (sold_total)")], LISTS)
    without = check([Expression("x", f"sum without ({', '.join(left_out)}) (sold_total)")], LISTS)
    assert by.answers == without.answers == {"x": frozenset(rest)}
