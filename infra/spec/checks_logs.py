"""Logs: settings that cannot be, or that would do nothing."""

import re

from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.draft import Draft
from infra.spec.log_days import cloudwatch_days, no_shorter
from infra.spec.logs import MOST_DAYS, ElasticsearchSpec, LogsSpec, LogStore
from infra.spec.observability import ObservabilitySpec
from infra.spec.report import Report

SEVERAL = 3
"""Below so many servers none may be lost: a line must be on most of those that should have it."""
_URL = re.compile(r"https://[^\s/@?#:]+(?::[1-9][0-9]{0,4})?(?:/[^\s?#]*)?")
_HIGHEST_PORT = 65535


def check_logs(
    observability: Draft[ObservabilitySpec], cloud: Draft[CloudSpec], report: Report
) -> None:
    """Check what pods print: its store, and its way to Elasticsearch."""
    if not observability.good("logs"):
        return
    logs = observability.spec.logs
    _check_replicas(observability, logs, report)
    if cloud.good("provider") and cloud.spec.provider is CloudProvider.AWS:
        _check_days(observability, logs, report)
    if logs.elasticsearch is not None:
        _check_elasticsearch(observability, logs.elasticsearch, report)


def _check_replicas(
    observability: Draft[ObservabilitySpec], logs: LogsSpec, report: Report
) -> None:
    if logs.replicas % 2 or logs.store is not LogStore.LOKI:
        return
    report.add(
        observability.at("logs.replicas"),
        "is an even number: half of them is not most of them, and one more helps nobody",
        logs.replicas,
        allowed=f"1, or {SEVERAL} or 5 that outlive the loss of one",
        next_step=f"write replicas: {SEVERAL}, or leave it out",
    )


def _check_days(observability: Draft[ObservabilitySpec], logs: LogsSpec, report: Report) -> None:
    allowed = cloudwatch_days(MOST_DAYS)
    if not logs.is_in_cloud or logs.keep_days in allowed:
        return
    longer = no_shorter(logs.keep_days, allowed)
    report.add(
        observability.at("logs.keepDays"),
        "is no number of days that CloudWatch Logs keeps lines for",
        logs.keep_days,
        allowed=", ".join(map(str, allowed)),
        next_step=f"write keepDays: {longer}, or leave store: cloud out",
    )


def _check_elasticsearch(
    observability: Draft[ObservabilitySpec], elastic: ElasticsearchSpec, report: Report
) -> None:
    if _URL.fullmatch(elastic.url) and elastic.port <= _HIGHEST_PORT:
        return
    report.add(
        observability.at("logs.elasticsearch.url"),
        "is not an address that lines go to over TLS",
        elastic.url,
        allowed="https:// with a host, a port and a path, without a user or a question mark",
        next_step="write for example https://elastic.example.com:9200/_otlp; "
        "its API key goes into the secret logs-elasticsearch",
    )
