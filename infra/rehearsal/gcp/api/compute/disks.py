"""Disks, as the driver of a cluster makes them for claims."""

from infra.rehearsal.gcp.api.compute.collection import Collection, Row, required
from infra.rehearsal.gcp.api.compute.ranges import refused
from infra.rehearsal.gcp.api.compute.references import users
from infra.rehearsal.gcp.api.names import COMPUTE, full_name, last
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import text
from infra.wire import Properties, Value

STANDARD = "pd-standard"
METRICS = {
    "pd-standard": "DISKS_TOTAL_GB",
    "pd-balanced": "SSD_TOTAL_GB",
    "pd-ssd": "SSD_TOTAL_GB",
    "hyperdisk-balanced": "HDB_TOTAL_GB",
}
"""Quota that the GB of a type of disk count against (Compute Engine documentation, "Allocation
quotas", "Disk", 2026-11)."""


def _complete(request: Request, disk: Properties, _before: Properties) -> None:
    if not disk.get("sizeGb"):
        field = "sizeGb"
        raise required(request, field)
    zone = f"zones/{request['zone']}"
    kind = full_name(str(disk.get("type", STANDARD)), request.project.project, f"{zone}/diskTypes")
    if last(kind) not in METRICS:
        field, message = "type", "The referenced disk type resource cannot be found."
        raise refused(request, field, disk.get("type"), message)
    disk["type"] = COMPUTE + kind
    disk["sizeGb"] = str(disk["sizeGb"])
    disk.setdefault("status", "READY")
    disk.setdefault("physicalBlockSizeBytes", "4096")


def _shown(project: Project, name: str, disk: Properties) -> Properties:
    links: list[Value] = [COMPUTE + user for user in users(project, name)]
    return {**disk, "users": links} if links else disk


def _resize(collection: Collection, request: Request) -> Properties:
    name, disk = collection.found(request)
    return collection.change(
        "resize", request, name, {**disk, "sizeGb": str(request.body["sizeGb"])}
    )


def demand_of_disk(kind: str, gib: int) -> dict[str, int]:
    """Return what a disk of a type counts against quotas."""
    return {METRICS[kind]: gib} if kind in METRICS else {}


def _demand(disk: Properties) -> dict[str, int]:
    return demand_of_disk(last(text(disk, "type")), int(str(disk["sizeGb"])))


ROWS = (
    Row(
        name="disks",
        word="disk",
        labelled=True,
        demand=_demand,
        quota_later=True,
        complete=_complete,
        shown=_shown,
        actions={"resize": _resize},
    ),
)
