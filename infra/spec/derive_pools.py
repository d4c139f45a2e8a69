"""Settings of a GPU pool that follow from its GPU, its machine and the region.

Owns machine type, spot machine types and the use of local disks. A value that cannot be derived,
because what it follows from is broken, is left out: that mistake is reported where it was made.
"""

from infra.catalog.machines import MachineType, UnknownMachineError, machine, machine_for
from infra.catalog.regions import region
from infra.catalog.spot import spot_machine_types
from infra.spec.cloud import CloudSpec
from infra.spec.derive import Values, is_whole
from infra.spec.effective import Origins
from infra.spec.mistakes import Path
from infra.spec.pools import LocalStorage


def derive_pool(values: Values, path: Path, cloud: CloudSpec, origins: Origins) -> set[str]:
    """Fill in the machines of a pool; return the settings that could not be derived."""
    underived = _derive_machine(values, path, cloud, origins)
    found = _known_machine(values, cloud)
    if "spotMachineTypes" not in values:
        underived |= _derive_spot(values, path, cloud, found, origins)
    if "localStorage" not in values:
        if found is None:
            return underived | {"localStorage"}
        raid0 = found.nvme_disks > 0 and not found.nvme_costs_extra
        values["localStorage"] = (LocalStorage.RAID0 if raid0 else LocalStorage.NONE).value
        origins[*path, "localStorage"] = f"catalogue ({found.name}: {_disks(found)})"
    return underived


def _disks(found: MachineType) -> str:
    if not found.nvme_disks:
        return "no local disk"
    disks = f"{found.nvme_disks} x {found.nvme_gb_each} GB NVMe"
    return f"{disks} on request, billed beside it" if found.nvme_costs_extra else disks


def _derive_machine(values: Values, path: Path, cloud: CloudSpec, origins: Origins) -> set[str]:
    if "machineType" in values:
        return set()
    gpu, count = values.get("gpu"), values.get("gpusPerNode")
    if not isinstance(gpu, str) or not is_whole(count):
        return {"machineType"}
    known = region(cloud.provider, cloud.region)
    try:
        found = machine_for(cloud.provider, gpu, count, known.machine_types if known else None)
    except UnknownMachineError:
        return {"machineType"}
    values["machineType"] = found.name
    origins[*path, "machineType"] = f"catalogue ({count} x {gpu})"
    return set()


def _known_machine(values: Values, cloud: CloudSpec) -> MachineType | None:
    named = values.get("machineType")
    try:
        return machine(cloud.provider, named) if isinstance(named, str) else None
    except UnknownMachineError:
        return None


def _derive_spot(
    values: Values, path: Path, cloud: CloudSpec, found: MachineType | None, origins: Origins
) -> set[str]:
    if values.get("spot") is None:
        values["spotMachineTypes"] = []
        origins[*path, "spotMachineTypes"] = "default (no spot)"
        return set()
    if found is None:
        return {"spotMachineTypes"}
    if values.get("efa") is True:
        # One launch template serves the group, with one adapter for each card of this machine.
        values["spotMachineTypes"] = [found.name]
        origins[*path, "spotMachineTypes"] = "efa: one machine type"
        return set()
    types = spot_machine_types(cloud.provider, found.name, cloud.region)
    values["spotMachineTypes"] = [*types]
    origins[*path, "spotMachineTypes"] = f"catalogue (room of {found.name} or more)"
    return set()
