"""Observability: settings that cannot be, and production whose alerts nobody would get."""

import re

from infra.spec.checks_logs import check_logs
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.observability import ObservabilitySpec
from infra.spec.report import Report

RECEIVERS = ("slack", "pagerduty", "email", "webhook", "dingtalk", "feishu")
EMAIL_ADDRESS = r"[^@\s,]+@[^@\s,]+\.[^@\s,]+"
"""One address; not whether anybody reads what is sent there."""
_EMAILS = re.compile(rf"{EMAIL_ADDRESS}(?:, *{EMAIL_ADDRESS})*")
_SMARTHOST = re.compile(r"[a-z0-9.-]+:[1-9][0-9]{0,4}", re.IGNORECASE)
_CHANNEL = re.compile(r"[#@][a-z0-9._-]{1,80}")
_URL = re.compile(r"https://[^\s/@?#]+(?:/[^\s?#]*)?")
_HIGHEST_PORT = 65535


def check_observability(
    observability: Draft[ObservabilitySpec],
    cloud: Draft[CloudSpec],
    environment: Environment,
    report: Report,
) -> None:
    """Check each receiver, and that production has one that wakes somebody."""
    _check_remote_write(observability, report)
    _check_managed(observability, cloud, report)
    _check_slack(observability, report)
    _check_email(observability, report)
    check_logs(observability, cloud, report)
    _check_cost(observability, report)
    if environment is Environment.PROD and observability.good("enabled", *RECEIVERS):
        _check_somebody_wakes(observability, report)


def _check_remote_write(observability: Draft[ObservabilitySpec], report: Report) -> None:
    if not observability.good("remoteWrite"):
        return
    remote = observability.spec.remote_write
    if remote is not None and not _URL.fullmatch(remote.url):
        report.add(
            observability.at("remoteWrite.url"),
            "is not an address that samples go to over TLS",
            remote.url,
            allowed="https:// with a host and a path, without a user, a question mark or a secret",
            next_step="write for example https://metrics.example.com/api/v1/write; "
            "what it asks for goes into the secret remote-write-token",
        )


def _check_cost(observability: Draft[ObservabilitySpec], report: Report) -> None:
    if not observability.good("enabled", "cost"):
        return
    spec = observability.spec
    if spec.cost.enabled and not spec.enabled:
        report.add(
            observability.at("cost.enabled"),
            "asks for OpenCost, which reads the Prometheus that `enabled: false` leaves out",
            spec.cost.enabled,
            allowed="true where observability is on, or false",
            next_step="remove observability.cost, or enabled: false",
        )


def _check_managed(
    observability: Draft[ObservabilitySpec], cloud: Draft[CloudSpec], report: Report
) -> None:
    if not observability.good("metrics") or not cloud.good("provider"):
        return
    if cloud.spec.provider is CloudProvider.GCP and observability.spec.metrics.managed:
        report.add(
            observability.at("metrics.managed"),
            "is not for gcp: Managed Service for Prometheus takes no remote write, and its own "
            "collectors read none of the monitors that are here",
            observability.spec.metrics.managed,
            allowed="false",
            next_step="remove it; remoteWrite reaches any other store",
        )


def _check_slack(observability: Draft[ObservabilitySpec], report: Report) -> None:
    if not observability.good("slack"):
        return
    slack = observability.spec.slack
    if slack is None or slack.channel is None or _CHANNEL.fullmatch(slack.channel):
        return
    report.add(
        observability.at("slack.channel"),
        "is not a channel",
        slack.channel,
        allowed='"#name" or "@name", small letters, in quotes: without them YAML sees a comment',
        next_step='write for example channel: "#llm-alerts", or remove it',
    )


def _check_email(observability: Draft[ObservabilitySpec], report: Report) -> None:
    if not observability.good("email"):
        return
    email = observability.spec.email
    if email is None:
        return
    for setting, value in (("to", email.to), ("sender", email.sender)):
        if not _EMAILS.fullmatch(value):
            report.add(
                observability.at(f"email.{setting}"),
                "is not an e-mail address",
                value,
                allowed="an address; several in `to`, with commas between them",
                next_step="write for example oncall@example.com",
            )
    if not _SMARTHOST.fullmatch(email.smarthost) or email.port > _HIGHEST_PORT:
        report.add(
            observability.at("email.smarthost"),
            "is not a server with a port",
            email.smarthost,
            allowed="HOST:PORT; the port of submission is 587",
            next_step="write for example smtp.example.com:587",
        )


def _check_somebody_wakes(observability: Draft[ObservabilitySpec], report: Report) -> None:
    spec = observability.spec
    if not spec.enabled or spec.wakes_somebody:
        return
    report.add(
        observability.at("pagerduty"),
        "is not there, nor is any other receiver of pages: alerts of prod would go nowhere",
        None if not spec.receivers else sorted(spec.receivers),
        allowed=f"one of {', '.join(RECEIVERS)} with alerts: page or all; or enabled: false",
        next_step="write `observability: {pagerduty: {}}`, and put its routing key as "
        "docs/observability.md says",
    )
