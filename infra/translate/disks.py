"""Disks of a pool on the other cloud: every server finds room for weights that the bucket lacks.

Owns `localStorage` and `diskGib`. On AWS local disks are in the price of most machines; on Google
Cloud they are billed beside many, so that a root disk takes their place.
"""

from collections.abc import Sequence

from infra.spec.disk import disk_need_gib, disk_share_gib, root_disk_for
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec, LocalStorage
from infra.translate.pools import Pool


def fit_disks(pool: Pool, models: Sequence[ModelSpec]) -> None:
    """Write `localStorage` and `diskGib` where the models of a pool need it."""
    machine = pool.machine
    if pool.written.get("localStorage") == LocalStorage.RAID0.value and not machine.nvme_disks:
        pool.drop("localStorage", f"{machine.name} has no local disk")
    default = machine.nvme_disks > 0 and not machine.nvme_costs_extra
    named = pool.written.get("localStorage")
    raid0 = default if named is None else named == LocalStorage.RAID0.value
    if named is None and not raid0 and pool.spec.local_storage is LocalStorage.RAID0:
        reason = f"local disks of {machine.name} would be billed beside it; `raid0` takes them"
        pool.say("localStorage", "raid0 (default)", "none (default)", reason)
    there = _there(pool, LocalStorage.RAID0 if raid0 else LocalStorage.NONE)
    needy = [one for one in models if not _fits(pool, there, one)]
    if not needy:
        return
    if raid0:
        pool.written["localStorage"] = LocalStorage.NONE.value
        reason = f"the local disks of {machine.name} are too small for {needy[0].name}"
        pool.say("localStorage", "raid0", "none", reason)
    on_root = _there(pool, LocalStorage.NONE)
    size = max(
        root_disk_for(pool.target, one.weights_gib, on_root, one.tensor_parallel) for one in needy
    )
    pool.written["diskGib"] = size
    pool.say("diskGib", pool.spec.disk_gib, size, f"room for the weights of {needy[0].name}")


def _there(pool: Pool, storage: LocalStorage) -> GpuPoolSpec:
    return pool.spec.model_copy(
        update={
            "machine_type": pool.machine.name,
            "gpus_per_node": pool.machine.gpu_count,
            "local_storage": storage,
        }
    )


def _fits(pool: Pool, there: GpuPoolSpec, model: ModelSpec) -> bool:
    share = disk_share_gib(pool.target, there, model.tensor_parallel)
    return disk_need_gib(model.weights_gib) <= share
