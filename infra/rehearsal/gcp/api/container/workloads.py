"""What GKE itself runs in a cluster: placeholders with the requests of the real ones.

Owns: which DaemonSets and Deployments a cluster gets by its settings, as `gke-addon-manager` keeps
them. On a GPU node GKE's own device plugin is among them; it is the one that announces GPUs.

Sources of requests:
- a node of GKE 1.36.3, `kubectl describe node` in the notes of a load test, camunda/camunda,
  2026-10-08: fluentbit-gke, gke-metadata-server, gke-metrics-agent, ip-masq-agent, netd,
  node-local-dns, pdcsi-node;
- all DaemonSets of a GKE cluster with Dataplane V2 and the CPU that they ask for (2025): anetd; its
  memory is what it asks for on Google Distributed Cloud (2023), GKE's own was not found;
- GoogleCloudPlatform/gcs-fuse-csi-driver@f8d07ed, deploy/base/node/node.yaml: gcsfusecsi-node;
- vllm-project/production-stack, GKE tutorial, 1.31.5 (2025-05): nvidia-gpu-device-plugin;
- a node of GKE 1.30 (2024): the Deployments, and the collector of managed Prometheus.
Taints, selectors and which variant runs where: cloudpilot-ai/karpenter-provider-gcp#202
(2026-03-03) and #449 (2026-06-09). GKE has variants of some by the size of a node; here is one.

Not simulated: that replicas of kube-dns, konnectivity-agent and l7-default-backend grow with the
cluster, and add-ons that our clusters switch off or never had.
"""

from infra.rehearsal.cloud.system_workloads import (
    CLUSTER_CRITICAL,
    NODE_CRITICAL,
    Workload,
    requests,
)
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE
from infra.replies import dig
from infra.wire import Properties, Value

REGISTRY = "gke.gcr.io"
GMP_NAMESPACE = "gmp-system"
_EVERYWHERE: list[Value] = [{"operator": "Exists"}]
_LINUX: Properties = {"kubernetes.io/os": "linux"}
_ON_NODES: Properties = {
    "priorityClassName": NODE_CRITICAL,
    "tolerations": _EVERYWHERE,
    "nodeSelector": _LINUX,
}
_IN_HOST_NETWORK: Properties = {"hostNetwork": True, **_ON_NODES}
_OF_CLUSTER: Properties = {"priorityClassName": CLUSTER_CRITICAL}
_HAS_GPU: Properties = {"key": "cloud.google.com/gke-accelerator", "operator": "Exists"}
_BESIDES_NVIDIA: Properties = {
    "key": "gke-no-default-nvidia-gpu-device-plugin",
    "operator": "DoesNotExist",
}


def system_objects(cluster: Properties) -> list[Properties]:
    """Return the objects that GKE puts into a cluster, in the order of their creation."""
    found: list[Properties] = []
    if dig(cluster, "monitoringConfig.managedPrometheusConfig.enabled") is not False:
        found.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GMP_NAMESPACE}})
    found += [
        one
        for workload in _workloads(cluster)
        for one in workload.objects({}, lambda name: f"{REGISTRY}/{name}:rehearsal")
    ]
    return [*found, *_storage_classes(cluster)]


def _workloads(cluster: Properties) -> list[Workload]:
    found = [
        _daemon_set("anetd", "205m", "164Mi", host=True),
        _daemon_set("fluentbit-gke", "105m", "230Mi"),
        _daemon_set("gke-metrics-agent", "21m", "145Mi"),
        _daemon_set("netd", "8m", "65Mi", host=True),
        _device_plugin(),
        _deployment("event-exporter-gke", "3m", "100Mi"),
        _deployment("konnectivity-agent", "15m", "60Mi", replicas=2),
        _deployment("konnectivity-agent-autoscaler", "10m", "10M"),
        _deployment("metrics-server", "43m", "55Mi"),
    ]
    if dig(cluster, "workloadIdentityConfig.workloadPool"):
        found.append(_metadata_server())
    if not str(cluster["clusterIpv4Cidr"]).startswith("10."):
        # Pods' addresses outside of 10.0.0.0/8 (GKE documentation, "IP masquerade agent", as
        # remembered).
        found.append(_daemon_set("ip-masq-agent", "10m", "16Mi", host=True))
    addons = "addonsConfig"
    if dig(cluster, f"{addons}.gcePersistentDiskCsiDriverConfig.enabled") is not False:
        found.append(_daemon_set("pdcsi-node", "10m", "20Mi", host=True))
    if dig(cluster, f"{addons}.gcsFuseCsiDriverConfig.enabled"):
        found.append(_gcs_fuse())
    if dig(cluster, f"{addons}.dnsCacheConfig.enabled"):
        found.append(_daemon_set("node-local-dns", "30m", "50Mi", host=True))
    if dig(cluster, "networkConfig.dnsConfig.clusterDns") != "CLOUD_DNS":
        found.append(_deployment("kube-dns", "265m", "140Mi", replicas=2))
        found.append(_deployment("kube-dns-autoscaler", "20m", "10Mi"))
    if not dig(cluster, f"{addons}.httpLoadBalancing.disabled"):
        found.append(_deployment("l7-default-backend", "10m", "20Mi"))
    if dig(cluster, "monitoringConfig.managedPrometheusConfig.enabled") is not False:
        found.append(_collector())
    return found


def _daemon_set(name: str, cpu: str, memory: str, *, host: bool = False) -> Workload:
    return Workload(
        kind="DaemonSet",
        name=name,
        labels={"k8s-app": name},
        containers={name: requests(cpu, memory)},
        pod=_IN_HOST_NETWORK if host else _ON_NODES,
        account=name,
    )


def _deployment(name: str, cpu: str, memory: str, *, replicas: int = 1) -> Workload:
    return Workload(
        kind="Deployment",
        name=name,
        labels={"k8s-app": name},
        containers={name: requests(cpu, memory)},
        pod=_OF_CLUSTER,
        account=name,
        replicas=replicas,
    )


def _metadata_server() -> Workload:
    ready: Properties = {**_LINUX, "iam.gke.io/gke-metadata-server-enabled": "true"}
    return Workload(
        kind="DaemonSet",
        name="gke-metadata-server",
        labels={"k8s-app": "gke-metadata-server"},
        containers={"gke-metadata-server": requests("100m", "100Mi", memory_limit="200Mi")},
        pod={**_IN_HOST_NETWORK, "nodeSelector": ready},
        account="gke-metadata-server",
    )


def _gcs_fuse() -> Workload:
    return Workload(
        kind="DaemonSet",
        name="gcsfusecsi-node",
        labels={"k8s-app": "gcs-fuse-csi-driver"},
        containers={
            "gcs-fuse-csi-driver": requests("5m", "10Mi", cpu_limit="200m", memory_limit="200Mi"),
            "csi-driver-registrar": requests("10m", "10Mi", cpu_limit="50m", memory_limit="100Mi"),
        },
        pod=_IN_HOST_NETWORK,
        account="gcsfusecsi-node-sa",
    )


def _device_plugin() -> Workload:
    terms: list[Value] = [{"matchExpressions": [_HAS_GPU, _BESIDES_NVIDIA]}]
    required: Properties = {"nodeSelectorTerms": terms}
    affinity: Properties = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}
    }
    return Workload(
        kind="DaemonSet",
        name="nvidia-gpu-device-plugin-small-cos",
        labels={"k8s-app": "nvidia-gpu-device-plugin"},
        containers={
            "nvidia-gpu-device-plugin": requests("150m", "80Mi", cpu_limit="1", memory_limit="80Mi")
        },
        pod={
            "priorityClassName": NODE_CRITICAL,
            "tolerations": _EVERYWHERE,
            "affinity": affinity,
            "hostNetwork": True,
        },
        annotations={ADVERTISES_ANNOTATION: GPU_RESOURCE},
    )


def _collector() -> Workload:
    return Workload(
        kind="DaemonSet",
        name="collector",
        labels={"app.kubernetes.io/name": "collector"},
        containers={"prometheus": requests("4m", "32M"), "config-reloader": requests("1m", "4M")},
        pod={"tolerations": _EVERYWHERE, "nodeSelector": _LINUX},
        namespace=GMP_NAMESPACE,
    )


def _storage_classes(cluster: Properties) -> list[Properties]:
    # GKE documentation, "Persistent volumes and dynamic provisioning", as remembered.
    if dig(cluster, "addonsConfig.gcePersistentDiskCsiDriverConfig.enabled") is False:
        return []
    return [
        _storage_class("standard-rwo", "pd-balanced", default=True),
        _storage_class("premium-rwo", "pd-ssd"),
    ]


def _storage_class(name: str, kind: str, *, default: bool = False) -> Properties:
    mark: Properties = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, **({"annotations": mark} if default else {})},
        "provisioner": "pd.csi.storage.gke.io",
        "parameters": {"type": kind},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
