"""Versions of Kubernetes that GKE offers, and how it picks one.

Sources: public notes of `gcloud container get-server-config` (default of the Regular channel on
2026-09-21, as GKE's release notes of 2026-09-17 say), the kubelet of a node
seen on 2026-10-08 (camunda/camunda, notes of a load test) for 1.36; words of refusals:
hashicorp/terraform-provider-google#22167 (2025-03-31) for a prefix that nothing has,
terraform-google-modules/terraform-google-kubernetes-engine#2177 (2024-11-08) for a channel.
"""

from collections.abc import Mapping

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.project import Request
from infra.wire import Properties, Value

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "REGULAR": ("1.35.8-gke.1036000", "1.36.3-gke.1767000"),
}
"""Channel to its versions, the default first."""
IMAGES = ("COS_CONTAINERD", "UBUNTU_CONTAINERD")


def chosen(request: Request, channel: str, wanted: str) -> str:
    """Return the version that a cluster of a channel gets which asks for one, or for a prefix.

    Raises:
        GoogleError: there is none.
    """
    offered = _offered(channel)
    if wanted in ("", "-", "latest"):
        return offered[0] if wanted != "latest" else max(offered, key=parts)
    if wanted in offered:
        return wanted
    fitting = [version for version in offered if version.startswith(f"{wanted}.")]
    if fitting:
        return max(fitting, key=parts)
    if "-gke." in wanted:
        message = (
            f'Master version must be one of "{channel}" channel supported versions '
            f"[{', '.join(sorted(offered, key=parts))}]."
        )
        raise request.refusal(Reason.BAD_REQUEST, message)
    message = f'No valid versions with the prefix "{wanted}" found.'
    raise request.refusal(Reason.BAD_REQUEST, message)


def server_config() -> Properties:
    """Return what `getServerConfig` says."""
    channels: list[Value] = [
        {"channel": name, "defaultVersion": versions[0], "validVersions": [*versions]}
        for name, versions in CHANNELS.items()
    ]
    every = sorted({version for found in CHANNELS.values() for version in found}, key=parts)
    newest_first: list[Value] = [*reversed(every)]
    return {
        "defaultClusterVersion": CHANNELS["REGULAR"][0],
        "validMasterVersions": newest_first,
        "validNodeVersions": newest_first,
        "defaultImageType": IMAGES[0],
        "validImageTypes": [*IMAGES],
        "channels": channels,
    }


def minor(version: str) -> str:
    """Return the minor version, `1.35`."""
    return ".".join(version.split(".")[:2])


def parts(version: str) -> tuple[int, ...]:
    """Return a version as numbers, to compare."""
    return tuple(int(part) for part in version.replace("-gke", "").split("."))


def _offered(channel: str) -> tuple[str, ...]:
    if channel not in CHANNELS:
        message = (
            f"not simulated: the release channel {channel or 'of none'}; the rehearsal knows the "
            f"versions of {', '.join(CHANNELS)}"
        )
        raise NotSimulatedError(message)
    return CHANNELS[channel]
