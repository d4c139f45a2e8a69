"""Settings that follow from other settings through the catalogue.

Owns what follows for networks and models; pools are in `derive_pools`. A value that cannot be
derived, because what it follows from is broken, is left out: that mistake is reported where it was
made.
"""

import math
from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

from infra.catalog.allocatable import allocatable, daemonset_reserve
from infra.catalog.machines import (
    MachineType,
    UnknownMachineError,
    machine,
    machines_with,
)
from infra.catalog.models import checkpoint
from infra.spec.draft import Draft
from infra.spec.effective import Origins
from infra.spec.environment import Environment
from infra.spec.mistakes import Path
from infra.spec.models import LEAST_MEMORY_GIB, MOST_WEIGHTS_GIB
from infra.spec.pools import GpuPoolSpec
from infra.spec.startup import startup_timeout_seconds

_MIB_PER_GIB = 1024
_CORE_STEP = 0.5
_SHARED_MEMORY_GIB = 8
_SHARED_MEMORY_SHARE = 0.25

Values: TypeAlias = "dict[str, object]"


def derive_network(values: Values, written: Mapping[str, object], origins: Origins) -> None:
    """Leave a network that exists as it is: nothing is made in it unless somebody writes so."""
    if values.get("vpcId") is None:
        return
    left_alone = {
        "natGateways": "single",
        "interfaceEndpoints": False,
        "flowLogs": False,
        "podCidr": None,
        "serviceCidr": None,
    }
    for setting in left_alone.keys() - written.keys():
        values[setting] = left_alone[setting]
        origins["network", setting] = "network.vpcId: the network is not ours"


def derive_replicas(
    values: Values,
    path: Path,
    pool: Draft[GpuPoolSpec] | None,
    environment: Environment,
    origins: Origins,
) -> set[Path]:
    """Fill in what follows from `replicas.min`; return the settings that are copies of it."""
    replicas = values.get("replicas")
    if not isinstance(replicas, dict):
        return set()
    if "onDemand" not in replicas:
        wants_floor = environment is not Environment.DEV and _buys_both_ways(pool)
        replicas["onDemand"] = 1 if wants_floor and replicas.get("min") != 0 else 0
        origins[*path, "replicas", "onDemand"] = f"default ({environment})"
    if "min" in replicas and "max" not in replicas:
        replicas["max"] = replicas["min"]
        origins[*path, "replicas", "max"] = "default (replicas.min)"
        return {("replicas", "max")}
    return set()


def _buys_both_ways(pool: Draft[GpuPoolSpec] | None) -> bool:
    if pool is None or not pool.good("onDemand", "spot"):
        return False
    return pool.spec.buys_both_ways


def derive_weights(values: Values, path: Path, origins: Origins) -> set[str]:
    """Fill in the size of a known checkpoint; return what could not be derived.

    That of an unknown one is left out, so that it is reported as missing.
    """
    source = values.get("source")
    if "weightsGib" in values:
        return set()
    if not isinstance(source, str):
        return {"weightsGib"}
    found = checkpoint(source)
    if found is None:
        return set()
    values["weightsGib"] = found.weights_gib
    origins[*path, "weightsGib"] = f"catalogue ({found.name})"
    return set()


def derive_startup_timeout(values: Values, path: Path, origins: Origins) -> set[str]:
    """Fill in how long a start may take; return what could not be derived."""
    if "startupTimeoutSeconds" in values:
        return set()
    weights_gib = values.get("weightsGib")
    # Weights that are refused themselves would give a time that is refused as well.
    if not is_number(weights_gib) or not 0 < weights_gib <= MOST_WEIGHTS_GIB:
        return {"startupTimeoutSeconds"}
    values["startupTimeoutSeconds"] = startup_timeout_seconds(weights_gib)
    origins[*path, "startupTimeoutSeconds"] = f"models.weightsGib ({weights_gib:g})"
    return set()


def derive_server_size(
    values: Values, path: Path, pool: Draft[GpuPoolSpec] | None, cloud: str, origins: Origins
) -> set[str]:
    """Fill in what one model server asks of a node; return the settings that could not be derived.

    A server's share of its node is its share of the node's GPUs: GPUs are what runs out first, and
    what a smaller request would leave over nobody else can use behind the GPU taint.
    """
    missing = {"cpu", "memoryGib", "sharedMemoryGib"} - values.keys()
    gpus = values.get("tensorParallel")
    if not missing or pool is None or not pool.good("machineType") or not is_whole(gpus):
        return missing
    try:
        node = machine(cloud, pool.spec.machine_type)
    except UnknownMachineError:
        return missing
    if gpus < 1:
        return missing
    # More GPUs than the node has: the whole node. Whether it fits is the scheduler's to say.
    derived = _server_size(node, min(gpus, node.gpu_count), values)
    for setting in missing & derived.keys():
        values[setting] = derived[setting]
        origins[*path, setting] = f"catalogue ({node.name})"
    return missing - derived.keys()


def _server_size(node: MachineType, gpus: int, values: Values) -> dict[str, float]:
    cpu, memory_gib = server_share(node, gpus)
    written = values.get("memoryGib", memory_gib)
    size: dict[str, float] = {"cpu": cpu, "memoryGib": memory_gib}
    # A share of a memory that is refused itself would be refused as well: one mistake, two reports.
    if is_number(written) and written >= LEAST_MEMORY_GIB:
        size["sharedMemoryGib"] = shared_memory_gib(written)
    return size


def server_share(node: MachineType, gpus: int) -> tuple[float, float]:
    """Return the cores and the GiB of a server that uses so many of the node's GPUs.

    Rounded down to half cores and whole GiB, so that as many servers as the GPUs allow always fit
    beside the DaemonSets.
    """
    free, reserve = allocatable(node), daemonset_reserve(node.cloud)
    share = gpus / node.gpu_count
    cores = (free.cpu_millicores - reserve.cpu_millicores) / 1000 * share
    gib = (free.memory_mib - reserve.memory_mib) / _MIB_PER_GIB * share
    return math.floor(cores / _CORE_STEP) * _CORE_STEP, float(math.floor(gib))


def shared_memory_gib(memory_gib: float) -> float:
    """Return the default size of `/dev/shm`, in GiB: 8, and at most a quarter of the memory.

    The container runtime's 64 MiB breaks tensor parallelism (vLLM deployment notes for Kubernetes);
    8 GiB is what vLLM's own Kubernetes examples give. It counts towards the memory of the pod.
    """
    quarter = memory_gib * _SHARED_MEMORY_SHARE
    return float(min(_SHARED_MEMORY_GIB, math.floor(quarter) if quarter >= 1 else quarter))


def gpu_counts(cloud: str, gpu: str) -> tuple[int, ...]:
    """Return how many of a GPU the machines of a cloud have."""
    return tuple(n for n in range(1, 17) if machines_with(cloud, gpu, n))


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number; YAML's true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a number; YAML's true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
