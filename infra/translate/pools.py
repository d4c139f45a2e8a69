"""GPU pools on the other cloud: which GPU, how many on a node, which machine, bought how.

Owns the choice and its reasons. Does not own the region, which must sell what is chosen here, nor
disks (`disks`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.catalog.gpus import NEAREST
from infra.catalog.machines import (
    GcpMachine,
    MachineType,
    gpus_sold,
    machine,
    machine_for,
    machines_with,
)
from infra.spec.cloud import CloudProvider
from infra.spec.derive import gpu_counts
from infra.spec.pools import GpuPoolSpec, NodeRange, ReservationKind
from infra.translate.mapping import Change, price_lines

Written = dict[str, object]
_WAYS = {"onDemand": "on-demand", "spot": "spot", "flexStart": "flex-start"}


@dataclass
class Pool:
    """One pool on its way to the other cloud."""

    spec: GpuPoolSpec
    written: Written
    source: CloudProvider
    target: CloudProvider
    machine: MachineType
    """Machine type on the other cloud."""
    changes: list[Change] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name on the other cloud."""
        return str(self.written["name"])

    def say(self, setting: str, was: object, becomes: object, reason: str) -> None:
        """Note a change of one setting; None leaves it out."""
        path = f"gpuPools[{self.spec.name}].{setting}"
        shown = "" if becomes is None else _shown(becomes)
        self.changes.append(Change(path, _shown(was), shown, reason))

    def drop(self, setting: str, reason: str) -> None:
        """Leave a setting out, if it is written."""
        if setting in self.written:
            self.say(setting, self.written.pop(setting), None, reason)


def translate_pool(
    written: Mapping[str, object], spec: GpuPoolSpec, source: CloudProvider, target: CloudProvider
) -> Pool:
    """Return a pool as the other cloud sells it."""
    gpu, count, why = _shape(spec, target)
    chosen = machine_for(target, gpu, count)
    pool = Pool(spec, dict(written), source, target, chosen)
    _machine(pool, gpu, count, why)
    bounds = _ways(pool)
    if count != spec.gpus_per_node:
        _resize(pool, bounds, count)
    for setting, nodes in bounds.items():
        pool.written[setting] = {"min": nodes.min, "max": nodes.max}
    _without_twin(pool)
    _prices(pool, bounds)
    return pool


def _shape(spec: GpuPoolSpec, target: CloudProvider) -> tuple[str, int, str]:
    gpu, why = spec.gpu, "sold on both clouds"
    if gpu not in gpus_sold(target):
        gpu, difference = NEAREST[spec.gpu]
        why = f"no machine of {target} has {spec.gpu}; the nearest: {difference}"
    counts = gpu_counts(target, gpu)
    enough = [count for count in counts if count >= spec.gpus_per_node]
    return gpu, enough[0] if enough else counts[-1], why


def _machine(pool: Pool, gpu: str, count: int, why: str) -> None:
    spec = pool.spec
    if gpu != spec.gpu:
        pool.say("gpu", spec.gpu, gpu, why)
        pool.written["gpu"] = gpu
        renamed = spec.name.replace(spec.gpu.lower(), gpu.lower())
        if renamed != spec.name:
            pool.say("name", spec.name, renamed, "the name says which GPU it is")
            pool.written["name"] = renamed
    if count != spec.gpus_per_node:
        fewest = f"the fewest on a machine of {pool.target} that hold {spec.gpus_per_node}"
        pool.say("gpusPerNode", spec.gpus_per_node, count, fewest)
    if count != 1 or "gpusPerNode" in pool.written:
        pool.written["gpusPerNode"] = count
    if "machineType" in pool.written:
        _named_machine(pool, gpu, count)
    pool.drop(
        "spotMachineTypes",
        "a node pool of GKE has one machine type"
        if pool.target is CloudProvider.GCP
        else "the catalogue names up to five with the same GPUs",
    )


def _named_machine(pool: Pool, gpu: str, count: int) -> None:
    """Carry a machine that was named over: the smallest with as much room, else the default."""
    old = machine(pool.source, pool.spec.machine_type)
    if old == machine_for(pool.source, pool.spec.gpu, pool.spec.gpus_per_node):
        pool.drop("machineType", f"the default; there it is {pool.machine.name}")
        return
    found = machines_with(pool.target, gpu, count)
    roomy = [m for m in found if m.vcpus >= old.vcpus and m.memory_gib >= old.memory_gib]
    small = old.memory_gib < pool.machine.memory_gib and found[0].memory_gib >= old.memory_gib
    kept = found[0] if small else (roomy or list(found[-1:]))[0]
    pool.machine = kept
    pool.written["machineType"] = kept.name
    pool.say("machineType", old.name, kept.name, f"{count} x {gpu} with the nearest room")


def _ways(pool: Pool) -> dict[str, NodeRange]:
    """Return how the nodes are bought on the other cloud, by setting."""
    spec = pool.spec
    bounds = {
        name: nodes
        for name, nodes in (
            ("onDemand", spec.on_demand),
            ("spot", spec.spot),
            ("flexStart", spec.flex_start),
        )
        if nodes is not None
    }
    for name in bounds:
        pool.written.pop(name, None)
    block = spec.reservation is not None and spec.reservation.kind is ReservationKind.CAPACITY_BLOCK
    if pool.target is CloudProvider.AWS and "flexStart" in bounds:
        reason = "EC2 sells no capacity that is waited for: on demand, when a pod asks for it"
        _move(pool, bounds, "flexStart", "onDemand", reason)
    elif block and "onDemand" in bounds:
        reason = "a Capacity Block has no twin; flex-start waits and keeps a node for up to 7 days"
        _move(pool, bounds, "onDemand", "flexStart", reason)
    elif "onDemand" in bounds and not _sold_on_demand(pool.machine):
        reason = f"{pool.machine.name} is not sold on demand"
        _move(pool, bounds, "onDemand", "flexStart", reason)
    return bounds


def _sold_on_demand(machine: MachineType) -> bool:
    return not isinstance(machine, GcpMachine) or "on-demand" in machine.sold_as


def _move(pool: Pool, bounds: dict[str, NodeRange], name: str, other: str, reason: str) -> None:
    moved, there = bounds.pop(name), bounds.get(other)
    total = moved
    if there is not None:
        total = NodeRange(min=there.min + moved.min, max=there.max + moved.max)
    bounds[other] = total
    was = {name: {"min": moved.min, "max": moved.max}}
    pool.say(name, was[name], {other: {"min": total.min, "max": total.max}}, reason)


def _resize(pool: Pool, bounds: dict[str, NodeRange], count: int) -> None:
    share = pool.spec.gpus_per_node / count
    for setting, nodes in list(bounds.items()):
        fitted = NodeRange(min=math.ceil(nodes.min * share), max=math.ceil(nodes.max * share))
        if fitted != nodes:
            reason = f"as many GPUs, {count} on a node"
            pool.say(setting, nodes.model_dump(), fitted.model_dump(), reason)
        bounds[setting] = fitted


def _without_twin(pool: Pool) -> None:
    if pool.target is CloudProvider.GCP:
        pool.drop("efa", "Elastic Fabric Adapters are a network of EC2")
        pool.drop("nodeRepair", "GKE repairs the nodes of every cluster in a release channel")
        placed = isinstance(pool.machine, GcpMachine) and pool.machine.compact_placement
        if not placed:
            pool.drop("placementGroup", f"{pool.machine.name} takes no compact placement")
    pool.drop(
        "reservation",
        "a reservation belongs to one cloud: make one there, and write it in here",
    )


def _prices(pool: Pool, bounds: Mapping[str, NodeRange]) -> None:
    spec = pool.spec
    old = [
        way
        for way, nodes in (
            ("on-demand", spec.on_demand),
            ("spot", spec.spot),
            ("flex-start", spec.flex_start),
        )
        if nodes is not None
    ]
    new = [_WAYS[name] for name in bounds]
    ways = tuple((way, way if way in new else next(iter(new))) for way in old)
    lines = price_lines((pool.source, spec.machine_type), (pool.target, pool.machine.name), ways)
    pool.changes.append(
        Change(
            f"gpuPools[{spec.name}]",
            f"{spec.gpus_per_node} x {spec.gpu} on {spec.machine_type}",
            f"{pool.machine.gpu_count} x {pool.machine.gpu} on {pool.machine.name}",
            "one node costs",
            lines,
        )
    )


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
