"""Alerts on the way of what pods print: lines that stop, and lines that are lost.

That Loki or Alloy is gone altogether is seen as every other program is: it answers no scrape.
"""

from dataclasses import dataclass

from components.observability.rules.rule import AlertRule, Severity
from infra.spec.observability import ObservabilitySpec

_MINUTE = 60
WINDOW = "15m"
CLOUD_COMPONENT = r'component_id=~"otelcol\\.exporter\\..+\\.cloud"'
"""Of Alloy's exporters the one that writes to the cloud's own store (`logs_cloud.LABEL`)."""


@dataclass(frozen=True)
class _Way:
    """What Alloy counts of its way to a store."""

    to: str
    sent: str
    """Lines a second that the store took."""
    lost: str
    """Lines of the window that it did not."""
    lost_summary: str
    lost_when: str


LOKI = _Way(
    to="Loki",
    sent=f'sum(rate(loki_write_sent_entries_total{{job="alloy"}}[{WINDOW}]))',
    lost=f'sum by (reason) (increase(loki_write_dropped_entries_total{{job="alloy"}}[{WINDOW}]))',
    lost_summary="Lines of logs are lost: {{ $labels.reason }}",
    lost_when=f"Loki refused lines, or did not answer for an hour, within {WINDOW}",
)
CLOUD = _Way(
    to="the cloud",
    sent="sum(rate(otelcol_exporter_sent_log_records_total"
    f'{{job="alloy",{CLOUD_COMPONENT}}}[{WINDOW}]))',
    lost="sum(increase(otelcol_exporter_send_failed_log_records_total"
    f'{{job="alloy",{CLOUD_COMPONENT}}}[{WINDOW}]))',
    lost_summary="Lines of logs are lost on their way to the cloud",
    lost_when=f"the cloud refused lines, or did not answer for long, within {WINDOW}",
)


def log_alerts(spec: ObservabilitySpec) -> tuple[AlertRule, ...]:
    """Return the alerts of a stack whose lines Loki or the cloud keeps."""
    if spec.has_loki:
        return _alerts(LOKI)
    return _alerts(CLOUD) if spec.logs_in_cloud else ()


def _alerts(way: _Way) -> tuple[AlertRule, ...]:
    gets = f"{way.to[0].upper()}{way.to[1:]}"
    return (
        AlertRule(
            "LogsStopped",
            # There is always somebody who prints something: Alloy's own neighbours.
            f"{way.sent} == 0",
            for_seconds=15 * _MINUTE,
            severity=Severity.TICKET,
            summary=f"{gets} gets no lines any more",
            description="Alloy runs and sends nothing. Kubelets keep what their files have room "
            "for; after an hour lines are too old to be sent.",
            when=f"Alloy sent no line to {way.to} in {WINDOW}",
        ),
        AlertRule(
            "LogLinesLost",
            f"{way.lost} > 0",
            for_seconds=0,
            severity=Severity.TICKET,
            summary=way.lost_summary,
            description="{{ $value | humanize }} lines in "
            + WINDOW
            + f" that {way.to} did not take.",
            when=way.lost_when,
        ),
    )
