"""nvidia-device-plugin 0.20.0: device plugin, MPS daemon, GPU feature discovery, and its subchart.

Owns the DaemonSets with the chart's own requests (none), tolerations, affinity and volumes. Source:
NVIDIA/k8s-device-plugin@1b826acc6, deployments/helm/nvidia-device-plugin, 2026-08-19.

Not played: what the programs would find on the machine. The device plugin announces every GPU of
the catalogue's machine; time slicing and MIG change that number and are refused.
"""

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.node_feature_discovery import objects as nfd_objects
from infra.rehearsal.charts.objects import (
    Release,
    Workload,
    host_path,
    part,
    service_account,
)
from infra.rehearsal.charts.values import defaults, effective, merged
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE
from infra.wire import Properties

CHART = "nvidia-device-plugin"
VERSIONS = ("0.20.0",)
_DROP_ALL: Properties = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_FEATURES = "/etc/kubernetes/node-feature-discovery/features.d"


def default_values() -> Properties:
    """Return the chart's values, those of its subchart below `nfd`."""
    chart = defaults(CHART)
    subchart = merged(defaults("node-feature-discovery"), part(chart, "nfd"))
    return {**chart, "nfd": {"enabled": None, **subchart}}


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, that it refuses, or that would change
            the number of GPUs in a way that is not played.
    """
    known = effective(CHART, default_values(), values)
    _refuse(release, known)
    home, full = release.home(known), release.full_name(known)
    selector = release.selector(known)
    made = [service_account(release, f"{full}-service-account", home, selector)]
    if part(known, "devicePlugin").get("enabled"):
        made += [_device_plugin(release, known), _mps(release, known)]
    if part(known, "gfd").get("enabled"):
        made.append(_feature_discovery(release, known))
    if _with_nfd(known):
        made += nfd_objects(release, part(known, "nfd"))
    return made


def _with_nfd(known: Properties) -> bool:
    """Helm's `condition: nfd.enabled,gfd.enabled`: the first of them that is set decides."""
    chosen = part(known, "nfd").get("enabled")
    return bool(part(known, "gfd").get("enabled") if chosen is None else chosen)


def _refuse(release: Release, known: Properties) -> None:
    if "default" in (release.namespace, release.home(known)) and not (
        known.get("allowDefaultNamespace")
    ):
        message = (
            f"{CHART}: namespace: the chart refuses 'default'; choose another, or set "
            "allowDefaultNamespace"
        )
        raise ChartValueError(message)
    config = part(known, "config")
    if config.get("name") or config.get("map"):
        message = (
            f"{CHART}: config: not built, a configuration can change the number of GPUs "
            f"(time slicing, MIG), got {config!r}; leave it out"
        )
        raise ChartValueError(message)
    if known.get("migStrategy") not in (None, "none"):
        message = (
            f"{CHART}: migStrategy: not built, got {known.get('migStrategy')!r}; "
            "'none' or leave it out"
        )
        raise ChartValueError(message)


def _device_plugin(release: Release, known: Properties) -> Properties:
    mps_root = str(part(known, "mps").get("root"))
    workload = _workload(
        release,
        known,
        suffix="",
        container="nvidia-device-plugin-ctr",
        security=part(known, "securityContext") or _plugin_security(known),
        annotations={ADVERTISES_ANNOTATION: GPU_RESOURCE},
        extra={
            "hostNetwork": part(known, "devicePlugin").get("enableHostNetwork"),
            "volumes": [
                host_path("kubelet-device-plugins-dir", "/var/lib/kubelet/device-plugins"),
                host_path("mps-root", mps_root, "DirectoryOrCreate"),
                host_path("mps-shm", f"{mps_root}/shm"),
                host_path("cdi-root", "/var/run/cdi", "DirectoryOrCreate"),
            ],
        },
    )
    return workload.daemon_set(known.get("updateStrategy"))


def _plugin_security(known: Properties) -> Properties:
    if known.get("compatWithCPUManager"):
        return {"privileged": True}
    if "volume-mounts" in str(known.get("deviceListStrategy") or ""):
        return {"capabilities": {"add": ["SYS_ADMIN"]}}
    return _DROP_ALL


def _mps(release: Release, known: Properties) -> Properties:
    """Runs on nodes that are labelled for MPS only: usually on none."""
    mps = part(known, "mps")
    workload = _workload(
        release,
        known,
        suffix="-mps-control-daemon",
        container="mps-control-daemon-ctr",
        security={"privileged": True},
        annotations={},
        extra={
            "hostPID": mps.get("enableHostPID"),
            "hostNetwork": mps.get("enableHostNetwork"),
            "nodeSelector": {"nvidia.com/mps.capable": "true", **part(known, "nodeSelector")},
            "volumes": [host_path("mps-root", str(mps.get("root")), "DirectoryOrCreate")],
        },
    )
    return workload.daemon_set(known.get("updateStrategy"))


def _feature_discovery(release: Release, known: Properties) -> Properties:
    gfd = part(known, "gfd")
    workload = _workload(
        release,
        known,
        suffix="-gpu-feature-discovery",
        container="gpu-feature-discovery-ctr",
        security=part(gfd, "securityContext") or _DROP_ALL,
        annotations={},
        extra={
            "hostNetwork": gfd.get("enableHostNetwork"),
            "volumes": [
                host_path("output-dir", _FEATURES, "DirectoryOrCreate"),
                host_path("host-sys", "/sys", "Directory"),
            ],
        },
    )
    return workload.daemon_set(known.get("updateStrategy"))


def _workload(  # noqa: PLR0913 - what the chart's three DaemonSets differ in
    release: Release,
    known: Properties,
    *,
    suffix: str,
    container: str,
    security: Properties,
    annotations: Properties,
    extra: Properties,
) -> Workload:
    full = release.full_name(known)
    image = part(known, "image")
    body: Properties = {
        "name": container,
        "image": f"{image.get('repository')}:{image.get('tag') or f'v{release.app_version}'}",
        "securityContext": security,
        "resources": part(known, "resources"),
    }
    pod: Properties = {
        "serviceAccountName": f"{full}-service-account",
        "priorityClassName": known.get("priorityClassName"),
        "runtimeClassName": known.get("runtimeClassName"),
        "securityContext": known.get("podSecurityContext"),
        "imagePullSecrets": known.get("imagePullSecrets"),
        "nodeSelector": known.get("nodeSelector"),
        "affinity": known.get("affinity"),
        "tolerations": known.get("tolerations"),
        "containers": [body],
        **extra,
    }
    return Workload(
        release=release,
        name=f"{full}{suffix}"[:63].rstrip("-"),
        namespace=release.home(known),
        # The chart's DaemonSets share their selector; their owner references keep them apart.
        selector=part(known, "selectorLabelsOverride") or release.selector(known),
        pod_labels=release.selector(known),
        pod_annotations={**part(known, "podAnnotations"), **annotations},
        pod=pod,
    )
