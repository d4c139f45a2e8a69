"""Models of a stack on the other cloud: their pools, and sizes that no longer fit a node.

Owns what of a model depends on its pool. All else is the same on every cloud.
"""

from collections.abc import Mapping

from infra.spec.derive import server_share
from infra.spec.models import ModelSpec
from infra.translate.mapping import Change
from infra.translate.pools import Pool, Written


def translate_model(
    written: Mapping[str, object], spec: ModelSpec, pool: Pool
) -> tuple[Written, list[Change]]:
    """Return a model on its pool there, and what changed."""
    found, changes = dict(written), []
    path = f"models[{spec.name}]"
    if pool.name != spec.pool:
        found["pool"] = pool.name
        changes.append(Change(f"{path}.pool", spec.pool, pool.name, "the pool's name there"))
    cpu, memory_gib = server_share(pool.machine, min(spec.tensor_parallel, pool.machine.gpu_count))
    for setting, value, most in (
        ("cpu", spec.cpu, cpu),
        ("memoryGib", spec.memory_gib, memory_gib),
        ("sharedMemoryGib", spec.shared_memory_gib, memory_gib / 2),
    ):
        if setting in found and value > most:
            del found[setting]
            reason = f"a server's share of {pool.machine.name} is {most:g}: it takes the default"
            changes.append(Change(f"{path}.{setting}", f"{value:g}", "", reason))
    replicas = found.get("replicas")
    if isinstance(replicas, Mapping) and replicas.get("onDemand") and not _has_floor(pool):
        found["replicas"] = {key: one for key, one in replicas.items() if key != "onDemand"}
        reason = f"pool {pool.name} buys no node on demand there"
        was = str(replicas["onDemand"])
        changes.append(Change(f"{path}.replicas.onDemand", was, "", reason))
    return found, changes


def _has_floor(pool: Pool) -> bool:
    bounds = pool.written.get("onDemand")
    return isinstance(bounds, Mapping) and bool(bounds.get("max"))
