"""How each component of observability is made, for tests that make every one."""

from collections.abc import Callable

import pulumi

from components.handles import LogsRef, NamespaceRef, TracesRef
from components.observability import names
from components.observability.cost import Cost
from components.observability.logs import Logs
from components.observability.logs_alloy import Sources
from components.observability.logs_loki import Kept
from components.observability.metrics_values import Surroundings
from components.observability.monitoring import Monitoring
from components.observability.monitors import Monitors
from components.observability.objects import Dashboards, Rules
from components.observability.pages import Page
from components.observability.probe import Probe
from components.observability.traces import Traces
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from tests.support.gateway_spec import GATEWAY
from tests.unit.components import examples

AT = Surroundings(platform="aws-dev", environment=Environment.DEV, storage_class="gp3")
TRACES = examples.OBSERVABILITY.traces.model_copy(update={"enabled": True})


def monitoring_namespace() -> NamespaceRef:
    return NamespaceRef(names.NAMESPACE, pulumi.Output.from_input(names.NAMESPACE))


def logs_bucket() -> LogsRef:
    return LogsRef(bucket=pulumi.Output.from_input("logs-bucket"), region="us-east-1")


KEPT = Kept(CloudProvider.AWS, "us-east-1", "logs-bucket", "gp3")
SOURCES = Sources("aws-dev", ("models", "monitoring"))


MAKERS: dict[type, Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]] = {
    Monitoring: lambda name, opts: Monitoring(
        name,
        examples.OBSERVABILITY,
        at=AT,
        cloud=examples.CLOUD.provider,
        ports=[("models", 8000)],
        store=examples.secret_store_ref(),
        kubernetes_version="1.35",
        opts=opts,
    ),
    Traces: lambda name, opts: Traces(
        name,
        TRACES,
        cloud=examples.CLOUD.provider,
        bucket=TracesRef(bucket=pulumi.Output.from_input("traces"), region="us-east-1"),
        kubernetes_version="1.35",
        opts=opts,
    ),
    Cost: lambda name, opts: Cost(
        name,
        platform=examples.PLATFORM,
        cloud=examples.CLOUD.provider,
        monitoring=monitoring_namespace(),
        store=examples.secret_store_ref(),
        kubernetes_version="1.35",
        opts=opts,
    ),
    Logs: lambda name, opts: Logs(
        name,
        examples.OBSERVABILITY.logs,
        sources=SOURCES,
        bucket=logs_bucket(),
        cloud=examples.CLOUD.provider,
        namespace=monitoring_namespace(),
        store=examples.secret_store_ref(),
        opts=opts,
    ),
    Monitors: lambda name, opts: Monitors(
        name,
        [Page("vllm", "models", {"a": "b"}, 8000)],
        namespace=monitoring_namespace(),
        opts=opts,
    ),
    Probe: lambda name, opts: Probe(name, GATEWAY, namespace=monitoring_namespace(), opts=opts),
    Rules: lambda name, opts: Rules(
        name, {"group": {"groups": []}}, namespace=monitoring_namespace(), opts=opts
    ),
    Dashboards: lambda name, opts: Dashboards(
        name, [("uid", "{}")], folder="Tokenworks", namespace=monitoring_namespace(), opts=opts
    ),
}
