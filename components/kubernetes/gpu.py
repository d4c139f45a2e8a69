"""GPU software of a cluster: the device plugin that offers GPUs, the exporter that watches them.

Owns which of it a cloud's nodes need, the chart releases, their namespace and what is open in it:
the API server, for the programs that ask it. The metrics port stays closed until something collects
metrics.
Does not own the driver and the container toolkit, which the node image brings, the exporter's
settings (`dcgm`), nor dashboards.
Why the plugin is installed on EKS: Amazon Linux 2023 with NVIDIA has the driver but no device
plugin (EKS user guide, 2026). Bottlerocket, Auto Mode and GKE bring their own; two plugins on a
node dispute the same GPUs (NVIDIA/aicr#2000, 2026-08-03), so there is exactly one: ours here, and
on GKE Google's, with the labels that ours would need feature discovery for.
"""

from collections.abc import Sequence

import pulumi

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.dcgm import GPU_NODES, TOLERATION, dcgm_exporter_values
from components.kubernetes.namespaces import Namespace, PodSecurity, quota_of_priorities
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.pools import GpuPoolSpec

NAMESPACE = "gpu-system"
PLUGIN, EXPORTER = "nvidia-device-plugin", "dcgm-exporter"
CHARTS = {CloudProvider.AWS: (PLUGIN, EXPORTER), CloudProvider.GCP: (EXPORTER,)}
PROGRAMS_THAT_ASK_THE_API_SERVER = {
    PLUGIN: ("node-feature-discovery",),
    EXPORTER: ("dcgm-exporter",),
}
"""Chart to the `app.kubernetes.io/name` of programs. NFD's clean-up Job carries it too. Plugin and
GPU feature discovery talk to the kubelet and to files alone (templates of chart 0.20.0)."""
QUOTA = {f"requests.{labels.GPU}": "0", "persistentvolumeclaims": "0"}
"""Neither pods nor CPU: there are as many of them as nodes, and the pools bound those."""
NODES_WHILE_UPGRADED = 2
"""Times the nodes of a pool, at most: GKE starts the new ones first, as many as it is told to."""


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


class GpuSoftware(pulumi.ComponentResource):
    """What offers and what watches the GPUs of a cluster, where its nodes do not bring it."""

    namespace: NamespaceRef
    """Where it runs."""

    def __init__(
        self,
        name: str,
        pools: Sequence[GpuPoolSpec],
        *,
        cloud: CloudProvider,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install the cloud's charts for `pools`. A cluster gets this once."""
        super().__init__("tokenworks:kubernetes:GpuSoftware", name, None, opts)
        self._name = name
        self._home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            # The plugin mounts the kubelet's sockets, the exporter adds SYS_ADMIN for profiling, or
            # is privileged where no runtime gives it the GPUs.
            pod_security=PodSecurity.PRIVILEGED,
            kubernetes_version=kubernetes_version,
            quota=QUOTA,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.namespace = self._home.ref
        charts = CHARTS[cloud]
        needed = [self._home, self._open_the_way_to_the_api_server(charts)]
        if cloud is CloudProvider.GCP:
            needed.append(self._allow_critical_pods(pools))
        values = {PLUGIN: device_plugin_values(), EXPORTER: dcgm_exporter_values(cloud)}
        for chart in charts:
            self._install(chart, values[chart], needed)
        self.register_outputs({"namespace": self.namespace.name})

    def _open_the_way_to_the_api_server(self, charts: Sequence[str]) -> pulumi.Resource:
        programs = [name for chart in charts for name in PROGRAMS_THAT_ASK_THE_API_SERVER[chart]]
        return network_policies.open_egress(
            f"{self._name}-api",
            namespace=self.namespace,
            label="kubernetes-api",
            pods=network_policies.pods_named(*programs),
            to=[network_policies.kubernetes_api()],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _allow_critical_pods(self, pools: Sequence[GpuPoolSpec]) -> pulumi.Resource:
        """Let the exporter have the priority of the node's own software.

        GKE's API server refuses that priority outside of `kube-system` to a namespace whose quotas
        do not name it (GKE, "Quotas for critical pods"; NVIDIA, GPU Operator on GKE, 2026).
        """
        return quota_of_priorities(
            f"{self._name}-critical-pods",
            namespace=self.namespace,
            label="critical-pods",
            pods=NODES_WHILE_UPGRADED * sum(pool.most_nodes for pool in pools),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _install(
        self, chart: str, values: dict[str, ChartValue], needed: Sequence[pulumi.Resource]
    ) -> None:
        helm_release(
            f"{self._name}-{chart}",
            releases.chart(chart),
            namespace=self.namespace,
            values=values,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Removing a release runs a Job that needs the API server: its way stays open.
                depends_on=list(needed),
                # Two releases of the plugin at once would both offer the node's GPUs.
                delete_before_replace=True,
            ),
        )
