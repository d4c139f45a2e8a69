"""Checks of GPU pools that need more than one setting's type."""

import re
from collections.abc import Sequence

from infra.catalog.gpus import NEAREST, REFUSED_FAMILIES, REFUSED_TYPES, gpu_names
from infra.catalog.machines import (
    UnknownMachineError,
    gpus_sold,
    machine,
    machines,
    machines_with,
)
from infra.spec.checks_capacity import check_capacity
from infra.spec.checks_cluster import check_offered, report_min_above_max
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.derive import gpu_counts
from infra.spec.draft import Draft
from infra.spec.pools import GpuPoolSpec
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

# The name goes into node labels and, with `-on-demand` behind it, into node group names (63).
_POOL_NAME = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
_SYSTEM_POOL = "system"


def check_pools(
    pools: Sequence[Draft[GpuPoolSpec]], cloud: Draft[CloudSpec], report: Report
) -> None:
    """Check each pool, and that their names differ."""
    for pool in pools:
        _check_name(pool, report)
        _check_bounds(pool, report)
        _check_machine(pool, cloud, report)
        check_capacity(pool, cloud, report)
    _check_names_differ(pools, report)


def _check_name(pool: Draft[GpuPoolSpec], report: Report) -> None:
    name = pool.spec.name
    if not pool.good("name"):
        return
    if name == _SYSTEM_POOL:
        problem, next_step = "is the name of the system node pool", "choose another name"
    elif not _POOL_NAME.fullmatch(name):
        problem, next_step = "is not a pool name", "choose a short name such as l4 or l40s-4"
    else:
        return
    report.add(
        pool.at("name"),
        problem,
        name,
        allowed="1 to 30 lower-case letters, digits and hyphens, a letter first",
        next_step=next_step,
    )


def _check_names_differ(pools: Sequence[Draft[GpuPoolSpec]], report: Report) -> None:
    seen: set[str] = set()
    for pool in pools:
        if not pool.good("name"):
            continue
        if pool.spec.name in seen:
            report.add(
                pool.at("name"),
                "is the name of another pool",
                pool.spec.name,
                allowed="a name of its own for each pool",
                next_step="rename one of the two, and the models that refer to it",
            )
        seen.add(pool.spec.name)


def _check_bounds(pool: Draft[GpuPoolSpec], report: Report) -> None:
    ranges = {
        "onDemand": pool.spec.on_demand,
        "spot": pool.spec.spot,
        "flexStart": pool.spec.flex_start,
    }
    for setting, bounds in ranges.items():
        good = pool.good(f"{setting}.min", f"{setting}.max")
        if bounds and good and bounds.min > bounds.max:
            report_min_above_max(pool, setting, bounds.min, bounds.max, report)
    if not pool.good(*ranges):
        return
    if not any(bounds and bounds.max for bounds in ranges.values()):
        report.add(
            pool.path,
            "has no node to grow to",
            "max 0" if any(ranges.values()) else "no onDemand and no spot",
            allowed="onDemand, spot, or both, with a max of at least 1",
            next_step="write `onDemand: {min: 0, max: 1}` or `spot: {min: 0, max: 1}`",
        )


def _check_machine(pool: Draft[GpuPoolSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    if not cloud.good("provider"):
        return
    spec, provider = pool.spec, cloud.spec.provider
    gpu_known = pool.good("gpu") and spec.gpu in gpus_sold(provider)
    if pool.good("gpu") and not gpu_known:
        _report_gpu(pool, provider, report)
    counts = gpu_counts(provider, spec.gpu) if gpu_known else ()
    count_known = pool.good("gpusPerNode") and spec.gpus_per_node in counts
    if gpu_known and pool.good("gpusPerNode") and not count_known:
        report.add(
            pool.at("gpusPerNode"),
            f"no machine has that many {spec.gpu}",
            spec.gpus_per_node,
            allowed=f"one of: {', '.join(map(str, counts))}",
            next_step=f"write gpusPerNode: {counts[-1]} or fewer, and add nodes",
        )
    if not pool.good("machineType"):
        return
    names = [m.name for m in machines_with(provider, spec.gpu, spec.gpus_per_node)]
    allowed = f"one of: {', '.join(names or [m.name for m in machines(provider) if m.gpu])}"
    try:
        found = machine(provider, spec.machine_type)
    except UnknownMachineError:
        _report_machine(pool, allowed, names, report)
        return
    if count_known and found.name not in names:
        has = f"{found.gpu_count} x {found.gpu}" if found.gpu else "no GPU"
        report.add(
            pool.at("machineType"),
            f"does not have {spec.gpus_per_node} x {spec.gpu}",
            f"{found.name}, which has {has}",
            allowed=allowed,
            next_step="remove machineType to take what gpu and gpusPerNode imply, or mend one",
        )
        return
    check_offered(pool.at("machineType"), found, cloud, report)


def _report_gpu(pool: Draft[GpuPoolSpec], provider: CloudProvider, report: Report) -> None:
    named, names = pool.spec.gpu, gpus_sold(provider)
    problem, next_step = (
        "unknown GPU",
        did_you_mean(named, names, "choose a GPU of the list"),
    )
    if named in gpu_names():
        problem = f"no machine of {provider} has it"
        near, difference = NEAREST.get(named, ("", ""))
        if near in names:
            next_step = f"write gpu: {near}, the nearest: {difference}"
    report.add(
        pool.at("gpu"), problem, named, allowed=f"one of: {', '.join(names)}", next_step=next_step
    )


def _report_machine(
    pool: Draft[GpuPoolSpec], allowed: str, names: Sequence[str], report: Report
) -> None:
    name = pool.spec.machine_type
    refused = REFUSED_FAMILIES.get(name.partition(".")[0]) or REFUSED_TYPES.get(name)
    next_step = did_you_mean(name, names, "remove it")
    if refused:
        next_step = f"write {names[0]}, or choose another GPU" if names else "choose another GPU"
    report.add(
        pool.at("machineType"),
        refused or "unknown machine type",
        name,
        allowed=allowed,
        next_step=next_step,
    )
