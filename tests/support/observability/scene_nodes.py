"""What nodes, GPUs and Kubernetes say while the scene runs.

Written from the pinned lists of dcgm-exporter, kube-state-metrics, node-exporter and kubelet.
"""

import random
from collections.abc import Sequence

from tests.support.observability.platform import GPU_NODES, MODELS, NODES, Node, Server
from tests.support.observability.recording import Recording, noise, values

STATE = {"job": "kube-state-metrics"}
GIB = 1024**3
HOT = "ip-10-0-11-201.ec2.internal"
"""The node whose fifth GPU is not cooled as it should be."""
HOT_GPU = 5
WORN_GPU = 2
"""GPU of that node with rows that were mapped anew, and an XID that says so."""
XID_ROW_REMAP = 63


def record(recording: Recording) -> None:
    """Record nodes, their GPUs, pods and volumes."""
    for node in NODES:
        _node(recording, node)
        _machine(recording, node)
    for node in GPU_NODES:
        for gpu in range(node.gpus):
            _gpu(recording, node, gpu)
    _pods(recording)
    _volumes(recording)


def while_there(node: Node, at: Sequence[float]) -> list[float | None]:
    """Return values that are known only while a node is there."""
    return [value if there else None for value, there in zip(at, node.there, strict=True)]


def _node(recording: Recording, node: Node) -> None:
    labels = {**STATE, "node": node.name}
    always = while_there(node, [1.0] * len(node.there))
    recording.gauge(
        "kube_node_labels",
        {
            **labels,
            "label_node_kubernetes_io_instance_type": node.machine,
            "label_tokenworks_dev_capacity": node.capacity,
            "label_tokenworks_dev_pool": node.pool,
        },
        always,
    )
    ready = {**labels, "condition": "Ready"}
    recording.gauge("kube_node_status_condition", {**ready, "status": "true"}, always)
    if node.gpus:
        allocatable = {**labels, "resource": "nvidia_com_gpu", "unit": "integer"}
        gpus = while_there(node, [float(node.gpus)] * len(node.there))
        recording.gauge("kube_node_status_allocatable", allocatable, gpus)


def _machine(recording: Recording, node: Node) -> None:
    labels = {"job": "node-exporter", "node": node.name, "instance": node.name}
    drawn = random.Random(node.name)  # noqa: S311 - pictures, no secrets
    idle_share, free_share = drawn.uniform(0.6, 0.92), drawn.uniform(0.3, 0.75)
    idle = [idle_share * shaken for shaken in noise(f"{node.name} idle", 0.02)]
    for cpu in range(2):
        recording.counter(
            "node_cpu_seconds_total",
            {**labels, "cpu": str(cpu), "mode": "idle"},
            [min(0.99, each) for each in idle],
        )
    total = 16 if not node.gpus else 384
    free = [total * GIB * free_share * shaken for shaken in noise(f"{node.name} memory", 0.015)]
    recording.gauge(
        "node_memory_MemTotal_bytes", labels, while_there(node, [total * GIB] * len(free))
    )
    recording.gauge("node_memory_MemAvailable_bytes", labels, while_there(node, free))


def _gpu(recording: Recording, node: Node, gpu: int) -> None:
    labels = {"job": "dcgm-exporter", "node": node.name, "gpu": str(gpu), "modelName": node.gpu}
    found = _holder(node, gpu)
    load = [0.0] * len(node.there)
    if found is not None:
        model, server, load = found
        of_pod = {"namespace": "models", "pod": server.pod, "container": "server"}
        labels |= {**of_pod, "tokenworks_dev_model": model}
    shaken = noise(f"{node.name} {gpu}", 0.03)
    use = [min(1.0, 0.74 * each * shake) for each, shake in zip(load, shaken, strict=True)]
    hot = 25 if (node.name, gpu) == (HOT, HOT_GPU) else 0
    worn = (node.name, gpu) == (HOT, WORN_GPU)
    later = values(lambda hour: float(hour > 2.2))
    at_last = values(lambda hour: float(hour > 5.4))
    memory = node.memory_mib
    used = [memory * (0.905 + 0.004 * each) if found else 4.0 for each in use]
    fields = {
        "DCGM_FI_DEV_GPU_UTIL": [round(100 * each, 3) for each in use],
        "DCGM_FI_DEV_FB_USED": used,
        "DCGM_FI_DEV_FB_FREE": [memory - each for each in used],
        "DCGM_FI_DEV_GPU_TEMP": [33 + 38 * each + hot * (0.4 + each) for each in use],
        "DCGM_FI_DEV_POWER_USAGE": [node.watts * (0.11 + 0.72 * each) for each in use],
        "DCGM_FI_DEV_SM_CLOCK": [2520 - 12 * max(0.0, hot * each - 9) * 9 for each in use],
        "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE": [0.31 * each for each in use],
        "DCGM_FI_PROF_DRAM_ACTIVE": [0.66 * each for each in use],
        "DCGM_FI_PROF_PCIE_TX_BYTES": [2.1e8 * each for each in use],
        "DCGM_FI_PROF_PCIE_RX_BYTES": [3.4e8 * each for each in use],
        "DCGM_FI_DEV_XID_ERRORS": [XID_ROW_REMAP * each if worn else 0.0 for each in later],
        "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS": [2 * each if worn else 0.0 for each in later],
        "DCGM_FI_DEV_ROW_REMAP_FAILURE": [each if worn else 0.0 for each in at_last],
    }
    for name, at in fields.items():
        recording.gauge(name, labels, while_there(node, at))


def _holder(node: Node, gpu: int) -> tuple[str, Server, list[float]] | None:
    for model in MODELS:
        for server in model.servers:
            if server.node == node.name and gpu in server.gpus:
                return model.object_name, server, model.load
    return None


def _pods(recording: Recording) -> None:
    for model in MODELS:
        for server in model.servers:
            up = model.up(server)
            labels = {**STATE, "namespace": "models", "pod": server.pod}
            asked = {
                **labels,
                "container": "server",
                "resource": "nvidia_com_gpu",
                "unit": "integer",
            }
            recording.gauge(
                "kube_pod_container_resource_requests",
                {**asked, "node": server.node},
                float(len(server.gpus)),
            )
            recording.gauge("kube_pod_status_phase", {**labels, "phase": "Running"}, up)
            waits = [1 - alive for alive in up]
            recording.gauge("kube_pod_status_phase", {**labels, "phase": "Pending"}, waits)
    for namespace, pod, jumps_at in (
        ("models", MODELS[1].servers[0].pod, 3.9),
        ("gateway", "envoy-gateway-84c5d9b7f6-8xk2r", 99),
        ("vector-store", "milvus-querynode-7f9d8c6b5-2pmxw", 2.6),
        ("monitoring", "prometheus-monitoring-prometheus-0", 99),
    ):
        recording.gauge(
            "kube_pod_container_status_restarts_total",
            {**STATE, "namespace": namespace, "pod": pod, "container": "server"},
            values(lambda hour, at=jumps_at: 1.0 + (hour > at)),
        )


def _volumes(recording: Recording) -> None:
    for namespace, claim, gib, share in (
        ("monitoring", "prometheus-monitoring-prometheus-0", 100, 0.41),
        ("vector-store", "data-milvus-etcd-0", 10, 0.07),
        ("vector-store", "data-milvus-etcd-1", 10, 0.07),
        ("cache", "valkey-counters-0", 8, 0.12),
        ("monitoring", "loki-0", 50, 0.63),
    ):
        labels = {
            "job": "kubelet",
            "namespace": namespace,
            "persistentvolumeclaim": claim,
            "node": NODES[0].name,
        }
        size = gib * GIB
        recording.gauge("kubelet_volume_stats_capacity_bytes", labels, float(size))
        recording.gauge(
            "kubelet_volume_stats_used_bytes",
            labels,
            values(lambda hour, full=share * size: full * (1 + 0.01 * (hour + 2))),
        )
