"""GPU software of a cluster: the device plugin that offers GPUs, the exporter that watches them.

Owns two chart releases, their namespace and what is open in it: the API server, for the programs
that ask it. The metrics port stays closed until something collects metrics.
Does not own the driver and the container toolkit, which the node image brings, nor dashboards.
Why the plugin is installed: of EKS's images, Amazon Linux 2023 with NVIDIA has the driver but no
device plugin (EKS user guide, 2026). Bottlerocket, Auto Mode and GKE bring their own; two plugins
on a node dispute the same GPUs (NVIDIA/aicr#2000, 2026-08-03), so there is exactly one, here.
"""

import pulumi

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import network_policies
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
PROGRAMS_THAT_ASK_THE_API_SERVER = ("node-feature-discovery", "dcgm-exporter")
"""Their `app.kubernetes.io/name`. NFD's clean-up Job carries it too. Plugin and GPU feature
discovery talk to the kubelet and to files alone (templates of chart 0.20.0)."""
QUOTA = {f"requests.{labels.GPU}": "0", "persistentvolumeclaims": "0"}
"""Neither pods nor CPU: there are as many of them as nodes, and the pools bound those."""


def _resources(cpu: str, memory: str, memory_limit: str) -> dict[str, ChartValue]:
    """Return requests and limits. No limit of CPU: what is idle may be used."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory_limit}}


def _node_feature_discovery() -> dict[str, ChartValue]:
    """Return what the three programs of node feature discovery ask for and give up.

    Requests are the chart's own (0.19.0), said here so that an update of the chart cannot change
    unseen what fits beside a model. The seccomp profile is all that the chart lacks: with it, those
    that leave the node alone would be admitted at the strictest Pod Security level.
    """
    confined: dict[str, ChartValue] = {
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}}
    }
    return {
        "master": {**confined, "resources": _resources("100m", "128Mi", "4Gi")},
        "worker": {**confined, "resources": _resources("5m", "64Mi", "512Mi")},
        "gc": {**confined, "resources": _resources("10m", "128Mi", "1Gi")},
    }


def device_plugin_values() -> dict[str, ChartValue]:
    """Return the values of the chart `nvidia-device-plugin`, where they differ from its own."""
    return {
        # GPU feature discovery labels nodes with product, memory and driver version. It brings node
        # feature discovery along, whose default toleration fits our taint's value.
        "gfd": {"enabled": True},
        "nfd": _node_feature_discovery(),
        # Of the plugin, of feature discovery and of the MPS daemon each. The chart asks for
        # nothing: such a pod is the first to go when memory is short, and the GPUs go with it.
        "resources": _resources("20m", "64Mi", "256Mi"),
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
        "resources": _resources("100m", "256Mi", "1Gi"),
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

    def __init__(
        self, name: str, *, kubernetes_version: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install both charts. A cluster gets this once."""
        super().__init__("tokenworks:kubernetes:GpuSoftware", name, None, opts)
        self._name = name
        self._home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            # The plugin mounts the kubelet's sockets, the exporter adds SYS_ADMIN for profiling.
            pod_security=PodSecurity.PRIVILEGED,
            kubernetes_version=kubernetes_version,
            quota=QUOTA,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.namespace = self._home.ref
        self._api = network_policies.open_egress(
            f"{name}-api",
            namespace=self.namespace,
            label="kubernetes-api",
            pods=network_policies.pods_named(*PROGRAMS_THAT_ASK_THE_API_SERVER),
            to=[network_policies.kubernetes_api()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._install("nvidia-device-plugin", device_plugin_values())
        self._install("dcgm-exporter", dcgm_exporter_values())
        self.register_outputs({"namespace": self.namespace.name})

    def _install(self, chart: str, values: dict[str, ChartValue]) -> None:
        helm_release(
            f"{self._name}-{chart}",
            releases.chart(chart),
            namespace=self.namespace,
            values=values,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Removing a release runs a Job that needs the API server: its way stays open.
                depends_on=[self._home, self._api],
                # Two releases of the plugin at once would both offer the node's GPUs.
                delete_before_replace=True,
            ),
        )
