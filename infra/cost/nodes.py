"""Node groups: machines, boot disks, local SSDs, each at least, as expected, at most.

Owns what both clouds bill alike. What a group is asked for is read in `aws` and `gcp`; how many
nodes are expected, in `demand`. A GPU is part of its machine's price and is never billed beside it.
"""

from dataclasses import dataclass
from decimal import Decimal

from infra.catalog.machines import MachineType, UnknownMachineError, machine
from infra.catalog.prices import price_in, with_local_ssd
from infra.catalog.service_prices import Service
from infra.cost.demand import FLEX_START, ON_DEMAND, SPOT, Supply
from infra.cost.lines import Context, Rate, of_service, priced, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line, Span, exactly, span
from infra.cost.resources import CostResource

_WAYS = {ON_DEMAND: "on demand", SPOT: "as spot", FLEX_START: "as flex-start"}
DISKS = {
    "gp3": Service.GP3,
    "gp2": Service.GP2,
    "io1": Service.IO1,
    "io2": Service.IO2,
    "pd-standard": Service.PD_STANDARD,
    "pd-balanced": Service.PD_BALANCED,
    "pd-ssd": Service.PD_SSD,
}
"""Types of disk that have a price, whatever the cloud."""
GP3_FREE_IOPS, GP3_FREE_MB_PER_SECOND = 3000, 125
_SSD_GB = 375
SUSTAINED_USE_PERCENT = {"n1": 30, "n2": 20, "n2d": 20, "c2": 20}
"""What Google takes off machines of a series that run the whole month, where the billing account
is self-serve (Compute Engine, "Sustained use discounts", read 2026-11-26). E2 and accelerator-
optimized machines have none."""


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A boot disk, and what it is asked for beyond its size."""

    type: str
    gb: int
    iops: int = 0
    mb_per_second: int = 0


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """What a node group is asked for."""

    resource: CostResource
    pool: str
    """Pool by its label; empty when it has none."""
    capacity: str
    """`on-demand`, `spot`, `flex-start`, `capacity-block`."""
    machine_types: tuple[str, ...]
    minimum: int
    maximum: int
    disk: Disk | None
    """None: which disk is not known; `disk_unknown` says why."""
    disk_unknown: str = ""
    local_ssds: int = 0
    """Local SSDs of Google Cloud that a node uses."""
    attached_gpus: int = 0
    """GPUs that are attached to the machine, as Google Cloud spells them."""

    def gpus(self, cloud: str) -> tuple[str | None, int]:
        """Return the GPU of a node and how many it has; none for a machine not in the catalogue."""
        found = _machine(cloud, self.machine_types[0]) if self.machine_types else None
        return (found.gpu, found.gpu_count) if found else (None, 0)

    def supply(self, cloud: str) -> Supply | None:
        """Return the group as the packing of servers sees it; None without GPUs or a pool."""
        _, each = self.gpus(cloud)
        if not self.pool or not each or self.capacity not in _WAYS:
            return None
        return Supply(
            urn=self.resource.urn,
            pool=self.pool,
            capacity=self.capacity,
            gpus_per_node=each,
            minimum=self.minimum,
            maximum=self.maximum,
        )

    def span(self, expected: int | None) -> Span:
        """Return the number of nodes; expected where nothing says more, the minimum."""
        between = self.minimum if expected is None else expected
        return span(self.minimum, min(max(between, self.minimum), self.maximum), self.maximum)


def running(context: Context, count: Span) -> Span:
    """Return how many nodes there are on average: what models need is gone while they are closed.

    The floor stays, and nobody promises that no node is added at night.
    """
    for_models = (count.expected - count.minimum) * context.open_share
    return span(count.minimum, count.minimum + for_models, count.maximum)


def lines(context: Context, group: NodeGroup, count: Span, why: str) -> list[Line]:
    """Return what a group bills: its machines, their boot disks, local SSDs that cost extra."""
    average = running(context, count)
    found = [_machines(context, group, count, why), _disks(context, group, average)]
    if group.disk is not None:
        found += _beyond_free(context, group, group.disk, average)
    found += _local_ssds(context, group, average)
    gpu, _ = group.gpus(context.cloud)
    if group.attached_gpus and gpu is None:
        reason = "the catalogue has no price of a GPU beside a machine"
        found.append(unpriced(group.resource, "GPUs attached to machines", reason))
    return found


def _machines(context: Context, group: NodeGroup, count: Span, why: str) -> Line:
    names = ", ".join(group.machine_types)
    item = f"{names or 'machines'} {_WAYS.get(group.capacity, group.capacity)}"
    hours = running(context, count) * HOURS_PER_MONTH
    gpu, each = group.gpus(context.cloud)
    gpus = count * each if gpu else None
    rate = _rate(context, group)
    if isinstance(rate, str):
        return unpriced(group.resource, item, rate, quantity=hours, unit="hour", gpu=gpu, gpus=gpus)
    said = [why]
    if group.capacity == SPOT and len(group.machine_types) > 1:
        said.append(f"spot: expected the median zone of {group.machine_types[0]}")
    elif group.capacity == SPOT and rate.usd_per_unit == exactly(rate.usd_per_unit.expected):
        said.append("spot: one price is known, no range")
    percent = SUSTAINED_USE_PERCENT.get(group.machine_types[0].partition("-")[0])
    if context.cloud == "gcp" and group.capacity == ON_DEMAND and percent:
        said.append(f"sustained use, {percent} % of a whole month, is not deducted")
    return priced(
        group.resource,
        item,
        hours,
        "hour",
        rate,
        assumption="; ".join(filter(None, said)),
        on_demand_machine=group.machine_types[0] if group.capacity == ON_DEMAND else "",
        gpu=gpu,
        gpus=gpus,
    )


def _rate(context: Context, group: NodeGroup) -> Rate | str:
    """Return the price of an hour of a node, or why there is none. Spot is never on demand."""
    if not group.machine_types:
        return "the machine type is not said"
    if group.capacity not in (ON_DEMAND, SPOT):
        return f"no first-hand source gives a price of {group.capacity} in {context.region}"
    prices = []
    for name in group.machine_types:
        price = price_in(context.cloud, context.region, name)
        usd = price.usd_per_hour(group.capacity)
        if usd is None:
            way = _WAYS[group.capacity]
            return f"no source gives a price of {name} {way} in {context.region}"
        low, high = usd, usd
        if group.capacity == SPOT and price.spot_range_usd_per_hour:
            low, high = price.spot_range_usd_per_hour
        prices.append((price, low, usd, high))
    first = prices[0][0]
    return Rate(
        usd_per_unit=span(
            min(_money(low) for _, low, _, _ in prices),
            _money(prices[0][2]),
            max(_money(high) for _, _, _, high in prices),
        ),
        source=first.source_of(group.capacity),
        source_date=first.date_of(group.capacity),
    )


def _disks(context: Context, group: NodeGroup, count: Span) -> Line:
    disk = group.disk
    if disk is None:
        return unpriced(group.resource, "boot disks", group.disk_unknown)
    item = f"boot disks, {disk.type} {disk.gb} GB each"
    gb = count * disk.gb
    service = DISKS.get(disk.type)
    if service is None:
        reason = f"no first-hand source gives a price of {disk.type} in {context.region}"
        return unpriced(group.resource, item, reason, quantity=gb, unit="GB-month")
    return of_service(context, group.resource, item, service, gb)


def _beyond_free(context: Context, group: NodeGroup, disk: Disk, count: Span) -> list[Line]:
    """Return what IOPS and throughput cost beyond what a disk has for free."""
    return [
        of_service(context, group.resource, f"boot disks, {item}", service, count * amount)
        for item, service, amount in disk_extras(disk)
    ]


def disk_extras(disk: Disk) -> list[tuple[str, Service, int]]:
    """Return what is billed of a disk besides its size: what, at which price, how much."""
    found: list[tuple[str, Service, int]] = []
    if disk.type == "gp3":
        if disk.iops > GP3_FREE_IOPS:
            found.append((f"{disk.iops} IOPS each", Service.GP3_IOPS, disk.iops - GP3_FREE_IOPS))
        if disk.mb_per_second > GP3_FREE_MB_PER_SECOND:
            extra = disk.mb_per_second - GP3_FREE_MB_PER_SECOND
            found.append((f"{disk.mb_per_second} MB/s each", Service.GP3_THROUGHPUT, extra))
    if disk.type in ("io1", "io2") and disk.iops:
        found.append((f"{disk.iops} IOPS each", Service.IO_IOPS, disk.iops))
    return found


def _local_ssds(context: Context, group: NodeGroup, count: Span) -> list[Line]:
    if not group.local_ssds or context.cloud != "gcp":
        return []
    name = group.machine_types[0]
    found = _machine(context.cloud, name)
    if found is not None and not found.nvme_costs_extra and with_local_ssd(name):
        return []
    spot = group.capacity == SPOT
    item = f"local SSD, {group.local_ssds} x {_SSD_GB} GB each"
    return [
        of_service(
            context,
            group.resource,
            item,
            Service.LOCAL_SSD_SPOT if spot else Service.LOCAL_SSD,
            count * (group.local_ssds * _SSD_GB),
        )
    ]


def _machine(cloud: str, name: str) -> MachineType | None:
    try:
        return machine(cloud, name)
    except UnknownMachineError:
        return None


def _money(usd: float) -> Decimal:
    return Decimal(str(usd))
