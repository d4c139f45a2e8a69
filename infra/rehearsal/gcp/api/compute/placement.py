"""Resource policies (compact placement) and reservations."""

from infra.rehearsal.gcp.api.compute.collection import Row, counted, required
from infra.rehearsal.gcp.api.compute.places import machine_type
from infra.rehearsal.gcp.api.compute.ranges import refused
from infra.rehearsal.gcp.api.names import last
from infra.rehearsal.gcp.api.project import Request
from infra.replies import dig, optional_text
from infra.wire import Properties

MOST_TOGETHER = 1500
"""Nodes of one compact placement group (GKE documentation, "Define compact placement for GKE
nodes", in a public copy, read 2026-11-26; an older one says 150)."""
READY = "READY"


def _complete_policy(request: Request, policy: Properties, _before: Properties) -> None:
    policy.setdefault("status", READY)
    group = policy.get("groupPlacementPolicy")
    if not isinstance(group, dict):
        return
    count = group.get("vmCount")
    if isinstance(count, int) and not 1 <= count <= MOST_TOGETHER:
        field = "groupPlacementPolicy.vmCount"
        message = f"Must be between 1 and {MOST_TOGETHER}."
        raise refused(request, field, count, message)


def _complete_reservation(request: Request, reservation: Properties, _before: Properties) -> None:
    kind = optional_text(reservation, "specificReservation.instanceProperties.machineType")
    if not kind:
        field = "specificReservation.instanceProperties.machineType"
        raise required(request, field)
    if machine_type(last(kind)) is None:
        field = "specificReservation.instanceProperties.machineType"
        message = "The referenced machine type resource cannot be found."
        raise refused(request, field, kind, message)
    reservation.setdefault("status", READY)
    count = dig(reservation, "specificReservation.count")
    specific = reservation["specificReservation"]
    if isinstance(specific, dict):
        specific.setdefault("inUseCount", "0")
        specific["assuredCount"] = count


ROWS = (
    Row(
        name="resourcePolicies",
        word="resource_policy",
        demand=counted("RESOURCE_POLICIES"),
        complete=_complete_policy,
    ),
    Row(
        name="reservations",
        word="reservation",
        demand=counted("RESERVATIONS"),
        complete=_complete_reservation,
    ),
)
