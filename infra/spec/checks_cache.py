"""The cache: the node that follows from its memory, and what does not go together."""

from collections.abc import Mapping

from infra.catalog.cache_nodes import CacheNode, cache_node, cache_nodes, smallest_for
from infra.spec.cache import CachePlace, CacheSpec
from infra.spec.cloud import CloudSpec
from infra.spec.draft import Draft
from infra.spec.effective import Origins
from infra.spec.environment import Environment
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

INSTANCES = ("responses", "counters")


def derive_cache(
    values: dict[str, object], cloud: str, environment: Environment, origins: Origins
) -> None:
    """Fill in the nodes of the managed service, and nothing where it runs inside the cluster.

    Memory that no node holds leaves the node out: the check reports the memory.
    """
    for name in INSTANCES:
        instance = values.get(name)
        if not isinstance(instance, dict) or "nodeType" in instance:
            continue
        found = _follows(values, instance, cloud, environment)
        instance["nodeType"] = found.name if found else None
        path = ("cache", name, "nodeType")
        origins[path] = f"catalogue ({found.memory_gib:g} GiB)" if found else "default"


def _follows(
    values: Mapping[str, object], instance: Mapping[str, object], cloud: str, env: Environment
) -> CacheNode | None:
    memory = instance.get("memoryGib")
    if values.get("place") != CachePlace.MANAGED.value or isinstance(memory, bool):
        return None
    if not isinstance(memory, int | float):
        return None
    return smallest_for(cloud, memory, production=env is Environment.PROD)


def check_cache(
    cache: Draft[CacheSpec], cloud: Draft[CloudSpec], environment: Environment, report: Report
) -> None:
    """Check what the settings of the cache mean together."""
    if not cache.good("place", "enabled") or not cache.spec.enabled or not cloud.good("provider"):
        return
    if cache.spec.is_managed:
        for name in INSTANCES:
            if cache.good(name):
                _check_node(cache, name, cloud.spec.provider.value, environment, report)
    else:
        _check_in_cluster(cache, report)


def _check_node(
    cache: Draft[CacheSpec], name: str, cloud: str, environment: Environment, report: Report
) -> None:
    instance = cache.spec.instances[name]
    names = [node.name for node in cache_nodes(cloud)]
    if instance.node_type is None:
        largest = max(node.memory_gib for node in cache_nodes(cloud))
        report.add(
            cache.at(f"{name}.memoryGib"),
            "is more than any node of the catalogue holds",
            instance.memory_gib,
            allowed=f"at most {largest:g}",
            next_step="lower it, or write `nodeType` with a node that the catalogue has",
        )
        return
    node = cache_node(cloud, instance.node_type)
    at = cache.at(f"{name}.nodeType")
    if node is None:
        report.add(
            at,
            f"is no node that the catalogue has for {cloud}",
            instance.node_type,
            allowed=f"one of: {', '.join(names)}",
            next_step=did_you_mean(instance.node_type, names, "remove it: memoryGib chooses one"),
        )
    elif node.memory_gib < instance.memory_gib:
        report.add(
            at,
            f"holds {node.memory_gib:g} GiB of data, and memoryGib asks for more",
            instance.node_type,
            allowed=f"a node for {instance.memory_gib:g} GiB",
            next_step="remove it: memoryGib chooses one",
        )
    elif environment is Environment.PROD and not node.for_production:
        report.add(
            at,
            "has no promised availability, and prod asks for one",
            instance.node_type,
            allowed=f"one of: {', '.join(n.name for n in cache_nodes(cloud) if n.for_production)}",
            next_step="remove it: memoryGib chooses one",
        )
    if environment is Environment.PROD and instance.replicas == 0:
        report.add(
            cache.at(f"{name}.replicas"),
            "leaves nobody to take over when the primary or its zone is lost",
            instance.replicas,
            allowed="1 to 5 in prod",
            next_step=f"write {name}: {{replicas: 1}}",
        )


def _check_in_cluster(cache: Draft[CacheSpec], report: Report) -> None:
    reason = "is for place: managed; the chart runs one pod for each instance"
    for name in INSTANCES:
        if not cache.good(name):
            continue
        instance = cache.spec.instances[name]
        for setting, value, neutral in (
            ("nodeType", instance.node_type, None),
            ("replicas", instance.replicas, 0),
        ):
            if value != neutral:
                report.add(
                    cache.at(f"{name}.{setting}"),
                    reason,
                    value,
                    allowed="nothing" if neutral is None else str(neutral),
                    next_step="remove it, or write place: managed",
                )
    if cache.good("backupDays") and cache.spec.backup_days:
        report.add(
            cache.at("backupDays"),
            "is for place: managed; inside the cluster the volume is all there is",
            cache.spec.backup_days,
            allowed="0",
            next_step="remove it, or write place: managed",
        )
