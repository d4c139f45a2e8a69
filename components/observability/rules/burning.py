"""Alerts on objectives: the budget of slow and of failed requests goes too fast.

Owns which pair of windows wakes somebody. Nobody is woken for a slow stream, which is still a
stream, nor for a slow probe: when users wait, answers begin late, and that wakes.
"""

from components.observability.rules import objectives
from components.observability.rules.objectives import FAST, SLOW, Objective
from components.observability.rules.rule import AlertRule, Severity
from components.observability.thresholds import Thresholds
from infra.spec.slo import SloSpec

_PROBES = 10
"""Least probes in the long window: there is one a minute."""


def burn_alerts(slo: SloSpec, thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alerts on budgets that go too fast."""
    answered, first = objectives.errors(slo), objectives.first_token(slo)
    promise = f"{slo.availability_percent:g} % of requests are answered"
    soon = f"{slo.latency_percent:g} % of answers begin within {slo.ttft_milliseconds} ms"
    streams = f"{slo.latency_percent:g} % of tokens follow within {slo.itl_milliseconds} ms"
    least = thresholds.least_requests
    return (
        *_pair("AvailabilityBurn", answered, promise, least),
        *_pair("TtftBurn", first, soon, least),
        _both("ItlBurn", objectives.next_token(slo), streams, least),
        _both(
            "EndToEndBurn",
            objectives.end_to_end(),
            f"99 % of probes are answered within {slo.probe_milliseconds} ms",
            _PROBES,
        ),
    )


def _pair(name: str, one: Objective, promise: str, least: int) -> tuple[AlertRule, AlertRule]:
    fast = AlertRule(
        f"{name}Fast",
        one.burns(FAST, least),
        for_seconds=120,
        severity=Severity.PAGE,
        summary=f"{{{{ $labels.model }}}} breaks its promise fast: {promise}",
        description="{{ $value | humanizePercentage }} of requests break it; at this rate the "
        "budget of 30 days is gone in five days at most.",
        when=f"the budget of “{promise}” goes 14.4 times too fast for an hour, or 6 times for six",
    )
    slow = AlertRule(
        f"{name}Slow",
        one.burns(SLOW, least),
        for_seconds=900,
        severity=Severity.TICKET,
        summary=f"{{{{ $labels.model }}}} breaks its promise slowly: {promise}",
        description="{{ $value | humanizePercentage }} of requests break it; at this rate the "
        "budget of 30 days does not last.",
        when=f"the budget of “{promise}” goes 3 times too fast for a day, or at all too fast for "
        "three",
    )
    return fast, slow


def _both(name: str, one: Objective, promise: str, least: int) -> AlertRule:
    return AlertRule(
        name,
        one.burns((*FAST, *SLOW), least),
        for_seconds=600,
        severity=Severity.TICKET,
        summary=f"{{{{ $labels.model }}}} breaks its promise: {promise}",
        description="{{ $value | humanizePercentage }} break it; at this rate the budget of 30 "
        "days does not last.",
        when=f"the budget of “{promise}” goes too fast, by any of the four pairs of windows",
    )
