"""Disks, as the driver of a cluster makes them for claims."""

from infra.catalog.machine_type import GcpMachine
from infra.catalog.machines import machines
from infra.preflight.gcp.catalogue import disk_demand
from infra.rehearsal.gcp.api.compute.collection import Collection, Row, required
from infra.rehearsal.gcp.api.compute.ranges import refused
from infra.rehearsal.gcp.api.compute.references import users
from infra.rehearsal.gcp.api.names import COMPUTE, full_name, last
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import text
from infra.wire import Properties, Value

STANDARD = "pd-standard"
DISK_TYPES = frozenset(
    {
        STANDARD,
        *(
            kind
            for one in machines("gcp")
            if isinstance(one, GcpMachine)
            for kind in one.boot_disks
        ),
    }
)
"""Types of disk that a machine of the catalogue boots from: drivers make no others here."""


def _complete(request: Request, disk: Properties, _before: Properties) -> None:
    if not disk.get("sizeGb"):
        field = "sizeGb"
        raise required(request, field)
    zone = f"zones/{request['zone']}"
    kind = full_name(str(disk.get("type", STANDARD)), request.project.project, f"{zone}/diskTypes")
    if last(kind) not in DISK_TYPES:
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


def _demand(disk: Properties) -> dict[str, int]:
    counted = disk_demand(last(text(disk, "type")), int(str(disk["sizeGb"])))
    return {quota.code: count for quota, count in counted.items()}


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
