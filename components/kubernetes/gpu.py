"""GPU software of a cluster: the device plugin that offers GPUs, the exporter that watches them.

Owns two chart releases and their namespace.
Does not own the driver and the container toolkit, which the node image brings, nor dashboards.
Why the plugin is installed: of EKS's images, Amazon Linux 2023 with NVIDIA has the driver but no
device plugin (EKS user guide, 2026). Bottlerocket, Auto Mode and GKE bring their own; two plugins
on a node dispute the same GPUs (NVIDIA/aicr#2000, 2026-08-03), so there is exactly one, here.
"""

import pulumi

from components import labels
from components.handles import NamespaceRef
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from infra.catalog import releases

NAMESPACE = "gpu-system"
TOLERATION: dict[str, ChartValue] = {
    "key": labels.GPU,
    "operator": "Exists",
    "effect": "NoSchedule",
}
GPU_NODES: dict[str, ChartValue] = {labels.GPU_NODE: "true"}


def device_plugin_values() -> dict[str, ChartValue]:
    """Return the values of the chart `nvidia-device-plugin`, where they differ from its own."""
    return {
        # GPU feature discovery labels nodes with product, memory and driver version. It brings node
        # feature discovery along, whose default toleration fits our taint's value.
        "gfd": {"enabled": True},
        # A node whose GPUs do not answer shall show it, not wait as a node without GPUs.
        "failOnInitError": True,
        "nodeSelector": GPU_NODES,
        "tolerations": [TOLERATION],
    }


def dcgm_exporter_values() -> dict[str, ChartValue]:
    """Return the values of the chart `dcgm-exporter`, where they differ from its own."""
    return {
        # On by default, and its kind does not exist before monitoring is built: the install fails.
        "serviceMonitor": {"enabled": False},
        "nodeSelector": GPU_NODES,
        # The chart tolerates control-plane nodes only, so it would run on no GPU node at all.
        "tolerations": [TOLERATION],
        # More than the chart's 512Mi: memory grows with GPUs and pods, and an exporter that is
        # killed for memory is blind in exactly the busy hour.
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": "1Gi"},
        },
        # Series carry the pod's labels: GPU use per model.
        "kubernetes": {
            "enablePodLabels": True,
            "podLabelAllowlistRegex": ["^app\\.kubernetes\\.io/.*", "^tokenworks\\.dev/.*"],
        },
    }


class GpuSoftware(pulumi.ComponentResource):
    """Device plugin and GPU metrics for every GPU node of a cluster."""

    namespace: NamespaceRef
    """Where both run."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Install both charts. A cluster gets this once."""
        super().__init__("tokenworks:kubernetes:GpuSoftware", name, None, opts)
        self._name = name
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            # The plugin mounts the kubelet's sockets, the exporter adds SYS_ADMIN for profiling.
            pod_security=PodSecurity.PRIVILEGED,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.namespace = home.ref
        self._install("nvidia-device-plugin", device_plugin_values())
        self._install("dcgm-exporter", dcgm_exporter_values())
        self.register_outputs({"namespace": self.namespace.name})

    def _install(self, chart: str, values: dict[str, ChartValue]) -> None:
        helm_release(
            f"{self._name}-{chart}",
            releases.chart(chart),
            namespace=self.namespace,
            values=values,
            # Two releases of the plugin at once would both offer the node's GPUs.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
