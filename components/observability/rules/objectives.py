"""Service level objectives as burn rates: how fast a budget of slow or failed requests goes.

Owns the windows and factors, which are those of Google's SRE workbook ("Alerting on SLOs", table
5-8, as remembered): 2 % of a month's budget in an hour and 5 % in six wake somebody, 10 % in one or
three days are a ticket. Each long window has a short one, so that an alert ends soon after its
cause. Does not own what is promised (section `slo` of a stack file).
Why sums of recorded rates and not rates over days: a pod's counters go with the pod.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.observability.rules.hours import while_open
from components.observability.rules.promql import probed, ratio
from components.observability.rules.recording import ERRORS, REQUESTS
from components.observability.rules.rule import RecordingRule
from components.observability.targets import SCRAPE_SECONDS
from infra.spec.slo import SloSpec
from infra.spec.stack import StackSpec

_MILLISECONDS = 1000
SHORT_WINDOWS = ("5m", "30m", "1h", "2h", "6h")
LONG_WINDOWS = ("1d", "3d")


@dataclass(frozen=True)
class Burn:
    """One pair of windows."""

    factor: float
    """How many times faster than allowed."""
    long: str
    """The window that says that it matters."""
    short: str
    """The window that says that it goes on."""


FAST = (Burn(14.4, "1h", "5m"), Burn(6, "6h", "30m"))
SLOW = (Burn(3, "1d", "2h"), Burn(1, "3d", "6h"))
PROBES = "tokenworks:model_probe:per_second"
SLOW_PROBES = "tokenworks:model_probe_slow:per_second"
PROBE_SECONDS = 60
"""Each model is probed so often."""
FEWEST_SLOW_PROBES = 3
"""Of a cluster's first hundred one is more than 1 %: it takes a few to say anything."""
PROBE_PROMISE = 0.99
"""Share of probes that must be in time: the P99 of the stack file's `probeMilliseconds`."""


@dataclass(frozen=True)
class Objective:
    """One thing that is promised of every model."""

    name: str
    """Word in names of series: `ttft`."""
    total: str
    """Series of what is counted, per second."""
    bad: str
    """Series of what of it was too slow or failed, per second."""
    budget: float
    """Share that may be bad, 0 to 1."""
    fewest_bad: int = 0
    """Below so many bad ones in a window their share is bad luck."""

    def ratio(self, window: str) -> str:
        """Return the series of the share that was bad in a window."""
        return f"tokenworks:model_{self.name}_bad:ratio{window}"

    def recordings(self, windows: Sequence[str]) -> tuple[RecordingRule, ...]:
        """Return the shares in these windows."""
        return tuple(
            RecordingRule(
                self.ratio(window),
                ratio(
                    f"sum_over_time({self.bad}[{window}])",
                    f"sum_over_time({self.total}[{window}])",
                ),
            )
            for window in windows
        )

    def burns(self, pairs: Sequence[Burn], least: int) -> str:
        """Return when the budget goes too fast, by any of the pairs.

        Args:
            pairs: windows and factors.
            least: how many requests there must have been in the long window.
        """
        return " or ".join(f"({self._burn(pair, least)})" for pair in pairs)

    def _burn(self, pair: Burn, least: int) -> str:
        limit = f"{pair.factor * self.budget:.6g}"
        few = self.fewest_bad
        several = f" and {_counted_in(self.bad, pair.long)} >= {few}" if few else ""
        return (
            f"{self.ratio(pair.long)} > {limit}"
            f" and {self.ratio(pair.short)} > {limit}"
            f" and {_counted_in(self.total, pair.long)} >= {least}{several}"
        )


def _counted_in(series: str, window: str) -> str:
    """Return what was counted, and not what an hour would make of three days."""
    return f"sum_over_time({series}[{window}]) * {SCRAPE_SECONDS}"


def errors(slo: SloSpec) -> Objective:
    """Return the promise that requests are answered, as gateway and servers count them."""
    return Objective("availability", REQUESTS, ERRORS, slo.error_budget)


def first_token(slo: SloSpec) -> Objective:
    """Return the promise that answers begin soon."""
    return _latency("ttft", slo.latency_budget)


def next_token(slo: SloSpec) -> Objective:
    """Return the promise that tokens follow each other soon."""
    return _latency("itl", slo.latency_budget)


def end_to_end() -> Objective:
    """Return the promise that a probe of known length is answered in time."""
    budget = round(1 - PROBE_PROMISE, 6)
    return Objective("probe", PROBES, SLOW_PROBES, budget, fewest_bad=FEWEST_SLOW_PROBES)


def latency_recordings(spec: StackSpec) -> tuple[RecordingRule, ...]:
    """Return how much of each kind is counted a second, and how much of it is too slow."""
    slo = spec.slo
    counted = {
        "ttft": ("vllm:time_to_first_token_seconds", slo.ttft_milliseconds),
        "itl": ("vllm:inter_token_latency_seconds", slo.itl_milliseconds),
    }
    of_requests = (
        rule
        for name, (histogram, most) in counted.items()
        for rule in _counted(name, histogram, most)
    )
    return (*of_requests, *_probes(spec))


def _probes(spec: StackSpec) -> tuple[RecordingRule, ...]:
    """Return probes a second, and those that failed or took too long: what fails is slow, too."""
    success, took = probed("probe_success", "service"), probed("probe_duration_seconds", "service")
    promised = spec.slo.probe_milliseconds / _MILLISECONDS
    slow = f"({took} > bool {promised:g}) + on (model) (1 - {success})"
    return (
        RecordingRule(PROBES, while_open(f"({success} * 0 + 1) / {PROBE_SECONDS}", spec)),
        RecordingRule(SLOW_PROBES, while_open(f"clamp_max({slow}, 1) / {PROBE_SECONDS}", spec)),
    )


def _latency(name: str, budget: float) -> Objective:
    return Objective(
        name, f"tokenworks:model_{name}:rate5m", f"tokenworks:model_{name}_slow:rate5m", budget
    )


def _counted(name: str, histogram: str, milliseconds: int) -> tuple[RecordingRule, ...]:
    total = f"sum by (model) (rate({histogram}_count[5m]))"
    # A bound as Prometheus 3 writes it, whatever the exporter wrote: 1.0 and not 1.
    bound = str(milliseconds / _MILLISECONDS)
    fast = f'sum by (model) (rate({histogram}_bucket{{le="{bound}"}}[5m]))'
    one = _latency(name, 0)
    return (
        RecordingRule(one.total, total),
        RecordingRule(one.bad, f"clamp_min({total} - {fast}, 0)"),
    )
