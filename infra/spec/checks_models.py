"""Checks of models that need more than one setting's type.

Does not check whether CPU and memory fit the pool: the scheduler of the rehearsal decides that,
with all that runs on a node counted.
"""

import re
from collections.abc import Sequence

from infra.catalog.machines import UnknownMachineError
from infra.spec.checks_memory import check_memory
from infra.spec.cloud import CloudSpec
from infra.spec.disk import CACHES_GIB, disk_need_gib, disk_share_gib, root_disk_for
from infra.spec.draft import Draft
from infra.spec.models import RESERVED_SUFFIXES, ModelSpec, object_name
from infra.spec.not_built import NOT_BUILT
from infra.spec.pools import GpuPoolSpec, LocalStorage
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

# The name becomes a Service and a Deployment; pods add 17 characters to it, and a DNS label has 63.
_MODEL_NAME = re.compile(r"[a-z]([a-z0-9.-]{0,43}[a-z0-9])?")
_SOURCE = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
# A Service of this name puts VLLM_PORT=tcp://... into pods, and vLLM dies of it.
_TRAP = "vllm"


def check_models(
    models: Sequence[Draft[ModelSpec]],
    pools: Sequence[Draft[GpuPoolSpec]] | None,
    pool_names: Sequence[str],
    cloud: Draft[CloudSpec],
    report: Report,
) -> None:
    """Check each model, and that their names differ.

    Args:
        models: The models.
        pools: The pools, or None when they could not be read: then nothing refers to them.
        pool_names: Names of all pools that are written, those with mistakes included.
        cloud: Where the pools are.
        report: Takes the mistakes.
    """
    for model in models:
        _check_name(model, report)
        _check_checkpoint(model, report)
        _check_replicas(model, report)
        _check_on_demand(model, report)
        _check_memory(model, report)
        _check_times(model, report)
        if pools is not None:
            _check_pool(model, pools, pool_names, cloud, report)
    _check_names_differ(models, report)


def _check_name(model: Draft[ModelSpec], report: Report) -> None:
    name = model.spec.name
    if not model.good("name"):
        return
    if model.spec.object_name == _TRAP:
        problem = "a Service of this name makes Kubernetes set VLLM_PORT, which stops vLLM"
        next_step = "name the model, not the engine"
    elif model.spec.object_name.endswith(RESERVED_SUFFIXES):
        problem = "ends like the name of an object of another model"
        next_step = f"write {_unreserved(name) or 'another name'}"
    elif not _MODEL_NAME.fullmatch(name):
        problem, next_step = "is not a model name", f"write {_tidy(name)}"
    else:
        return
    report.add(
        model.at("name"),
        problem,
        name,
        allowed="1 to 45 lower-case letters, digits, - and ., a letter first; not vllm, "
        f"nothing that ends in {', '.join(RESERVED_SUFFIXES)}",
        next_step=next_step,
    )


def _unreserved(name: str) -> str:
    ending = next(one for one in RESERVED_SUFFIXES if object_name(name).endswith(one))
    return name[: -len(ending)]


def _tidy(name: str) -> str:
    kept = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.0123456789")[:45]
    return kept.rstrip("-.") or "a name such as qwen2.5-7b"


def _check_names_differ(models: Sequence[Draft[ModelSpec]], report: Report) -> None:
    seen: dict[str, str] = {}
    for model in models:
        name, object_name = model.spec.name, model.spec.object_name
        if not model.good("name"):
            continue
        if object_name in seen:
            same = seen[object_name] == name
            report.add(
                model.at("name"),
                "is the name of another model"
                if same
                else f"makes the same object name as {seen[object_name]}: {object_name}",
                name,
                allowed="names that differ when dots become hyphens",
                next_step="rename one of the two",
            )
        seen.setdefault(object_name, name)


def _check_checkpoint(model: Draft[ModelSpec], report: Report) -> None:
    source, revision = model.spec.source, model.spec.revision
    if model.good("source") and not _SOURCE.fullmatch(source):
        repository = re.sub(r"^https?://huggingface\.co/", "", source)
        report.add(
            model.at("source"),
            "is not a Hugging Face repository",
            source,
            allowed="organization/name",
            next_step=f"write {repository}"
            if _SOURCE.fullmatch(repository)
            else "copy the name from the model's page, for example Qwen/Qwen2.5-7B-Instruct",
        )
    if model.good("revision") and revision is not None and not _COMMIT.fullmatch(revision):
        report.add(
            model.at("revision"),
            "is not a commit",
            revision,
            allowed="40 hexadecimal digits; branches and tags can move",
            next_step="copy the commit from the repository's history, or remove the setting",
        )


def _check_replicas(model: Draft[ModelSpec], report: Report) -> None:
    replicas = model.spec.replicas
    if not model.good("replicas.min", "replicas.max"):
        return
    path = model.at("replicas.max")
    if replicas.min > replicas.max:
        report.add(
            path,
            "min is above max",
            {"min": replicas.min, "max": replicas.max},
            allowed="max equal to min",
            next_step=f"write {{min: {replicas.min}, max: {replicas.min}}}",
        )
    elif replicas.max > replicas.min:
        report.add(
            path,
            NOT_BUILT,
            replicas.max,
            allowed=f"{replicas.min}, as replicas.min: a fixed number of servers",
            next_step=f"write max: {replicas.min}, or raise min to {replicas.max}",
        )


def _check_on_demand(model: Draft[ModelSpec], report: Report) -> None:
    replicas = model.spec.replicas
    if model.good("replicas.min", "replicas.onDemand") and replicas.on_demand > replicas.min:
        report.add(
            model.at("replicas.onDemand"),
            "is above min",
            replicas.on_demand,
            allowed=f"at most min, which is {replicas.min}: it says how many of those it holds",
            next_step=f"write onDemand: {replicas.min}, or raise min to {replicas.on_demand}",
        )


def _check_memory(model: Draft[ModelSpec], report: Report) -> None:
    shared, memory = model.spec.shared_memory_gib, model.spec.memory_gib
    if model.good("sharedMemoryGib", "memoryGib") and shared >= memory:
        report.add(
            model.at("sharedMemoryGib"),
            "leaves no memory: /dev/shm counts towards memoryGib",
            shared,
            allowed=f"less than memoryGib, which is {memory}",
            next_step="lower sharedMemoryGib, or raise memoryGib",
        )


def _check_times(model: Draft[ModelSpec], report: Report) -> None:
    drain, startup = model.spec.drain_seconds, model.spec.startup_timeout_seconds
    if model.good("drainSeconds", "startupTimeoutSeconds") and drain >= startup:
        report.add(
            model.at("drainSeconds"),
            "is not shorter than startupTimeoutSeconds",
            drain,
            allowed=f"less than {startup}: a rollout waits for a drain within a start-up's time",
            next_step="lower drainSeconds, or raise startupTimeoutSeconds; both are seconds",
        )


def _check_pool(
    model: Draft[ModelSpec],
    pools: Sequence[Draft[GpuPoolSpec]],
    pool_names: Sequence[str],
    cloud: Draft[CloudSpec],
    report: Report,
) -> None:
    if not model.good("pool"):
        return
    name = model.spec.pool
    if name not in pool_names:
        report.add(
            model.at("pool"),
            "there is no such pool",
            name,
            allowed=f"one of: {', '.join(pool_names)}" if pool_names else "no pool is defined",
            next_step=did_you_mean(name, pool_names, "add the pool to gpuPools"),
        )
        return
    pool = next((p for p in pools if p.good("name") and p.spec.name == name), None)
    if pool is None:
        return
    _check_floor(model, pool, report)
    if cloud.good("provider"):
        _check_disk(model, pool, cloud.spec.provider, report)
        check_memory(model, pool, cloud.spec.provider, report)


def _check_floor(model: Draft[ModelSpec], pool: Draft[GpuPoolSpec], report: Report) -> None:
    on_demand, bounds = model.spec.replicas.on_demand, pool.spec.on_demand
    if not model.good("replicas.onDemand") or not pool.good("onDemand"):
        return
    if on_demand and (bounds is None or not bounds.max):
        report.add(
            model.at("replicas.onDemand"),
            f"pool {pool.spec.name} buys no node on demand",
            on_demand,
            allowed="0 on this pool",
            next_step=f"write onDemand: {{max: 1}} for pool {pool.spec.name}, or onDemand: 0 here",
        )


def _check_disk(
    model: Draft[ModelSpec], pool: Draft[GpuPoolSpec], provider: str, report: Report
) -> None:
    spec = model.spec
    if not model.good("weightsGib", "tensorParallel"):
        return
    if not pool.good("diskGib", "gpusPerNode", "machineType", "localStorage"):
        return
    try:
        share = disk_share_gib(provider, pool.spec, spec.tensor_parallel)
    except UnknownMachineError:  # reported where the pool names it
        return
    if disk_need_gib(spec.weights_gib) > share:
        least = root_disk_for(provider, spec.weights_gib, pool.spec, spec.tensor_parallel)
        raid0 = pool.spec.local_storage is LocalStorage.RAID0
        setting = "localStorage: none and diskGib" if raid0 else "diskGib"
        report.add(
            model.at("weightsGib"),
            f"does not fit a server's share of a node's disk in pool {pool.spec.name}",
            spec.weights_gib,
            allowed=f"at most {max(0, share - CACHES_GIB)}: half of the disk, divided by the "
            f"servers that a node has room for, less {CACHES_GIB} GiB of caches",
            next_step=f"write {setting}: {least} for pool {pool.spec.name}: a server that finds no "
            "weights in the bucket downloads them",
        )
