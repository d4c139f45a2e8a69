"""The lines in dashboards: where a promise is broken or normal ends, from the one source of each.

Owns which setting becomes which line, and which alerts watch the same thing as a panel. Does not
own any number: promises are the section `slo` of the stack file, caps the section `budget`, and the
rest is `thresholds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from components.observability.rules.groups import all_alerts
from components.observability.thresholds import THRESHOLDS
from infra.spec.stack import StackSpec

_MILLISECONDS = 1000
_PERCENT = 100

WATCHED_BY: Mapping[str, tuple[str, ...]] = {
    "ttft": ("TtftBurnFast", "TtftBurnSlow"),
    "itl": ("ItlBurn",),
    "probe": ("EndToEndBurn", "ProbeFails"),
    "errors": ("AvailabilityBurnFast", "AvailabilityBurnSlow", "ModelErrors"),
    "silent": ("ProbeFails", "ReadyButSilent"),
    "down": ("ModelDown", "ModelDegraded", "ModelMissing"),
    "queue": ("RequestsQueueing",),
    "kv": ("KvCachePressure",),
    "leak": ("ModelServerMemoryLeak", "ModelServerRestarts"),
    "traffic": ("TrafficDropped",),
    "timeouts": ("ModelTimeouts",),
    "hot": ("GpuHot",),
    "xid": ("GpuHardwareError", "GpuXid"),
    "row_remap": ("GpuRowRemapFailed", "GpuRowsRemapped"),
    "gpu_memory": ("GpuMemoryFull",),
    "idle": ("GpuIdle",),
    "spot": ("SpotNotBack",),
    "pending": ("PodsPendingForGpus", "AutoscalerStuck"),
    "nodes": ("NodeNotReady",),
    "targets": ("ScrapeTargetMissing", "PagingIsBlind"),
    "gateway": ("GatewayDown", "WayInFails"),
    "certificate": ("CertificateExpiring", "CertificateEndsNow"),
    "cache": ("CacheDown",),
    "cache_full": ("CacheFull",),
    "vectors": ("VectorStoreDown",),
    "vector_errors": ("VectorStoreErrors",),
    "budget": ("BudgetBurn",),
    "logs": ("LogsStopped", "LogLinesLost"),
}
"""Alerts by what panels show."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Every line of every dashboard of a stack."""

    percent: float
    """Share of requests that must keep to the promise, in percent: 99 makes it P99."""
    ttft_seconds: float
    """Time to first token that is promised."""
    itl_seconds: float
    """Time between two tokens that is promised."""
    probe_seconds: float
    """What 99 % of probes must take at most."""
    error_ratio: float
    """Share of requests that may fail, 0 to 1."""
    availability_ratio: float
    """Share of requests that must be answered, 0 to 1."""
    hourly_usd: float | None
    """What an hour may cost; None: no cap."""
    monthly_usd: float | None
    """What a month may cost; None: no cap."""
    kv_ratio: float
    """KV cache in use, 0 to 1."""
    gpu_celsius: float
    """Temperature of a GPU."""
    gpu_memory_ratio: float
    """Memory of a GPU in use, 0 to 1."""
    gpu_idle_percent: float
    """Use of a GPU, in percent, below which it is idle."""
    certificate_watch_days: float
    """Days before the end of a certificate from which somebody looks."""
    certificate_days: float
    """Days before the end of a certificate from which somebody gets up."""
    cache_ratio: float
    """Memory in use of the cache that refuses writes when it is full, 0 to 1."""
    vector_error_ratio: float
    """Share of requests to the vector store that may fail, 0 to 1."""
    alerts: frozenset[str]
    """Names of the alerts that the stack has."""
    is_probed: bool
    """Whether a probe comes in by the public hosts."""

    @property
    def portion(self) -> float:
        """Share of requests that must keep to the promise, 0 to 1."""
        return self.percent / _PERCENT

    def of(self, subject: str) -> tuple[str, ...]:
        """Return those alerts of the stack that watch a subject of `WATCHED_BY`."""
        return tuple(alert for alert in WATCHED_BY[subject] if alert in self.alerts)


def lines(spec: StackSpec) -> Lines:
    """Return the lines of the platform of a stack."""
    slo, ends = spec.slo, THRESHOLDS[spec.environment]
    return Lines(
        percent=slo.latency_percent,
        ttft_seconds=slo.ttft_milliseconds / _MILLISECONDS,
        itl_seconds=slo.itl_milliseconds / _MILLISECONDS,
        probe_seconds=slo.probe_milliseconds / _MILLISECONDS,
        error_ratio=slo.error_percent / _PERCENT,
        availability_ratio=slo.availability_percent / _PERCENT,
        hourly_usd=spec.budget.hourly_usd,
        monthly_usd=spec.budget.monthly_usd,
        kv_ratio=ends.kv_cache_percent / _PERCENT,
        gpu_celsius=ends.gpu_celsius,
        gpu_memory_ratio=ends.gpu_memory_percent / _PERCENT,
        gpu_idle_percent=ends.gpu_idle_percent,
        certificate_watch_days=ends.certificate_days,
        certificate_days=ends.certificate_page_days,
        cache_ratio=ends.cache_memory_percent / _PERCENT,
        vector_error_ratio=ends.vector_error_percent / _PERCENT,
        alerts=frozenset(alert.alert for alert in all_alerts(spec)),
        is_probed=spec.gateway.is_probed,
    )
