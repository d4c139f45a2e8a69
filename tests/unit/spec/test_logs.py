"""What pods print, in a stack file."""

import pytest

from infra.spec.logs import LogStore
from tests.unit.spec.stacks import Config, a_gcp_stack, a_stack, loaded, mistakes, only


def _stack(environment: str = "dev", /, **logs: object) -> Config:
    return a_stack(environment=environment, observability={"pagerduty": {}, "logs": logs})


def test_lines_are_kept_for_a_month_and_a_week_in_dev() -> None:
    found = [loaded(_stack(name)).observability.logs for name in ("dev", "staging", "prod")]

    assert [(one.store, one.hot_days, one.keep_days) for one in found] == [
        (LogStore.LOKI, 7, 7),
        (LogStore.LOKI, 7, 30),
        (LogStore.LOKI, 7, 30),
    ]
    assert [one.moves for one in found] == [False, True, True]
    assert [one.replicas for one in found] == [1, 1, 3]


def test_nothing_is_collected_where_it_would_go_nowhere() -> None:
    assert not loaded(_stack(store="none")).observability.collects_logs
    elastic = {"url": "https://elastic.example.com/_otlp"}
    spec = loaded(_stack(store="none", elasticsearch=elastic)).observability

    assert (spec.collects_logs, spec.has_loki) == (True, False)
    assert spec.logs.elasticsearch is not None
    assert spec.logs.elasticsearch.port == 443


def test_the_cloud_keeps_them_where_the_stack_says_so_and_loki_is_left_out() -> None:
    google = a_gcp_stack(observability={"logs": {"store": "cloud", "keepDays": 45}})
    for spec in (loaded(_stack(store="cloud")), loaded(google)):
        assert spec.observability.logs_in_cloud
        assert spec.observability.collects_logs
        assert not spec.observability.has_loki
    assert not loaded(_stack()).observability.logs_in_cloud


def test_cloudwatch_keeps_lines_for_the_days_that_it_offers_and_for_no_others() -> None:
    mistake = only(_stack(store="cloud", keepDays=45))

    assert mistake.setting == "observability.logs.keepDays"
    assert "CloudWatch" in mistake.problem
    assert "keepDays: 60" in mistake.next_step
    assert loaded(_stack(store="loki", keepDays=45)).observability.logs.keep_days == 45


def test_beyond_what_cloudwatch_offers_the_longest_is_named() -> None:
    assert "keepDays: 545" in only(_stack(store="cloud", keepDays=600)).next_step


def test_without_observability_there_are_no_logs_either() -> None:
    spec = loaded(a_stack(observability={"enabled": False})).observability

    assert (spec.collects_logs, spec.has_loki) == (False, False)


@pytest.mark.parametrize("replicas", [2, 4])
def test_an_even_number_of_servers_is_refused(replicas: int) -> None:
    mistake = only(_stack(replicas=replicas))

    assert mistake.setting == "observability.logs.replicas"
    assert "half of them is not most of them" in mistake.problem


@pytest.mark.parametrize(
    "url",
    [
        "http://elastic.example.com:9200/_otlp",
        "https://user:pass@elastic.example.com/_otlp",
        "https://elastic.example.com:99999/_otlp",
        "https://elastic.example.com/_otlp?key=1",
        "elastic.example.com",
    ],
)
def test_lines_go_to_elasticsearch_over_tls_and_without_a_secret_in_the_address(url: str) -> None:
    mistake = only(_stack(elasticsearch={"url": url}))

    assert mistake.setting == "observability.logs.elasticsearch.url"
    assert "secret logs-elasticsearch" in mistake.next_step


@pytest.mark.parametrize(("setting", "value"), [("keepDays", 0), ("hotDays", 1000)])
def test_days_are_in_a_range(setting: str, value: int) -> None:
    assert only(_stack(**{setting: value})).setting == f"observability.logs.{setting}"


@pytest.mark.parametrize(("days", "next_days"), [(10, 14), (91, 120), (3652, 3653)])
def test_the_log_of_a_cluster_on_aws_is_kept_for_days_that_cloudwatch_knows(
    days: int, next_days: int
) -> None:
    mistake = only(a_stack(cluster={"logRetentionDays": days}))

    assert mistake.setting == "cluster.logRetentionDays"
    assert mistake.next_step == f"write logRetentionDays: {next_days}"
    assert mistakes(a_stack(cluster={"logRetentionDays": next_days})) == ()
