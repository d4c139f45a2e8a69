"""What operators here have in common: a few small programs in a closed namespace of their own.

Owns their installation, how many of each run, what they ask for, and who speaks to whom: one
program speaks to the cloud, one may answer the API server, and all of them ask it. Does not own any
chart's values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment

PROGRAMS = 3
"""Of most: the operator, its webhook, and what looks after the webhook's certificate."""
HEADROOM = 2
"""Times what runs: new pods of a roll-out start beside the old ones; a Job of an install is among
them."""
CPU_MILLICORES = 20
MEMORY_MIB = 128
"""Of each program. A few hundred objects need well under it (as remembered: no figure is
published)."""
WEBHOOK_PORT = 10250
"""The charts' own. GKE's rule for its control plane lets it reach this port of nodes, as it is the
kubelet's (GKE, "Firewall rules", as remembered)."""


def replicas(environment: Environment) -> int:
    """Return the pods of each program: one works, the other waits for its lease."""
    return 1 if environment is Environment.DEV else 2


def quota(
    environment: Environment, *, programs: int = PROGRAMS, memory_mib: int = MEMORY_MIB
) -> dict[str, str]:
    """Return what the namespace of so many programs may hold."""
    pods = HEADROOM * programs * replicas(environment)
    memory = f"{pods * memory_mib}Mi"
    return {
        "pods": str(pods),
        "requests.cpu": f"{pods * CPU_MILLICORES}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "0",
    }


def resources(memory_mib: int = MEMORY_MIB) -> dict[str, ChartValue]:
    """Return what each program asks for."""
    return {
        "requests": {"cpu": f"{CPU_MILLICORES}m", "memory": f"{memory_mib}Mi"},
        "limits": {"memory": f"{memory_mib}Mi"},
    }


def image(name: str) -> dict[str, ChartValue]:
    """Return an image for a chart that has no value for a digest.

    Such a chart puts `:` and the tag behind the repository.
    """
    found = releases.image(name)
    tag = found.reference.removeprefix(f"{found.repository}:")
    return {"repository": found.repository, "tag": tag}


def spread(program: str = "") -> list[ChartValue]:
    """Spread replicas over zones, without ever keeping one waiting for it.

    Args:
        program: `app.kubernetes.io/name` of the pods; empty where the chart says which they are.
    """
    pods: dict[str, ChartValue] = {"app.kubernetes.io/name": program}
    return [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            **({"labelSelector": {"matchLabels": pods}} if program else {}),
        }
    ]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """What is installed, and what it needs."""

    chart: str
    """Its chart, and `app.kubernetes.io/name` of the pods that speak to the cloud."""
    namespace: str
    """The namespace that is its own."""
    quota: Mapping[str, str]
    """What that may hold."""
    values: Mapping[str, ChartValue]
    asks: str
    """What it asks the cloud for: name of the policy that opens the way."""
    webhook: str = ""
    """`app.kubernetes.io/name` of the pods that answer the API server; empty: none do."""
    webhook_port: int = WEBHOOK_PORT
    skip_crds: bool = False
    """Whether it goes without the kinds in the chart's folder `crds/`."""


def install(
    component: pulumi.ComponentResource,
    name: str,
    operator: Operator,
    *,
    cloud: CloudProvider,
    kubernetes_version: str,
) -> pulumi.Resource:
    """Install an operator in a namespace of its own; return its release.

    Args:
        component: whose it is.
        name: name of the component.
        operator: what is installed.
        cloud: the cloud.
        kubernetes_version: minor version whose Pod Security rules it is held to.
    """
    child = pulumi.ResourceOptions(parent=component)
    home = Namespace(
        f"{name}-home",
        label=operator.namespace,
        pod_security=PodSecurity.RESTRICTED,
        kubernetes_version=kubernetes_version,
        quota=operator.quota,
        opts=child,
    )
    return helm_release(
        f"{name}-{operator.chart}",
        releases.chart(operator.chart),
        namespace=home.ref,
        values=operator.values,
        skip_crds=operator.skip_crds,
        opts=pulumi.ResourceOptions(
            parent=component,
            depends_on=[home, *_open_ways(name, home.ref, operator, cloud, child)],
            # Two releases would dispute the names, and the kinds.
            delete_before_replace=True,
        ),
    )


def _open_ways(
    name: str,
    namespace: NamespaceRef,
    operator: Operator,
    cloud: CloudProvider,
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Resource, ...]:
    """Open what the programs need, and nothing else."""
    ways = [
        network_policies.open_egress(
            f"{name}-within",
            namespace=namespace,
            label="api-server",
            pods=network_policies.every_pod(),
            to=[network_policies.dns(cloud), network_policies.kubernetes_api()],
            opts=opts,
        ),
        network_policies.open_egress(
            f"{name}-{operator.asks}",
            namespace=namespace,
            label=operator.asks,
            pods=network_policies.pods_named(operator.chart),
            to=[network_policies.https(), network_policies.credentials(cloud)],
            opts=opts,
        ),
    ]
    if operator.webhook:
        ways.append(
            network_policies.open_to_control_plane(
                f"{name}-webhook",
                namespace=namespace,
                label="webhook",
                pods=network_policies.pods_named(operator.webhook),
                cloud=cloud,
                port=operator.webhook_port,
                opts=opts,
            )
        )
    return tuple(ways)
