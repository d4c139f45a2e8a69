"""Alerts on what the platform stands on: the gateway, certificates, stores, and watching itself."""

from components.observability.rules.rule import AlertRule, RecordingRule, Severity
from components.observability.targets import CACHE, GATEWAY, VECTOR_STORE, required_targets
from components.observability.thresholds import Thresholds
from infra.spec.stack import StackSpec

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
REQUIRED = "tokenworks_target_required"
"""A series for each job that must have a target, at 1."""


def target_recordings(spec: StackSpec) -> tuple[RecordingRule, ...]:
    """Return the list of targets as series, so that one that vanished is still known."""
    return tuple(
        RecordingRule(
            REQUIRED,
            "vector(1)",
            {"job": target.job, "pages_depend": str(target.pages_depend).lower()},
        )
        for target in required_targets(spec)
    )


def watching_alerts(thresholds: Thresholds, platform: str) -> tuple[AlertRule, ...]:
    """Return the alerts on Prometheus and its targets."""
    answering = f'{REQUIRED}{{pages_depend="%s"}} unless on (job) (up == 1)'
    ready = 'kube_pod_status_ready{namespace="models",condition="true"} == 1'
    server = 'kube_pod_container_status_running{namespace="models",container="vllm"} == 1'
    return (
        AlertRule(
            "ScrapeTargetMissing",
            answering % "false",
            for_seconds=thresholds.target_seconds,
            severity=Severity.TICKET,
            summary="Nothing answers for job {{ $labels.job }}",
            description="No target of it answered a scrape: what its alerts would say is not "
            "known.",
            when="a job that the stack must have has no target that answers",
        ),
        AlertRule(
            "PagingIsBlind",
            answering % "true",
            for_seconds=thresholds.target_seconds,
            severity=Severity.PAGE,
            summary="Alerts that wake somebody are blind: job {{ $labels.job }}",
            description="No target of it answered a scrape: a model could be down and nobody would "
            "hear of it.",
            when="a job that alerts of severity page rest on has no target that answers",
        ),
        AlertRule(
            "ModelServerNotScraped",
            f"max by (pod) ({ready}) and on (pod) ({server})"
            ' unless on (pod) (up{job="vllm"} == 1)',
            for_seconds=thresholds.target_seconds,
            severity=Severity.TICKET,
            summary="{{ $labels.pod }} is ready, and its metrics cannot be read",
            description="Errors and latencies of this server are missing in all shares.",
            when="a server is ready and answers no scrape",
        ),
        AlertRule(
            "DeadMansSwitch",
            "vector(1)",
            for_seconds=0,
            severity=Severity.TICKET,
            summary=f"Alerts of {platform} arrive",
            description="Always firing. What receives it says so when it stops.",
            when="always; what receives it pages when it stops",
        ),
    )


def part_alerts(spec: StackSpec, thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alerts on the parts that this stack has."""
    found: list[AlertRule] = []
    if spec.gateway.is_built:
        found += [_gateway(), *_certificates(thresholds)]
    if spec.vector_store.is_built:
        found += [_vectors(), _vector_errors(thresholds)]
    if spec.cache.is_in_cluster:
        found += [_cache(), _cache_full(thresholds)]
    if spec.observability.follows_requests:
        found.append(_spans())
    return tuple(found)


def _no_deployment(matchers: str) -> str:
    """Return each Deployment that wants pods and has none that is ready."""
    by = "namespace, deployment"
    wanted = f"kube_deployment_spec_replicas{{{matchers}}}"
    ready = f"kube_deployment_status_replicas_available{{{matchers}}}"
    return f"max by ({by}) ({wanted}) > 0 and on ({by}) (max by ({by}) ({ready}) == 0)"


def _gateway() -> AlertRule:
    # Its controller may be away: the proxies go on with what they know (docs/traffic.md).
    proxies = f'namespace="{GATEWAY}",deployment!="envoy-gateway"'
    return AlertRule(
        "GatewayDown",
        _no_deployment(proxies),
        for_seconds=2 * _MINUTE,
        severity=Severity.PAGE,
        summary="No proxy of the gateway is ready",
        description="{{ $labels.deployment }}: nobody reaches any model from outside.",
        when="no proxy of the gateway is ready",
    )


def _certificates(thresholds: Thresholds) -> tuple[AlertRule, AlertRule]:
    left = "min by (name) (certmanager_certificate_expiration_timestamp_seconds) - time()"

    def until(name: str, days: int, severity: Severity) -> AlertRule:
        return AlertRule(
            name,
            f"{left} < {days * _DAY}",
            for_seconds=_HOUR,
            severity=severity,
            summary="Certificate {{ $labels.name }} ends soon",
            description="In {{ $value | humanizeDuration }}; cert-manager should have renewed it "
            "30 days before.",
            when=f"a certificate ends in less than {days} days",
        )

    return (
        until("CertificateExpiring", thresholds.certificate_days, Severity.TICKET),
        until("CertificateEndsNow", thresholds.certificate_page_days, Severity.PAGE),
    )


def _vectors() -> AlertRule:
    return AlertRule(
        "VectorStoreDown",
        _no_deployment(f'namespace="{VECTOR_STORE}"'),
        for_seconds=5 * _MINUTE,
        severity=Severity.PAGE,
        summary="{{ $labels.deployment }} of the vector store has no pod that is ready",
        description="Searches fail; models answer without what they would have found.",
        when="a program of Milvus has no pod that is ready",
    )


def _vector_errors(thresholds: Thresholds) -> AlertRule:
    most = thresholds.vector_error_percent
    total = 'sum(rate(milvus_proxy_req_count{status=~"success|fail"}[10m]))'
    failed = 'sum(rate(milvus_proxy_req_count{status="fail"}[10m]))'
    return AlertRule(
        "VectorStoreErrors",
        f"{failed} / ({total} > 0) * 100 > {most}",
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="Requests to the vector store fail",
        description=f"{{{{ $value | humanize }}}} %; {most} % is the threshold.",
        when=f"more than {most} % of requests to the vector store fail",
    )


def _spans() -> AlertRule:
    # That Tempo itself is gone is said by ScrapeTargetMissing.
    return AlertRule(
        "SpansDiscarded",
        'sum by (reason) (rate(tempo_discarded_spans_total{job="tempo"}[10m])) > 0',
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="Tempo throws spans away: {{ $labels.reason }}",
        description="{{ $value | humanize }} a second. Requests are not touched; some traces have "
        "holes, or are not there.",
        when="Tempo throws spans away",
    )


def _cache() -> AlertRule:
    return AlertRule(
        "CacheDown",
        _no_deployment(f'namespace="{CACHE}"'),
        for_seconds=5 * _MINUTE,
        severity=Severity.TICKET,
        summary="{{ $labels.deployment }} of the cache is not there",
        description="What uses it goes on without (docs/data.md): answers are computed again, and "
        "limits are not counted.",
        when="an instance of the cache has no pod that is ready",
    )


def _cache_full(thresholds: Thresholds) -> AlertRule:
    most = thresholds.cache_memory_percent
    return AlertRule(
        "CacheFull",
        'max by (pod) (redis_memory_used_bytes{job="valkey",pod=~".*counters.*"}'
        f' / (redis_memory_max_bytes{{job="valkey",pod=~".*counters.*"}} > 0)) * 100 > {most}',
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="{{ $labels.pod }} is nearly full",
        description="{{ $value | humanize }} % of its memory; it evicts nothing, and refuses "
        "writes at 100 %.",
        when=f"more than {most} % of the memory of `counters` is in use",
    )
