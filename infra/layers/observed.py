"""Observability of a platform: what measures it, and what it measures.

Owns the order: namespaces and programs of everything else before the policies that let Prometheus
in, and the kinds before any object of theirs. So it comes last, and goes first.
"""

from collections.abc import Sequence

import pulumi

from components.handles import LogsRef, MetricsRef, NamespaceRef, PlatformRef
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.storage import DISKS
from components.observability import names
from components.observability.cost import Cost
from components.observability.dashboards.boards import dashboards
from components.observability.dashboards.grafana import to_json
from components.observability.logs import Logs
from components.observability.logs_cloud import cloud_store
from components.observability.logs_sources import sources
from components.observability.metrics_values import Surroundings
from components.observability.monitoring import Monitoring
from components.observability.monitors import Monitors
from components.observability.objects import Dashboards, Rules
from components.observability.pages import pages
from components.observability.probe import Probe
from components.observability.rules.groups import rule_groups
from components.observability.rules.objects import prometheus_rule_objects
from infra.spec.environment import Environment, Layer
from infra.spec.stack import StackSpec

FOLDER = "Tokenworks"
"""Of Grafana, in which our dashboards are."""


def build_observability(  # noqa: PLR0913 - what it stands on; each has a name where it is called
    spec: StackSpec,
    platform: PlatformRef,
    *,
    secrets: SecretStoreRef,
    logs: LogsRef | None,
    metrics: MetricsRef | None,
    measured: Sequence[pulumi.Resource],
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Create it; return what brings its kinds, which the rules of a stack's models need.

    Args:
        spec: the stack; its observability is switched on.
        platform: whose it is.
        secrets: where passwords, and the ways to people, are kept.
        logs: bucket of what pods print, where the cluster keeps it.
        metrics: the cloud's store of samples, where it has one.
        measured: what has the namespaces that are measured.
        opts: the way into its cluster, and the disks.
    """
    found = pages(spec)
    monitoring = Monitoring(
        "monitoring",
        spec.observability,
        at=Surroundings(
            platform=platform.name,
            environment=platform.environment,
            storage_class=DISKS[spec.cloud.provider].name,
            managed=metrics,
        ),
        cloud=spec.cloud.provider,
        ports=[
            (target.namespace, target.port)
            for target in found
            if target.namespace != names.NAMESPACE
        ],
        store=secrets,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=opts,
    )
    _say_who_is_told(spec, monitoring)
    measured = [*measured, *_cost(spec, platform, monitoring, secrets, opts)]
    Monitors(
        "monitors",
        found,
        namespace=monitoring.namespace,
        opts=_after(opts, monitoring, *measured),
    )
    Probe(
        "probe",
        spec.gateway,
        namespace=monitoring.namespace,
        opts=_after(opts, monitoring, *measured),
    )
    if spec.observability.collects_logs:
        Logs(
            "logs",
            spec.observability.logs,
            sources=sources(spec),
            bucket=logs,
            cloud=spec.cloud.provider,
            namespace=monitoring.namespace,
            store=secrets,
            cloud_store=cloud_store(spec),
            opts=_after(opts, monitoring, *measured),
        )
    own = spec.model_copy(update={"layers": (Layer.PLATFORM,)})
    Rules(
        "rules",
        prometheus_rule_objects(rule_groups(own), spec),
        namespace=monitoring.namespace,
        opts=_after(opts, monitoring),
    )
    Dashboards(
        "dashboards",
        [(board.uid, to_json(board)) for board in dashboards(spec)],
        folder=FOLDER,
        namespace=monitoring.namespace,
        opts=_after(opts, monitoring),
    )
    return monitoring.kinds


def _cost(
    spec: StackSpec,
    platform: PlatformRef,
    monitoring: Monitoring,
    secrets: SecretStoreRef,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Create what says what nodes and pods cost, where a stack asks for it."""
    if not spec.observability.measures_cost:
        return []
    made = Cost(
        "cost",
        platform=platform,
        cloud=spec.cloud.provider,
        monitoring=monitoring.namespace,
        store=secrets,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=_after(opts, monitoring),
    )
    return [made]


def build_rules_of_models(
    spec: StackSpec, namespace: NamespaceRef, opts: pulumi.ResourceOptions
) -> None:
    """Create the rules that say which models there should be, where whoever ships them may write.

    Args:
        spec: the stack; its observability is switched on.
        namespace: of the models.
        opts: the way into the cluster; the kinds must be there.
    """
    own = spec.model_copy(update={"layers": (Layer.MODELS,)})
    groups = prometheus_rule_objects(rule_groups(own), spec)
    Rules(f"{spec.name}-rules", groups, namespace=namespace, opts=opts)


def _after(opts: pulumi.ResourceOptions, *earlier: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*earlier]))


def _say_who_is_told(spec: StackSpec, monitoring: Monitoring) -> None:
    """Warn about a stack whose alerts go nowhere: prod is refused, and dev is for trying."""
    if spec.environment is Environment.STAGING and not spec.observability.receivers:
        message = (
            "observability: alerts of staging go nowhere; write a receiver, for example "
            "`slack: {}`, as docs/observability.md says"
        )
        pulumi.log.warn(message, resource=monitoring)
