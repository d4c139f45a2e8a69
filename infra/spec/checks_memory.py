"""Checks that a model fits the memory of its pool's GPUs, before anything starts.

Does not check host memory: the scheduler of the rehearsal decides that.
"""

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.advice import changes, longest_context
from infra.sizing.estimate import Estimate
from infra.spec.draft import Draft
from infra.spec.memory import server_memory
from infra.spec.mistakes import MistakesError
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.report import Report

_READ = (
    *("source", "tensorParallel", "gpuMemoryUtilization", "context"),
    "maxConcurrentRequests",
)
_SETTINGS = (
    # What sizing calls an option of the engine, and stack files a setting of the model.
    ("--memory-utilization ", "gpuMemoryUtilization: "),
    ("--max-model-len ", "context: "),
    ("--max-num-seqs ", "maxConcurrentRequests: "),
    ("--tensor-parallel ", "tensorParallel: "),
)


def check_memory(
    model: Draft[ModelSpec], pool: Draft[GpuPoolSpec], provider: str, report: Report
) -> None:
    """Check one model against its pool; a model without a known shape is left to the engine."""
    if not model.good(*_READ) or not pool.good("machineType", "gpusPerNode"):
        return
    if model.spec.tensor_parallel > pool.spec.gpus_per_node:
        return  # no node has so many: the scheduler's verdict
    try:
        found = server_memory(model.spec, pool.spec, provider)
    except MistakesError as error:
        for one in error.mistakes:
            report.add(
                model.at("tensorParallel"),
                one.problem,
                model.spec.tensor_parallel,
                allowed=one.allowed,
                next_step=one.next_step,
            )
        return
    if found is not None and not found.fits:
        _refuse(model, pool.spec, found, report)


def _refuse(model: Draft[ModelSpec], pool: GpuPoolSpec, found: Estimate, report: Report) -> None:
    gpu, weights_gib = found.gpu.name, found.weights_bytes / BYTES_PER_GIB
    budget_gib = found.budget_bytes / BYTES_PER_GIB
    left_gib = max(0.0, found.cache_bytes / BYTES_PER_GIB)
    need_gib = found.plan.request_bytes / BYTES_PER_GIB
    longest = longest_context(found)
    report.add(
        model.at("context"),
        f"does not fit pool {pool.name}: of {budget_gib:.1f} GiB on each {gpu}, weights "
        f"take {weights_gib:.1f}; {left_gib:.1f} are left for a cache, and one longest request "
        f"needs {need_gib:.1f}",
        model.spec.context,
        allowed=f"at most {longest} tokens there" if longest else "nothing: not even the weights",
        next_step=_next_step(found, pool.gpus_per_node),
    )


def _next_step(found: Estimate, gpus_per_node: int) -> str:
    for change in changes(found):
        if change.result.settings.split.gpus > gpus_per_node:
            continue  # no node of the pool has so many
        for option, setting in _SETTINGS:
            if change.text.startswith(option):
                return f"write {setting}{change.text.removeprefix(option)}"
        if change.text.startswith("--gpu "):
            return f"choose a pool of {change.text.removeprefix('--gpu ')}"
        if change.text.startswith("--quantization "):
            return "choose a checkpoint with fewer bits, or see `tokenworks fit`"
    return "more GPUs and fewer bits together: `tokenworks fit` shows what each gives"
