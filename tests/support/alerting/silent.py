"""Days that are out of the ordinary and on which nothing is wrong: no alert may fire.

Owns what alerts are known to be fooled by: shares of no or of few requests, counters that begin
anew, series that end with their pod, the first minutes of a model.
"""

from collections.abc import Iterator

from tests.support.alerting.healthy import (
    CANARY,
    MODEL,
    Series,
    deployment,
    healthy,
    pod,
    pod_of_model,
    probe,
    route,
    series,
)
from tests.support.alerting.lines import FOR_EVER, Line, Phase, between, counter, gone, level
from tests.support.alerting.scenario import FIRST, instead, new

OLD, YOUNG = "qwen2-5-7b-a", "qwen2-5-7b-young"
_COUNTED = ("http_requests_total", "envoy_cluster_upstream_rq_xx", "vllm:")


def silent_days() -> dict[str, Series]:
    """Return each day, by what is out of the ordinary."""
    return {
        "nobody asks": nobody_asks(),
        "three requests in an hour, and one fails": few_requests(),
        "a server is replaced": a_roll_out(),
        "a model is new and reads its weights": a_new_model(),
        "a server begins to count anew": counters_begin_anew(),
        "two probes are slow in a cluster that is an hour old": slow_probes(),
    }


def nobody_asks() -> Series:
    """Return a day on which every counter of requests stands still, and nothing is on its way."""
    usual = healthy()
    still = {
        name: counter(0, start=100)
        for name, line in usual.items()
        if name.startswith(_COUNTED) and line.phases[0].per_second is not None
    }
    idle = {
        name: level(0)
        for name in usual
        if name.startswith(("vllm:num_requests", "envoy_cluster_upstream_rq_active"))
    }
    return {**usual, **still, **idle}


def few_requests() -> Series:
    """Return a day with so few requests that one that fails is a large share of them."""
    failed = route("upstream_rq_xx", CANARY, envoy_response_code_class="5")
    answered = route("upstream_rq_xx", CANARY, envoy_response_code_class="2")
    return {
        **nobody_asks(),
        answered: counter(2 / 3600),
        failed: Line((Phase(FIRST, level=0), Phase(FOR_EVER, level=1))),
    }


def a_roll_out() -> Series:
    """Return a day on which one pod ends, with all its series, and another one begins at zero."""
    usual = healthy()
    ends = {
        name: between(FIRST, FOR_EVER, gone(), line)
        for name, line in usual.items()
        if f'pod="{OLD}"' in name and len(line.phases) == 1
    }
    begins = {name.replace(f'pod="{OLD}"', f'pod="{YOUNG}"'): line for name, line in _of_old(usual)}
    # The new one waits for its node and reads its weights: ten minutes, pending and then not ready.
    pending = {
        **pod_of_model(YOUNG, MODEL, pending=True),
        pod("kube_pod_status_phase", YOUNG, phase="Pending"): Line(
            (Phase(FIRST - 10), Phase(FIRST - 2, level=1), Phase(FOR_EVER, level=0))
        ),
    }
    return {**usual, **ends, **new(begins, FOR_EVER), **pending}


def _of_old(usual: Series) -> Iterator[tuple[str, Line]]:
    for name, line in usual.items():
        if f'pod="{OLD}"' in name:
            (phase,) = line.phases
            yield name, Line((phase,))  # a counter from zero


def a_new_model() -> Series:
    """Return a day on which a model comes, whose first server takes 40 minutes."""
    name, model = "qwen3-32b", "qwen3-32b"
    labels = {"namespace": "models", "deployment": name, "label_tokenworks_dev_model": model}
    ready = deployment("kube_deployment_status_replicas_available", "models", name)
    comes = {
        series("kube_deployment_labels", **labels): level(1),
        deployment("kube_deployment_spec_replicas", "models", name): level(1),
        deployment("kube_deployment_created", "models", name): level(FIRST * 60),
    }
    first = Line((Phase(FIRST), Phase(FIRST + 40, level=0), Phase(FOR_EVER, level=1)))
    return {**healthy(), **new(comes, FOR_EVER), ready: first}


def counters_begin_anew() -> Series:
    """Return a day on which the counters of one server jump back to zero."""
    usual = healthy()
    jumps = {
        name: _jump(phase.per_second)
        for name, line in usual.items()
        if name.startswith(("vllm:", "http_requests_total")) and f'pod="{OLD}"' in name
        for phase in line.phases
        if phase.per_second is not None
    }
    return {**usual, **jumps}


def _jump(per_second: float) -> Line:
    counting = Phase(FOR_EVER, per_second=per_second)
    return Line((Phase(FIRST, per_second=per_second), Phase(FIRST + 1, level=0), counting), 10_000)


def slow_probes() -> Series:
    """Return a day on which two of the first sixty probes are slow: more than one in a hundred."""
    took = probe("duration_seconds", CANARY, "service")
    return {**healthy(), **instead({took: level(3)}, healthy(), FIRST + 2)}
