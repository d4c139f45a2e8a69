"""Which zones sell the machines and GPUs of a stack, and what is reserved, asked of Compute Engine.

Owns the questions and their judgement.
"""

from collections.abc import Iterator

from infra.catalog.machines import gcp_machine
from infra.cloud_error import CloudApiError
from infra.google_api import GoogleApi, listed
from infra.preflight.machines import machine_types, reservation_row, reserved_zones
from infra.preflight.verdict import Row, Verdict, not_asked
from infra.replies import dig, optional_text, text
from infra.spec.pools import GpuPoolSpec, ReservationSpec
from infra.spec.stack import StackSpec


def zones_of(api: GoogleApi) -> tuple[str, ...]:
    """Return the zones of the region that are up.

    Raises:
        CloudApiError: Google refuses the call, or does not answer.
    """
    found = listed(api, "compute.zones.list", "items", project=api.project)
    return tuple(
        sorted(
            text(one, "name")
            for one in found
            if optional_text(one, "region").rpartition("/")[2] == api.region
            and optional_text(one, "status") == "UP"
        )
    )


def sold_in(api: GoogleApi, machine_type: str, zones: tuple[str, ...]) -> tuple[str, ...]:
    """Return the zones that sell a machine type, with the GPU that it carries.

    Raises:
        CloudApiError: Google refuses a call, or does not answer.
    """
    accelerator = gcp_machine(machine_type).accelerator
    asked = {"compute.machineTypes.get": {"machineType": machine_type}}
    if accelerator:
        asked["compute.acceleratorTypes.get"] = {"acceleratorType": accelerator}
    return tuple(
        zone
        for zone in zones
        if all(_is_there(api, method, zone, **name) for method, name in asked.items())
    )


def machine_row(machine_type: str, spec: StackSpec) -> Row:
    """Return the row of a machine type, not asked yet."""
    zones = reserved_zones(spec, machine_type)
    where = " or ".join(zones) if zones else f"a zone of {spec.cloud.region}"
    return not_asked("machine", machine_type, f"sold in {where}")


def machine_rows(machine_type: str, spec: StackSpec, there: tuple[str, ...]) -> Iterator[Row]:
    """Yield whether a zone that will do sells a machine type."""
    row, reserved = machine_row(machine_type, spec), reserved_zones(spec, machine_type)
    if set(there) & set(reserved or there):
        yield row.said(", ".join(there), Verdict.ENOUGH)
        return
    settings = ", ".join(machine_types(spec)[machine_type])
    yield row.said(
        ", ".join(there) or f"not sold in {spec.cloud.region}",
        Verdict.SHORT,
        f"{settings}: choose another machine type or another region",
        f"gcloud compute machine-types list --project={spec.cloud.project} "
        f"--filter='name={machine_type}'",
    )


def reservation_rows(
    api: GoogleApi, pool: GpuPoolSpec, reservation: ReservationSpec
) -> Iterator[Row]:
    """Yield whether a reservation holds a pool's nodes.

    Raises:
        CloudApiError: Google refuses the call, or does not answer.
    """
    row = reservation_row(pool, reservation)
    try:
        found = api.call(
            "compute.reservations.get",
            None,
            project=api.project,
            zone=reservation.zone,
            reservation=reservation.id,
        )
    except CloudApiError as error:
        if not error.not_found:
            raise
        yield row.said("not there", Verdict.SHORT, "check its name, zone and project")
        return
    held = dig(found, "specificReservation.count")
    count = int(held) if isinstance(held, str) and held.isdecimal() else 0
    kind = optional_text(found, "specificReservation.instanceProperties.machineType")
    state = optional_text(found, "status")
    fits = (kind, state) == (pool.machine_type, "READY") and count >= pool.most_on_demand
    have = f"{count} x {kind or 'unknown machines'}, {state.lower()}"
    if fits:
        yield row.said(have, Verdict.ENOUGH)
        return
    step = f"ask for more, or lower gpuPools[{pool.name}].onDemand"
    yield row.said(have, Verdict.SHORT, step)


def _is_there(api: GoogleApi, method: str, zone: str, **name: str) -> bool:
    try:
        api.call(method, None, project=api.project, zone=zone, **name)
    except CloudApiError as error:
        if error.not_found:
            return False
        raise
    return True
