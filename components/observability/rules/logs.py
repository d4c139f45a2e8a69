"""Alerts on the way of what pods print: lines that stop, and lines that are lost.

That Loki or Alloy is gone altogether is seen as every other program is: it answers no scrape.
"""

from components.observability.rules.rule import AlertRule, Severity
from infra.spec.observability import ObservabilitySpec

_MINUTE = 60
WINDOW = "15m"
SENT = f'sum(rate(loki_write_sent_entries_total{{job="alloy"}}[{WINDOW}]))'
LOST = f'sum by (reason) (increase(loki_write_dropped_entries_total{{job="alloy"}}[{WINDOW}]))'


def log_alerts(spec: ObservabilitySpec) -> tuple[AlertRule, ...]:
    """Return the alerts of a stack whose lines are kept in the cluster."""
    if not spec.has_loki:
        return ()
    return (
        AlertRule(
            "LogsStopped",
            # There is always somebody who prints something: Alloy's own neighbours.
            f"{SENT} == 0",
            for_seconds=15 * _MINUTE,
            severity=Severity.TICKET,
            summary="Loki gets no lines any more",
            description="Alloy runs and sends nothing. Kubelets keep what their files have room "
            "for; after an hour lines are too old to be sent.",
            when=f"Alloy sent no line to Loki in {WINDOW}",
        ),
        AlertRule(
            "LogLinesLost",
            f"{LOST} > 0",
            for_seconds=0,
            severity=Severity.TICKET,
            summary="Lines of logs are lost: {{ $labels.reason }}",
            description="{{ $value | humanize }} lines in " + WINDOW + " that Loki did not take.",
            when=f"Loki refused lines, or did not answer for an hour, within {WINDOW}",
        ),
    )
