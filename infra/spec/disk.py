"""How much of its node's disk one model server may fill. Pure.

Owns the share of a server and what it must hold. Does not own the size of disks: that is the pool's
setting, or the machine's in the catalogue.
"""

import math

from infra.catalog.allocatable import scratch_gib
from infra.catalog.machines import machine
from infra.spec.pools import GpuPoolSpec, LocalStorage

CACHES_GIB = 10
"""Beside the weights: what vLLM compiles, the configuration and the tokenizer of the model."""
_STEP_GIB = 10


def disk_share_gib(cloud: str, pool: GpuPoolSpec, tensor_parallel: int) -> int:
    """Return the node disk that one server may fill with weights and caches, in GiB.

    Raises:
        UnknownMachineError: The catalogue does not have the pool's machine type.
    """
    raid0 = pool.local_storage is LocalStorage.RAID0
    room = scratch_gib(machine(cloud, pool.machine_type), pool.disk_gib, raid0=raid0)
    return room // servers_per_node(pool, tensor_parallel)


def disk_need_gib(weights_gib: float) -> int:
    """Return the node disk that one server fills, in GiB.

    Weights that are streamed from the bucket never touch the disk. A server that finds none there
    downloads them from the hub, so every server has the room for that.
    """
    return math.ceil(weights_gib) + CACHES_GIB


def root_disk_for(cloud: str, weights_gib: float, pool: GpuPoolSpec, tensor_parallel: int) -> int:
    """Return the least `diskGib` of a pool whose servers have such weights, in tens of GiB.

    Raises:
        UnknownMachineError: The catalogue does not have the pool's machine type.
    """
    node = machine(cloud, pool.machine_type)
    servers = servers_per_node(pool, tensor_parallel)
    need_gib = disk_need_gib(weights_gib)
    disk_gib = math.ceil(need_gib * servers / _STEP_GIB) * _STEP_GIB
    while scratch_gib(node, disk_gib, raid0=False) // servers < need_gib:
        disk_gib += _STEP_GIB
    return disk_gib


def servers_per_node(pool: GpuPoolSpec, tensor_parallel: int) -> int:
    """Return how many servers a node's GPUs have room for; one where not even one fits."""
    return max(1, pool.gpus_per_node // tensor_parallel)
