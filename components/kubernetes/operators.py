"""What operators here have in common: a few small programs in a closed namespace of their own.

Owns how many of each run, what they ask for, and who speaks to whom: one program speaks to the
cloud, one may answer the API server, and all of them ask it. Does not own any chart's values.
"""

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue
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


def open_ways(  # noqa: PLR0913 - the parts of it, each named where it is called
    name: str,
    namespace: NamespaceRef,
    *,
    cloud: CloudProvider,
    asks: str,
    program: str,
    webhook: str = "",
    opts: pulumi.ResourceOptions,
    webhook_port: int = WEBHOOK_PORT,
) -> tuple[pulumi.Resource, ...]:
    """Open what the programs need, and nothing else.

    Args:
        name: name of the component.
        namespace: where they run.
        cloud: the cloud.
        asks: what the program that speaks to the cloud asks there.
        program: `app.kubernetes.io/name` of its pods.
        webhook: that of the pods that answer the API server; empty: none do.
        opts: options of each policy.
        webhook_port: port of the webhook.
    """
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
            f"{name}-{asks}",
            namespace=namespace,
            label=asks,
            pods=network_policies.pods_named(program),
            to=[network_policies.https(), network_policies.credentials(cloud)],
            opts=opts,
        ),
    ]
    if webhook:
        ways.append(
            network_policies.open_to_control_plane(
                f"{name}-webhook",
                namespace=namespace,
                label="webhook",
                pods=network_policies.pods_named(webhook),
                cloud=cloud,
                port=webhook_port,
                opts=opts,
            )
        )
    return tuple(ways)
