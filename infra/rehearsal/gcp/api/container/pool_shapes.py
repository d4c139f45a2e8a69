"""A node pool as GKE shows it: what it fills in where a call says nothing.

Source: container API, descriptions of NodeConfig and NodePool in the discovery document; the node
of GKE 1.36.3 that `nodes/gcp.py` names for disk and image.
"""

from infra.rehearsal.gcp.api.compute.places import machine_type
from infra.rehearsal.gcp.api.container.addresses import node_prefix, pods_of
from infra.rehearsal.gcp.api.container.state import link
from infra.replies import block, blocks, dig, optional_text, text
from infra.wire import Properties, Value

MACHINE_TYPE = "e2-medium"
DISK_GIB = 100
DISK_TYPE = "pd-balanced"
IMAGE = "COS_CONTAINERD"
GPU_TAINT: Properties = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}


def completed(name: str, asked: Properties, cluster: Properties, *, others: bool) -> Properties:
    """Return a pool as GKE makes it.

    Args:
        name: its full name.
        asked: what the call says.
        cluster: its cluster.
        others: whether the cluster has nodes without GPUs already: then GKE itself keeps pods that
            ask for no GPU off those with one (GKE documentation, "Run GPUs in Standard node
            pools", as remembered).
    """
    pods = pods_of(asked, pods_of(cluster))
    pool: Properties = {
        "version": cluster["currentMasterVersion"],
        "locations": cluster["locations"],
        "initialNodeCount": 0,
        **asked,
        "config": _config(block(asked, "config"), cluster, others=others),
        "maxPodsConstraint": {"maxPodsPerNode": str(pods)},
        "podIpv4CidrSize": node_prefix(pods),
        "status": "PROVISIONING",
        "selfLink": link(name),
        "etag": "e1",
    }
    policy = block(cluster, "ipAllocationPolicy")
    pool["networkConfig"] = {
        "podRange": policy["clusterSecondaryRangeName"],
        "podIpv4CidrBlock": policy["clusterIpv4CidrBlock"],
        "enablePrivateNodes": bool(dig(cluster, "privateClusterConfig.enablePrivateNodes")),
        **block(asked, "networkConfig"),
    }
    pool["management"] = {"autoUpgrade": True, "autoRepair": True, **block(asked, "management")}
    strategy: Properties = {"strategy": "SURGE", "maxSurge": 1}
    if dig(asked, "config.flexStart") or dig(asked, "queuedProvisioning.enabled"):
        strategy = {"strategy": "SHORT_LIVED"}
    pool["upgradeSettings"] = block(asked, "upgradeSettings") or strategy
    return pool


def _config(asked: Properties, cluster: Properties, *, others: bool) -> Properties:
    config: Properties = {
        "machineType": MACHINE_TYPE,
        "diskSizeGb": DISK_GIB,
        "diskType": DISK_TYPE,
        "imageType": IMAGE,
        "serviceAccount": "default",
        "metadata": {"disable-legacy-endpoints": "true"},
        "shieldedInstanceConfig": {"enableIntegrityMonitoring": True},
        "effectiveCgroupMode": "EFFECTIVE_CGROUP_MODE_V2",
        **asked,
    }
    if dig(cluster, "workloadIdentityConfig.workloadPool"):
        config.setdefault("workloadMetadataConfig", {"mode": "GKE_METADATA"})
    kind = machine_type(optional_text(config, "machineType"))
    if kind is not None and kind.accelerator and not config.get("accelerators"):
        config["accelerators"] = [
            {"acceleratorType": kind.accelerator, "acceleratorCount": str(kind.gpu_count)}
        ]
    taints = blocks(config, "taints")
    if config.get("accelerators") and others and GPU_TAINT not in taints:
        with_gpu: list[Value] = [*taints, GPU_TAINT]
        config["taints"] = with_gpu
    return config


def bounds(pool: Properties) -> tuple[int, int] | None:
    """Return the fewest and the most nodes of a pool that GKE scales; None where it does not."""
    autoscaling = block(pool, "autoscaling")
    if not autoscaling.get("enabled"):
        return None
    zones = pool["locations"]
    each = len(zones) if isinstance(zones, list) else 1
    if autoscaling.get("totalMaxNodeCount"):
        return _count(autoscaling, "totalMinNodeCount"), _count(autoscaling, "totalMaxNodeCount")
    return (
        _count(autoscaling, "minNodeCount") * each,
        _count(autoscaling, "maxNodeCount") * each,
    )


def first_size(pool: Properties) -> int:
    """Return how many nodes a new pool has: the initial count in each zone, within its bounds.

    GKE's autoscaler brings a pool to its minimum by itself (GKE documentation, "About GKE cluster
    autoscaling", "Autoscaling limits", as remembered).
    """
    zones = pool["locations"]
    count = _count(pool, "initialNodeCount") * (len(zones) if isinstance(zones, list) else 1)
    limits = bounds(pool)
    return count if limits is None else max(count, limits[0])


def cloud_labels(pool: Properties) -> dict[str, str]:
    """Return the labels that GKE sets by the settings of a pool; see `nodes/gcp.py`."""
    config = block(pool, "config")
    found = {
        "cloud.google.com/gke-boot-disk": str(config["diskType"]),
        "cloud.google.com/gke-logging-variant": "DEFAULT",
        "cloud.google.com/gke-max-pods-per-node": text(pool, "maxPodsConstraint.maxPodsPerNode"),
        "cloud.google.com/gke-netd-ready": "true",
        "cloud.google.com/private-node": str(
            bool(dig(pool, "networkConfig.enablePrivateNodes"))
        ).lower(),
    }
    if dig(config, "workloadMetadataConfig.mode") == "GKE_METADATA":
        found["iam.gke.io/gke-metadata-server-enabled"] = "true"
    for accelerator in blocks(config, "accelerators"):
        found["cloud.google.com/gke-accelerator"] = str(accelerator["acceleratorType"])
        driver = dig(accelerator, "gpuDriverInstallationConfig.gpuDriverVersion")
        if driver in ("DEFAULT", "LATEST"):
            found["cloud.google.com/gke-gpu-driver-version"] = str(driver).lower()
    return found


def _count(value: Properties, field: str) -> int:
    found = value.get(field)
    return found if isinstance(found, int) else 0
