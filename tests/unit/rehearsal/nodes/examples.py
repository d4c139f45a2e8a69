"""Groups, nodes and pods for tests, each with one obvious shape that a test changes."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from infra.rehearsal.nodes.groups import (
    CAPACITY_LABEL,
    MODEL_LABEL,
    POOL_LABEL,
    SCALES_ANNOTATION,
    NodeGroup,
    Taint,
)
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.view import NodeView, PodView, Toleration

GPU_TAINT = Taint("nvidia.com/gpu", "present", "NoSchedule")
SPOT = NodeGroup(
    cluster="tokenworks-test",
    name="l4-spot",
    machine_types=("g6.2xlarge",),
    capacity="spot",
    labels={POOL_LABEL: "l4", CAPACITY_LABEL: "spot"},
    taints=(GPU_TAINT,),
    min=0,
    max=2,
    desired=0,
    zones=("us-east-1a", "us-east-1b"),
    kubernetes_version="1.35",
    disk_gib=100,
)
ON_DEMAND = replace(
    SPOT,
    name="l4-on-demand",
    capacity="on-demand",
    labels={POOL_LABEL: "l4", CAPACITY_LABEL: "on-demand"},
    max=1,
)
SYSTEM = replace(
    SPOT,
    name="system",
    machine_types=("m7i.large",),
    capacity="on-demand",
    labels={POOL_LABEL: "system"},
    taints=(),
    min=1,
    desired=1,
)
NODE = NodeView(
    name="node-0",
    group="l4-spot",
    cloud="aws",
    machine="g6.2xlarge",
    serial=0,
    labels={POOL_LABEL: "l4"},
    ready=True,
    ready_since=100.0,
    cordoned=False,
    leaving=False,
    gpus=1,
    allocatable=Resources(7910, 29000, 1),
)
POD = PodView(
    namespace="models",
    name="qwen-0",
    uid="uid-0",
    version="1",
    labels={MODEL_LABEL: "qwen"},
    annotations={},
    node="",
    phase="Pending",
    ready=False,
    deleting=False,
    owner_kind="ReplicaSet",
    node_selector={POOL_LABEL: "l4"},
    node_terms=None,
    tolerations=(Toleration("nvidia.com/gpu", "Exists", "", "NoSchedule"),),
    requests=Resources(1000, 1024, 1),
    gated=False,
    nominated=False,
    refused=True,
    refused_since=100.0,
    words="0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
    asked_again=False,
)
DAEMON = replace(
    POD,
    name="plugin",
    uid="uid-plugin",
    owner_kind="DaemonSet",
    node="node-0",
    phase="Running",
    ready=True,
    refused=False,
    labels={},
)

AUTOSCALER = replace(
    DAEMON,
    namespace="kube-system",
    name="autoscaler",
    uid="uid-autoscaler",
    owner_kind="ReplicaSet",
    node="system-0",
    annotations={SCALES_ANNOTATION: "true"},
)
"""A node autoscaler that is ready, on a node that no test counts."""


class ListedGroups:
    """Node groups in memory, as strict about bounds as a cloud."""

    def __init__(self, *groups: NodeGroup) -> None:
        self.lock = threading.Lock()
        self.by_name = {group.name: group for group in groups}

    def list_groups(self) -> Sequence[NodeGroup]:
        with self.lock:
            return list(self.by_name.values())

    def set_desired(self, name: str, count: int) -> None:
        with self.lock:
            group = self.by_name[name]
            assert group.min <= count <= group.max
            self.by_name[name] = replace(group, desired=count)

    def drop(self, name: str) -> None:
        with self.lock:
            del self.by_name[name]

    def desired(self) -> dict[str, int]:
        return {group.name: group.desired for group in self.list_groups() if group.desired}


def placed(pod: PodView, node: str) -> PodView:
    """Return the pod as it runs on a node."""
    return replace(pod, node=node, phase="Running", ready=True, refused=False, asked_again=False)
