"""Regions, zones, and what each zone sells: the catalogue, as Compute Engine shows it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.catalog.machine_type import GcpMachine
from infra.catalog.machines import UnknownMachineError, machine, machines
from infra.catalog.regions import region, region_names
from infra.rehearsal.gcp.api.compute.quotas import GLOBAL, Quotas
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.names import COMPUTE, region_of
from infra.rehearsal.gcp.api.project import Project, Request
from infra.wire import Properties, Value

CLOUD = "gcp"
UP = "UP"
MIB_PER_GIB = 1024


@dataclass(frozen=True)
class Market:
    """What each zone sells, and what is out of stock."""

    offerings: Mapping[str, tuple[str, ...]]
    """Machine type to the zones that sell it; one that is not here: as the catalogue says."""
    sold_out: frozenset[tuple[str, str]] = frozenset()
    """Zone and machine type that the zone sells and has no more of."""

    def sells(self, zone: str, machine_type: str) -> bool:
        """Say whether a zone sells a machine type."""
        if machine_type in self.offerings:
            return zone in self.offerings[machine_type]
        known = region(CLOUD, region_of(zone))
        return known is not None and zone in known.zones_of_machine.get(machine_type, ())

    def in_zone(self, zone: str) -> list[GcpMachine]:
        """Return the machine types that a zone sells."""
        return [one for one in _machines() if self.sells(zone, one.name)]


def machine_type(name: str) -> GcpMachine | None:
    """Return a machine type of the catalogue, if it has one of that name."""
    try:
        found = machine(CLOUD, name)
    except UnknownMachineError:
        return None
    return found if isinstance(found, GcpMachine) else None


class Places:
    """Answers about regions, zones, machine types, GPUs, and the project itself."""

    def __init__(self, project: Project, quotas: Quotas, market: Market) -> None:
        """Serve the methods."""
        self._project = project
        self._quotas = quotas
        self._market = market
        for collection, find in (
            ("regions", self._regions),
            ("zones", self._zones),
            ("machineTypes", self._machine_types),
            ("acceleratorTypes", self._accelerator_types),
            ("diskTypes", self._disk_types),
        ):
            project.register(f"compute.{collection}.get", _getter(collection, find))
            project.register(f"compute.{collection}.list", _lister(find))
        project.register("compute.machineTypes.aggregatedList", self._everywhere("machineTypes"))
        project.register(
            "compute.acceleratorTypes.aggregatedList", self._everywhere("acceleratorTypes")
        )
        project.register("compute.projects.get", self._project_itself)
        # No Shared VPC: the project is attached to no other one.
        project.register("compute.projects.getXpnHost", lambda _request: {})

    def _project_itself(self, _request: Request) -> Properties:
        return {
            "kind": "compute#project",
            "id": self._project.number,
            "name": self._project.project,
            "selfLink": COMPUTE + f"projects/{self._project.project}",
            "quotas": self._quotas.shown(GLOBAL),
        }

    def _regions(self, _request: Request) -> Iterator[tuple[str, Properties]]:
        for name in region_names(CLOUD):
            zones: list[Value] = [
                COMPUTE + self._project.path("zones", one) for one in _zones(name)
            ]
            yield (
                self._project.path("regions", name),
                {
                    "kind": "compute#region",
                    "status": UP,
                    "zones": zones,
                    "quotas": self._quotas.shown(name),
                },
            )

    def _zones(self, _request: Request) -> Iterator[tuple[str, Properties]]:
        for name in region_names(CLOUD):
            link = COMPUTE + self._project.path("regions", name)
            for zone in _zones(name):
                yield (
                    self._project.path("zones", zone),
                    {"kind": "compute#zone", "status": UP, "region": link},
                )

    def _machine_types(self, request: Request) -> Iterator[tuple[str, Properties]]:
        zone = _asked_zone(request)
        for one in self._market.in_zone(zone):
            thing: Properties = {
                "kind": "compute#machineType",
                "guestCpus": one.vcpus,
                "memoryMb": int(one.memory_gib * MIB_PER_GIB),
                "zone": zone,
            }
            if one.accelerator:
                thing["accelerators"] = [
                    {
                        "guestAcceleratorType": one.accelerator,
                        "guestAcceleratorCount": one.gpu_count,
                    }
                ]
            yield self._project.path("zones", zone, "machineTypes", one.name), thing

    def _accelerator_types(self, request: Request) -> Iterator[tuple[str, Properties]]:
        zone = _asked_zone(request)
        most: dict[str, int] = {}
        for one in self._market.in_zone(zone):
            if one.accelerator:
                most[one.accelerator] = max(one.gpu_count, most.get(one.accelerator, 0))
        link = COMPUTE + self._project.path("zones", zone)
        for name, count in sorted(most.items()):
            yield (
                self._project.path("zones", zone, "acceleratorTypes", name),
                {
                    "kind": "compute#acceleratorType",
                    "maximumCardsPerInstance": count,
                    "zone": link,
                },
            )

    def _disk_types(self, request: Request) -> Iterator[tuple[str, Properties]]:
        zone = _asked_zone(request)
        names = {disk for one in self._market.in_zone(zone) for disk in one.boot_disks}
        link = COMPUTE + self._project.path("zones", zone)
        for name in sorted(names):
            yield (
                self._project.path("zones", zone, "diskTypes", name),
                {"kind": "compute#diskType", "zone": link},
            )

    def _everywhere(self, collection: str) -> Callable[[Request], Properties]:
        find = self._machine_types if collection == "machineTypes" else self._accelerator_types

        def handle(request: Request) -> Properties:
            items: Properties = {}
            for name in region_names(CLOUD):
                for zone in _zones(name):
                    there = Request(
                        self._project, request.method, {**request.parameters, "zone": zone}, {}
                    )
                    shown = [_named(*row) for row in find(there)]
                    items[f"zones/{zone}"] = {collection: page(request, shown).get("items", [])}
            return {"items": items}

        return handle


Find = Callable[[Request], Iterator[tuple[str, Properties]]]


def _getter(collection: str, find: Find) -> Callable[[Request], Properties]:
    part = {"machineTypes": "machineType", "acceleratorTypes": "acceleratorType"}.get(
        collection, collection.removesuffix("s")
    )

    def handle(request: Request) -> Properties:
        wanted = request[part]
        for name, thing in find(request):
            if name.rpartition("/")[2] == wanted:
                return _named(name, thing)
        place = (
            f"zones/{request['zone']}/" if "zone" in request.parameters and part != "zone" else ""
        )
        missing = request.project.path(f"{place}{collection}", wanted)
        raise request.not_found(missing)

    return handle


def _lister(find: Find) -> Callable[[Request], Properties]:
    return lambda request: page(request, [_named(*row) for row in find(request)])


def _named(name: str, thing: Properties) -> Properties:
    return {**thing, "name": name.rpartition("/")[2], "selfLink": COMPUTE + name}


def _asked_zone(request: Request) -> str:
    zone = request["zone"]
    if not any(zone in _zones(name) for name in region_names(CLOUD)):
        missing = request.project.path("zones", zone)
        raise request.not_found(missing)
    return zone


def _zones(region_name: str) -> tuple[str, ...]:
    known = region(CLOUD, region_name)
    return known.zone_names if known else ()


def _machines() -> list[GcpMachine]:
    return [one for one in machines(CLOUD) if isinstance(one, GcpMachine)]
