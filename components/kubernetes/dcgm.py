"""The exporter that watches GPUs: the values of its chart on each cloud.

Owns what differs between the clouds: how the exporter finds GPU nodes, their driver and their
devices, and by which name it knows a GPU. Does not own the release (`gpu`), nor dashboards.
Why the same chart on GKE, which can run DCGM by itself: what it runs reports to Cloud Monitoring
alone, and two profilers on one GPU dispute its counters.
"""

from components import labels
from components.kubernetes.charts import ChartValue
from infra.spec.cloud import CloudProvider

TOLERATION: dict[str, ChartValue] = {
    "key": labels.GPU,
    "operator": "Exists",
    "effect": "NoSchedule",
}
GPU_NODES: dict[str, ChartValue] = {labels.GPU_NODE: "true"}
GKE_DRIVER = "/home/kubernetes/bin/nvidia"
GKE_DRIVER_IN_POD = "/usr/local/nvidia"
"""Where GKE installs NVIDIA's driver on a node, and where its own device plugin mounts that
(GoogleCloudPlatform/container-engine-accelerators@002fa8e, cmd/nvidia_gpu/nvidia_gpu.go)."""
METRICS_MOUNT: dict[str, ChartValue] = {
    "name": "exporter-metrics-volume",
    "mountPath": "/etc/dcgm-exporter/default-counters.csv",
    "subPath": "default-counters.csv",
}
"""The chart's own mount: a list of ours takes the place of its list (chart 4.8.3)."""


def dcgm_exporter_values(cloud: CloudProvider) -> dict[str, ChartValue]:
    """Return the values of the chart `dcgm-exporter`, where they differ from its own."""
    return {
        # On by default, and its kind does not exist before monitoring is built: the install fails.
        "serviceMonitor": {"enabled": False},
        # The chart tolerates control-plane nodes only, so it would run on no GPU node at all.
        "tolerations": [TOLERATION],
        # More than the chart's 512Mi: memory grows with GPUs and pods, and an exporter that is
        # killed for memory is blind in exactly the busy hour. No limit of CPU: what is idle may be
        # used.
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": "1Gi"},
        },
        # Series carry the pod's labels: GPU use per model.
        "kubernetes": {
            "enablePodLabels": True,
            "podLabelAllowlistRegex": ["^app\\.kubernetes\\.io/.*", "^tokenworks\\.dev/.*"],
        },
        **_ON_CLOUD[cloud],
    }


_ON_EKS: dict[str, ChartValue] = {"nodeSelector": GPU_NODES}
_ON_GKE: dict[str, ChartValue] = {
    # GKE labels GPU nodes with the type of the GPU, whatever a pool says.
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": labels.GKE_ACCELERATOR, "operator": "Exists"}]}
                ]
            }
        }
    },
    # Container-Optimized OS has no runtime that hands out devices to a pod that asks for none, so
    # the exporter must see the node's own. Google runs it like this
    # (GoogleCloudPlatform/prometheus-engine@03303cc, examples/nvidia-dcgm/exporter.yaml). The API
    # server refuses `privileged` next to the chart's `allowPrivilegeEscalation: false`.
    "securityContext": {"privileged": True, "allowPrivilegeEscalation": True},
    "extraHostVolumes": [{"name": "nvidia-driver", "hostPath": GKE_DRIVER}],
    "extraVolumeMounts": [
        METRICS_MOUNT,
        {"name": "nvidia-driver", "mountPath": GKE_DRIVER_IN_POD, "readOnly": True},
    ],
    "extraEnv": [
        {"name": "LD_LIBRARY_PATH", "value": f"{GKE_DRIVER_IN_POD}/lib64"},
        # GKE's plugin tells the kubelet `nvidia0`, not the id that the driver knows. The same page.
        {"name": "DCGM_EXPORTER_KUBERNETES_GPU_ID_TYPE", "value": "device-name"},
    ],
}
_ON_CLOUD = {CloudProvider.AWS: _ON_EKS, CloudProvider.GCP: _ON_GKE}
