"""Thresholds of alerts: one source for each, by environment.

Owns where normal ends, for what no stack file says; what a service promises its users is the
section `slo` of a stack file. Does not own the expressions that compare.
Where no source is named, the figure is this platform's choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.spec.environment import Environment

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True)
class Thresholds:
    """Where normal ends."""

    pages: bool = True
    """Whether anybody is woken. Where not, every page is a ticket."""
    least_requests: int = 50
    """Below so many requests in a window a share of them says nothing."""
    timeout_percent: int = 5
    """Requests that the gateway gave up, of all in 10 minutes."""
    traffic_percent: int = 10
    """Traffic of now, of what it was before; less is a drop."""
    traffic_per_minute: int = 12
    """Requests a minute that a model must have had for a drop to mean something."""
    queue_per_server: int = 20
    """Requests that wait for one server, on average of 5 minutes."""
    kv_cache_percent: int = 90
    """KV cache in use, on average of 10 minutes, while requests wait or are pushed out."""
    model_start_seconds: int = 45 * _MINUTE
    """How long a new model may take to its first server: a node, an image and 1.5 TiB of weights at
    most; `startupTimeoutSeconds` bounds each start by itself."""
    silent_seconds: int = 5 * _MINUTE
    """How long a server with requests may produce no token: longer than any prefill."""
    degraded_seconds: int = 30 * _MINUTE
    """How long a model may have fewer servers than it wants: a spot node comes back in less."""
    restarts: int = 3
    """Restarts of one server in an hour."""
    leak_hours: int = 24
    """A server whose memory would reach its limit so soon leaks."""
    gpu_celsius: int = 85
    """NVIDIA's data-centre GPUs slow down from here on (L4 and L40S product briefs, as remembered:
    the slowdown is a few degrees above)."""
    gpu_memory_percent: int = 95
    """vLLM takes `gpuMemoryUtilization`, 0.90 by default; the rest is for the driver and CUDA."""
    gpu_idle_percent: int = 5
    """A GPU that is used less than this is idle."""
    gpu_idle_seconds: int = 6 * _HOUR
    """How long a GPU may be idle: a night in which nobody asks is no waste in production."""
    spot_back_seconds: int = 20 * _MINUTE
    """How long a reclaimed spot node may be away while servers wait for it."""
    pending_seconds: int = 15 * _MINUTE
    """How long a pod may wait for a GPU: buying a node takes 2 to 5 minutes, the image as many."""
    not_ready_seconds: int = 10 * _MINUTE
    """How long a node may be not ready: both clouds repair nodes by themselves after some time."""
    autoscaler_seconds: int = 10 * _MINUTE
    """How long the autoscaler may do nothing; its loop runs every 10 s (its FAQ, as remembered)."""
    certificate_days: int = 20
    """cert-manager renews 30 days before the end: ten days of tries have failed."""
    certificate_page_days: int = 3
    """From here on somebody gets up: clients are refused when it ends."""
    target_seconds: int = 10 * _MINUTE
    """How long something may answer no scrape."""
    cache_memory_percent: int = 90
    """Memory of the instance that refuses writes when it is full."""
    vector_error_percent: int = 5
    """Requests to the vector store that fail, of all in 10 minutes."""
    budget_over_percent: int = 20
    """Cost of the nodes at the rate of the last 6 hours, over the budget of a month."""


_PROD = Thresholds()
_STAGING = replace(
    _PROD,
    least_requests=20,
    gpu_idle_seconds=2 * _HOUR,
    spot_back_seconds=30 * _MINUTE,
    pending_seconds=30 * _MINUTE,
)
_DEV = replace(
    _STAGING,
    pages=False,
    # Money is what dev is watched for: a GPU that nobody uses is one that somebody forgot.
    gpu_idle_seconds=_HOUR,
    degraded_seconds=_HOUR,
    pending_seconds=_HOUR,
    spot_back_seconds=_HOUR,
)

THRESHOLDS: Mapping[Environment, Thresholds] = {
    Environment.DEV: _DEV,
    Environment.STAGING: _STAGING,
    Environment.PROD: _PROD,
}
"""By environment."""
