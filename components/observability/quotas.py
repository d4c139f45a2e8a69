"""What the namespaces of observability may hold.

CPU and memory are in it so that the API server refuses a container that asks for none.
"""

from collections.abc import Sequence

from components.observability import cost_values, logs_alloy, logs_loki, probe
from components.observability import metrics_values as values
from components.observability.tempo_values import tempo_size
from infra.spec.environment import Environment
from infra.spec.observability import ObservabilitySpec
from infra.spec.traces import TracesSpec

HEADROOM = 2
"""Times what runs: new pods of a roll-out start beside the old ones."""
OF_NODE_AGENTS = {"persistentvolumeclaims": "0"}
"""Neither pods nor CPU: there are as many of them as nodes, and the pools bound those."""
_SIDECARS_OF_GRAFANA = 2


def of_monitoring(spec: ObservabilitySpec, environment: Environment) -> dict[str, str]:
    """Return what the namespace `monitoring` may hold."""
    measuring, telling = spec.metrics.replicas, values.alertmanagers(environment)
    keeping = spec.logs.replicas if spec.has_loki else 0
    collecting = 1 if spec.collects_logs else 0
    containers = [
        *(measuring * [values.prometheus_size(spec.metrics), values.RELOADER]),
        *(telling * [values.ALERTMANAGER, values.RELOADER]),
        *(values.GRAFANA, *(_SIDECARS_OF_GRAFANA * [values.GRAFANA_SIDECAR])),
        *(values.OPERATOR, values.STATE_METRICS, probe.SIZE),
        *(keeping * [logs_loki.loki_size(spec.logs)]),
        *(collecting * [logs_alloy.SIZE]),
    ]
    singles = 4  # Grafana, the operator, kube-state-metrics, the probe
    return _quota(
        containers,
        pods=measuring + telling + keeping + collecting + singles,
        claims=measuring + telling + keeping,
    )


def of_traces(spec: TracesSpec) -> dict[str, str]:
    """Return what the namespace `traces` may hold."""
    return _quota([tempo_size(spec)], pods=1, claims=0)


def of_cost() -> dict[str, str]:
    """Return what the namespace `opencost` may hold."""
    return _quota([cost_values.SIZE], pods=1, claims=0)


def _quota(containers: Sequence[values.Size], *, pods: int, claims: int) -> dict[str, str]:
    memory = f"{HEADROOM * sum(one.memory_mib for one in containers)}Mi"
    return {
        "pods": str(HEADROOM * pods),
        "requests.cpu": f"{HEADROOM * sum(one.cpu_millicores for one in containers)}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": str(claims),
    }
