"""What is allowed to be less than restricted, and why: the one table of exceptions.

Rules read it to know what to let pass; `tests/real` shows that the API server refuses each one
without it.
"""

from collections.abc import Mapping

NOT_RESTRICTED: Mapping[str, str] = {
    "gpu-system": "the device plugin mounts the kubelet's sockets, the exporter adds SYS_ADMIN",
    "node-agents": "node-exporter reads the node's files, processes and network",
}
"""Namespaces of ours below the strictest Pod Security level."""

NODE_LEVEL: Mapping[str, str] = {
    "gpu-system DaemonSet nvidia-device-plugin": "speaks to the kubelet through its socket",
    "gpu-system DaemonSet nvidia-device-plugin-mps-control-daemon": (
        "shares a GPU between processes, on nodes that are labelled for it: none of ours"
    ),
    "gpu-system DaemonSet nvidia-device-plugin-gpu-feature-discovery": (
        "reads the machine, and writes what it found for node feature discovery"
    ),
    "gpu-system DaemonSet nvidia-device-plugin-node-feature-discovery-worker": (
        "reads kernel, processor and PCI devices of the node"
    ),
    "gpu-system DaemonSet dcgm-exporter": (
        "asks the kubelet which pod has which GPU; profiling metrics need SYS_ADMIN"
    ),
    "node-agents DaemonSet monitoring-prometheus-node-exporter": (
        "measures the node: its network and processes, its disks from their mount points"
    ),
}
"""Pods that touch their node, and what for."""
