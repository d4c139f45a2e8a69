"""Priority classes: whose pods get a place first, and who may push whom out.

Owns the classes of our workloads. Does not own who uses which, nor the classes of Kubernetes
itself (`system-cluster-critical`, `system-node-critical`: 2,000,000,000 and more), which nodes,
networks and controllers need and which stay above ours.
None is the default of the cluster: a pod that names no class has priority 0, below all of them.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes


@dataclass(frozen=True)
class Priority:
    """One class."""

    name: str
    """What a pod writes into `priorityClassName`."""
    value: int
    """Higher is more urgent; ours may be at most 1,000,000,000 (Kubernetes API, PriorityClass)."""
    preempts: bool
    """Whether its pods may push out pods of less priority."""
    description: str
    """For `kubectl get priorityclasses`."""


MODEL_SERVER = Priority(
    name="tokenworks-model-server",
    value=100_000,
    # A user waits at the other end, and a new GPU node takes minutes: batch work on a GPU goes.
    # Among themselves they have one priority: none ever pushes out another.
    preempts=True,
    description="Servers that answer requests now. They take the GPUs of batch work if they must.",
)
MODEL_FLOOR = Priority(
    name="tokenworks-model-floor",
    value=110_000,
    # On-demand nodes are few. A server that may as well stand on spot, and came to one first, makes
    # room: the floor is a promise, and the other finds a node that the autoscaler buys.
    preempts=True,
    description="Servers that must stand on on-demand nodes. They take those from other servers.",
)
BATCH = Priority(
    name="tokenworks-batch",
    value=1_000,
    # It can wait for a node: nothing is gained by throwing out what already computes.
    preempts=False,
    description="Work that can wait and can start again. It pushes nothing out.",
)
NODE_AGENT = Priority(
    name="tokenworks-node-agent",
    value=200_000,
    # It can run on its own node alone: where that is full, something that can go elsewhere goes.
    preempts=True,
    description="What looks at its node. On a full one it makes room: it can run on no other.",
)
PRIORITIES = (NODE_AGENT, MODEL_FLOOR, MODEL_SERVER, BATCH)


class PriorityClasses(pulumi.ComponentResource):
    """The priority classes of a cluster."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create them. A cluster gets this once: the names are fixed, and pods write them."""
        super().__init__("tokenworks:kubernetes:PriorityClasses", name, None, opts)
        for priority in PRIORITIES:
            kubernetes.scheduling.v1.PriorityClass(
                f"{name}-{priority.name.removeprefix('tokenworks-')}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=priority.name, labels={"app.kubernetes.io/part-of": "tokenworks"}
                ),
                value=priority.value,
                global_default=False,
                preemption_policy="PreemptLowerPriority" if priority.preempts else "Never",
                description=priority.description,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    # Value and policy cannot be changed, and the name cannot be there twice.
                    delete_before_replace=True,
                ),
            )
        self.register_outputs({"names": [priority.name for priority in PRIORITIES]})
