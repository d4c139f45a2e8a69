"""What GKE refuses of a cluster, before it makes anything.

No record was found of the words of this module; versions, ranges and networks are in modules of
their own. Which combinations GKE refuses: container API, descriptions in the discovery document,
and GKE documentation as remembered.
"""

import re
from collections.abc import Iterator

from infra.catalog.regions import region as known_region
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.names import region_of
from infra.rehearsal.gcp.api.project import Request
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import block, dig, optional_text, texts
from infra.wire import Properties

NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")
ROBOT = "container-engine-robot"
CLOUD = "gcp"


def check(request: Request, cluster: Properties, location: str, keys: Keys) -> None:
    """Refuse a cluster that GKE would refuse.

    Args:
        request: the call.
        cluster: as the call has it.
        location: region or zone.
        keys: where its key would be.

    Raises:
        GoogleError: the first refusal.
        NotSimulatedError: the rehearsal has no such clusters.
    """
    if dig(cluster, "autopilot.enabled"):
        message = "not simulated: Autopilot clusters"
        raise NotSimulatedError(message)
    for refusal in _refusals(request, cluster, location, keys):
        raise refusal


def zones_of(location: str) -> tuple[str, ...]:
    """Return the zones of a region, or the zone that a location is; none for an unknown one."""
    known = known_region(CLOUD, location)
    if known is not None:
        return known.zone_names
    of_region = known_region(CLOUD, region_of(location))
    return (location,) if of_region and location in of_region.zone_names else ()


def _refusals(
    request: Request, cluster: Properties, location: str, keys: Keys
) -> Iterator[GoogleError]:
    project = request.project
    if not zones_of(location):
        message = f"Permission denied on 'locations/{location}' (or it may not exist)."
        yield request.refusal(Reason.FORBIDDEN, message)
    name = optional_text(cluster, "name")
    if not NAME.fullmatch(name):
        message = (
            f'Invalid cluster name "{name}": it must start with a lowercase letter followed by up '
            "to 39 lowercase letters, numbers, or hyphens, and cannot end with a hyphen."
        )
        yield request.refusal(Reason.BAD_REQUEST, message)
    strange = [zone for zone in texts(cluster, "locations") if zone not in _in_region(location)]
    if strange:
        message = f'Node location "{strange[0]}" is not in region "{_region(location)}".'
        yield request.refusal(Reason.BAD_REQUEST, message)
    pool = optional_text(cluster, "workloadIdentityConfig.workloadPool")
    if pool and pool != f"{project.project}.svc.id.goog":
        message = f'Currently, the only supported workload pool is "{project.project}.svc.id.goog".'
        yield request.refusal(Reason.BAD_REQUEST, message)
    advanced = dig(cluster, "networkConfig.datapathProvider") == "ADVANCED_DATAPATH"
    if advanced and dig(cluster, "networkPolicy.enabled"):
        message = (
            "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not "
            "allowed."
        )
        yield request.refusal(Reason.BAD_REQUEST, message)
    if not cluster.get("nodePools") and not cluster.get("initialNodeCount"):
        message = "Cluster.initial_node_count must be greater than zero."
        yield request.refusal(Reason.BAD_REQUEST, message)
    yield from _encryption(request, cluster, location, keys)


def _encryption(
    request: Request, cluster: Properties, location: str, keys: Keys
) -> Iterator[GoogleError]:
    encryption = block(cluster, "databaseEncryption")
    if encryption.get("state") in (None, "DECRYPTED", "UNKNOWN"):
        return
    key = optional_text(encryption, "keyName")
    if f"/locations/{_region(location)}/" not in key:
        message = (
            f'The Cloud KMS key "{key}" must be in the location of the cluster, '
            f'"{_region(location)}".'
        )
        yield request.refusal(Reason.BAD_REQUEST, message)
    reason = keys.why_unusable(key, robot(request.project.number, ROBOT))
    if reason:
        message = f"Cloud KMS error when using key {key}: {reason}"
        yield request.refusal(Reason.BAD_REQUEST, message)


def _region(location: str) -> str:
    return location if known_region(CLOUD, location) else region_of(location)


def _in_region(location: str) -> tuple[str, ...]:
    known = known_region(CLOUD, _region(location))
    return known.zone_names if known else ()
