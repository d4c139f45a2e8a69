"""Alerts on what users of models see: errors, silence, servers that are not there.

Owns expressions and severities. Somebody is woken where users are hurt now; a server less than
wanted, or a queue, is for the next working day: when it hurts, one of the others fires.
"""

from components.observability.rules.hours import while_open
from components.observability.rules.promql import IN_MODELS, by_deployment_model, or_zero
from components.observability.rules.recording import (
    ANSWERED,
    AVAILABLE,
    ERRORS,
    IN_FLIGHT,
    REACHED,
    REQUESTS,
    RUNNING,
    TIMEOUTS,
    WAITING,
    WANTED,
)
from components.observability.rules.rule import AlertRule, Severity
from components.observability.thresholds import Thresholds
from infra.spec.stack import StackSpec

_MINUTE = 60
_HOUR = 3600
_DAY = 86400
EXPECTED = "tokenworks_model_expected"
"""A series for each model that a stack declares, at 1."""


def serving_alerts(spec: StackSpec, thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alerts on requests and on servers of models."""
    return (
        _errors(spec, thresholds),
        *((_timeouts(thresholds),) if spec.gateway.is_built else ()),
        *((_way_in(spec),) if spec.gateway.is_probed else ()),
        _traffic(spec, thresholds),
        _queue(thresholds),
        _kv_cache(thresholds),
        _down(spec, thresholds),
        _missing(),
        _degraded(thresholds),
        _silent(spec, thresholds),
        _probe(),
        _restarts(thresholds),
        _leak(thresholds),
    )


def _errors(spec: StackSpec, thresholds: Thresholds) -> AlertRule:
    percent, least = spec.slo.error_percent, thresholds.least_requests
    return AlertRule(
        "ModelErrors",
        f"sum_over_time({ERRORS}[5m]) / (sum_over_time({REQUESTS}[5m]) > 0) * 100 > {percent:g}"
        f" and avg_over_time({REQUESTS}[15m]) * 900 >= {least}",
        for_seconds=3 * _MINUTE,
        severity=Severity.PAGE,
        summary="Requests to {{ $labels.model }} fail",
        description="{{ $value | humanize }} % of its requests fail, "
        f"as the {{{{ $labels.source }}}} counts them; {percent:g} % may.",
        when=f"more than {percent:g} % of a model's requests fail, of at least {least} in 15 min",
    )


def _timeouts(thresholds: Thresholds) -> AlertRule:
    percent, least = thresholds.timeout_percent, thresholds.least_requests
    return AlertRule(
        "ModelTimeouts",
        f"{TIMEOUTS} * 100 > {percent}"
        f' and on (model) avg_over_time({REQUESTS}{{source="gateway"}}[15m]) * 900 >= {least}',
        for_seconds=5 * _MINUTE,
        severity=Severity.PAGE,
        summary="Requests to {{ $labels.model }} time out",
        description="The gateway gave up {{ $value | humanize }} % of its requests in 10 minutes; "
        f"{percent} % is the threshold.",
        when=f"the gateway gives up more than {percent} % of a model's requests in 10 min",
    )


def _traffic(spec: StackSpec, thresholds: Thresholds) -> AlertRule:
    share, least = thresholds.traffic_percent / 100, thresholds.traffic_per_minute / 60
    now = f"max by (model) (avg_over_time({REQUESTS}[10m]))"
    yesterday = f"max by (model) (avg_over_time({REQUESTS}[1h] offset 1d))"
    before = f"max by (model) (avg_over_time({REQUESTS}[2h] offset 20m))"
    # A model whose servers are all gone has no requests, and no series that says so.
    current = f"({or_zero(now, yesterday)})"
    return AlertRule(
        "TrafficDropped",
        while_open(
            f"{current} < {share:g} * {yesterday} and {current} < {share:g} * {before}"
            f" and {yesterday} > {least:g} and {before} > {least:g}",
            spec,
        ),
        for_seconds=10 * _MINUTE,
        # Most often the callers stopped; what of it is the platform's fault, WayInFails pages.
        severity=Severity.TICKET,
        summary="Nearly no requests reach {{ $labels.model }} any more",
        description="{{ $value | humanize }} requests a second, less than "
        f"{thresholds.traffic_percent} % of an hour ago and of yesterday at this time.",
        when=f"a model has less than {thresholds.traffic_percent} % of its traffic of the last two "
        "hours and of yesterday at this time",
    )


def _queue(thresholds: Thresholds) -> AlertRule:
    most = thresholds.queue_per_server
    return AlertRule(
        "RequestsQueueing",
        f"avg_over_time({WAITING}[5m]) / on (model) ({AVAILABLE} > 0) > {most}",
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="Requests to {{ $labels.model }} wait in a queue",
        description="{{ $value | humanize }} requests wait for each server; "
        f"{most} is the threshold.",
        when=f"more than {most} requests wait for each server of a model",
    )


def _kv_cache(thresholds: Thresholds) -> AlertRule:
    most = thresholds.kv_cache_percent
    hurt = (
        "(sum by (model, pod) (increase(vllm:num_preemptions_total[10m])) > 0"
        " or sum by (model, pod) (avg_over_time(vllm:num_requests_waiting[10m])) >= 1)"
    )
    return AlertRule(
        "KvCachePressure",
        f"max by (model, pod) (avg_over_time(vllm:kv_cache_usage_perc[10m])) * 100 > {most}"
        f" and on (model, pod) {hurt}",
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="The KV cache of {{ $labels.model }} is full",
        description="{{ $value | humanize }} % of it is in use in {{ $labels.pod }}, and requests "
        "wait or are pushed out.",
        when=f"more than {most} % of a server's KV cache is in use while requests wait or are "
        "pushed out",
    )


def _down(spec: StackSpec, thresholds: Thresholds) -> AlertRule:
    oldest = by_deployment_model("kube_deployment_created", "min")
    return AlertRule(
        "ModelDown",
        while_open(
            f"{WANTED} > 0 and on (model) ({AVAILABLE} == 0)"
            f" and on (model) (time() - {oldest} > {thresholds.model_start_seconds})",
            spec,
        ),
        for_seconds=3 * _MINUTE,
        severity=Severity.PAGE,
        summary="No server of {{ $labels.model }} is ready",
        description="{{ $value }} are wanted, none is ready.",
        when="no server of a model is ready, of one or more that are wanted",
    )


def _missing() -> AlertRule:
    return AlertRule(
        "ModelMissing",
        f"{EXPECTED} unless on (model) {WANTED}"
        ' and on () (max(up{job="kube-state-metrics"}) == 1)',
        for_seconds=5 * _MINUTE,
        severity=Severity.PAGE,
        summary="{{ $labels.model }} is not in the cluster",
        description="The stack declares it, and the cluster has no Deployment of it.",
        when="a model that the stack declares has no Deployment",
    )


def _degraded(thresholds: Thresholds) -> AlertRule:
    return AlertRule(
        "ModelDegraded",
        f"{WANTED} - on (model) {AVAILABLE} > 0 and on (model) ({AVAILABLE} > 0)",
        for_seconds=thresholds.degraded_seconds,
        severity=Severity.TICKET,
        summary="{{ $labels.model }} has fewer servers than it wants",
        description="{{ $value }} are missing.",
        when="a model has servers, but fewer than it wants",
    )


def _silent(spec: StackSpec, thresholds: Thresholds) -> AlertRule:
    window = f"{thresholds.silent_seconds}s"
    # A server that hung while it was idle never says that it has requests; the gateway does.
    routed = f" or min_over_time({IN_FLIGHT}[{window}]) > 0" if spec.gateway.is_built else ""
    asked = f"(min_over_time(({RUNNING} + {WAITING})[{window}:30s]) > 0{routed})"
    made = " and ".join(
        f"on (model) (sum by (model) (increase(vllm:{kind}_tokens_total[{window}])) == 0)"
        for kind in ("generation", "prompt")
    )
    return AlertRule(
        "ReadyButSilent",
        f"{asked} and {made} and on (model) ({AVAILABLE} > 0)",
        for_seconds=2 * _MINUTE,
        severity=Severity.PAGE,
        summary="{{ $labels.model }} is ready and answers nobody",
        description="{{ $value }} requests are on their way, its servers are ready, and none has "
        f"produced a token for {thresholds.silent_seconds // _MINUTE} minutes.",
        when=f"requests are on their way and no server of the model has produced a token for "
        f"{thresholds.silent_seconds // _MINUTE} min",
    )


def _probe() -> AlertRule:
    return AlertRule(
        "ProbeFails",
        # Servers that are not there have an alert of their own; so has a model that is new.
        f"max_over_time({ANSWERED}[5m]) == 0 and on (model) ({AVAILABLE} > 0)",
        for_seconds=3 * _MINUTE,
        severity=Severity.PAGE,
        summary="{{ $labels.model }} is ready, and a tiny completion of it fails",
        description="None of the probes of 5 minutes was answered.",
        when="a model has servers that are ready, and no probe of it was answered for 5 min",
    )


def _way_in(spec: StackSpec) -> AlertRule:
    asked = "ask for a key" if spec.gateway.knows_clients else "answer"
    return AlertRule(
        "WayInFails",
        f"max_over_time({REACHED}[5m]) == 0",
        for_seconds=5 * _MINUTE,
        severity=Severity.PAGE,
        summary="{{ $labels.model }} cannot be reached from outside",
        description=f"Its public host did not {asked} within 5 minutes: DNS, load balancer, "
        "certificate or gateway.",
        when="the public host of a model does not answer a probe for 5 min",
    )


def _restarts(thresholds: Thresholds) -> AlertRule:
    return AlertRule(
        "ModelServerRestarts",
        f"sum by (pod) (increase(kube_pod_container_status_restarts_total{{{IN_MODELS}}}[1h]))"
        f" >= {thresholds.restarts}",
        for_seconds=0,
        severity=Severity.TICKET,
        summary="{{ $labels.pod }} is started again and again",
        description=f"{{{{ $value | humanize }}}} restarts in an hour; {thresholds.restarts} "
        "is the threshold.",
        when=f"a server restarts {thresholds.restarts} times in an hour",
    )


def _leak(thresholds: Thresholds) -> AlertRule:
    # Resident memory: what is cached of files grows while weights are read, and is given back.
    used = f'container_memory_rss{{{IN_MODELS},container="vllm"}}'
    limit = f'kube_pod_container_resource_limits{{{IN_MODELS},container="vllm",resource="memory"}}'
    ahead = thresholds.leak_hours * _HOUR
    return AlertRule(
        "ModelServerMemoryLeak",
        f"max by (pod) (predict_linear({used}[4h], {ahead}))"
        f" > on (pod) max by (pod) ({limit})"
        f" and on (pod) (max by (pod) ({used}) > 1.05 * max by (pod) ({used} offset 4h))",
        for_seconds=_HOUR,
        severity=Severity.TICKET,
        summary="The memory of {{ $labels.pod }} grows without end",
        description="At this pace it reaches {{ $value | humanize1024 }}B, more than its limit, in "
        f"{thresholds.leak_hours} hours.",
        when=f"a server's memory grows so that it reaches its limit in {thresholds.leak_hours} h",
    )
