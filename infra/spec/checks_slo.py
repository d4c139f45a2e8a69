"""Checks of the objectives: each is a value at which it can be measured."""

from infra.catalog import latency_buckets
from infra.spec.draft import Draft
from infra.spec.report import Report
from infra.spec.slo import SloSpec

_BOUNDS = {
    "ttftMilliseconds": latency_buckets.TTFT_MILLISECONDS,
    "itlMilliseconds": latency_buckets.ITL_MILLISECONDS,
}


def check_slo(slo: Draft[SloSpec], report: Report) -> None:
    """Check that each latency of an answer is a bound of the histogram that counts it."""
    values = slo.spec.model_dump(by_alias=True)
    for setting, bounds in _BOUNDS.items():
        value = values[setting]
        if slo.good(setting) and value not in bounds:
            nearest = min(bounds, key=lambda bound, value=value: abs(bound - value))
            report.add(
                slo.at(setting),
                "is no bound of vLLM's histogram, so nobody could count what is faster",
                value,
                allowed=f"one of {', '.join(map(str, bounds))}",
                next_step=f"write {setting}: {nearest}",
            )
