"""What `tokenworks fit` says: the balance in GiB, the verdict, the smallest change.

Owns words and rounding. No figure here is below zero or without end: what is short is said so.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.advice import Change, changes, longest_context
from infra.sizing.estimate import Estimate
from infra.sizing.host import host_need


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All that is said, of the fullest GPU."""

    model: str
    gpu: str
    gpus: int
    engine_version: str
    quantization: str
    memory_utilization: float
    max_model_len: int
    max_num_seqs: int
    max_num_batched_tokens: int
    gpu_memory_gib: float
    budget_gib: float
    weights_gib_per_gpu: float
    activation_gib_per_gpu: float
    graphs_gib_per_gpu: float
    other_gib_per_gpu: float
    kv_cache_gib_per_gpu: float
    kv_cache_tokens: int
    context: int
    """The length that `concurrency` is for."""
    concurrency: float
    longest_context: int
    fits: bool
    margin_gib: float
    """What is left beside one longest request; 0 where it does not fit."""
    short_gib: float
    """What is missing; 0 where it fits."""
    host_memory_gib: float
    shared_memory_gib: float
    changes: Sequence[str]
    """Each alone makes it fit, the smallest first."""


def answer(model: str, found: Estimate, context: int | None = None) -> Answer:
    """Return the answer for a reader, for requests of `context` tokens or the longest ones."""
    need = host_need(found)
    length = min(context or found.max_model_len, found.max_model_len)
    margin = found.margin_bytes
    if not found.holds_graphs:
        margin = min(margin, found.graph_room_bytes)
    return Answer(
        model=model,
        gpu=found.gpu.name,
        gpus=found.settings.split.gpus,
        engine_version=str(found.settings.version),
        quantization=found.settings.weights.name,
        memory_utilization=found.memory_utilization,
        max_model_len=found.max_model_len,
        max_num_seqs=found.batch.max_num_seqs,
        max_num_batched_tokens=found.batch.max_num_batched_tokens,
        gpu_memory_gib=_gib(found.total_bytes),
        budget_gib=_gib(found.budget_bytes),
        weights_gib_per_gpu=_gib(found.weights_bytes),
        activation_gib_per_gpu=_gib(found.activation_bytes),
        graphs_gib_per_gpu=_gib(found.graph_bytes),
        other_gib_per_gpu=_gib(found.library_bytes),
        kv_cache_gib_per_gpu=_gib(max(0, found.cache_bytes)),
        kv_cache_tokens=found.tokens,
        context=length,
        concurrency=round(found.concurrency(length), 2),
        longest_context=longest_context(found),
        fits=found.fits,
        margin_gib=_gib(max(0, margin)) if found.fits else 0.0,
        short_gib=0.0 if found.fits else _gib(max(0, -margin)),
        host_memory_gib=round(need.memory_gib, 1),
        shared_memory_gib=round(need.shared_memory_gib, 2),
        changes=[_shown(change) for change in changes(found)],
    )


def as_dict(said: Answer) -> dict[str, object]:
    """Return the answer for a program."""
    return asdict(said)


def as_text(said: Answer) -> str:
    """Return the answer for a person."""
    gpus = f"{said.gpus} x {said.gpu}" if said.gpus > 1 else said.gpu
    rows = [
        ("weights", said.weights_gib_per_gpu, said.quantization),
        ("activation", said.activation_gib_per_gpu, _batch(said)),
        ("CUDA graphs", said.graphs_gib_per_gpu, ""),
        ("other", said.other_gib_per_gpu, "CUDA, NCCL, allocator"),
        ("KV cache", said.kv_cache_gib_per_gpu, f"{said.kv_cache_tokens:,} tokens"),
    ]
    lines = [
        f"{said.model} on {gpus}, vLLM {said.engine_version}",
        "",
        f"  of {said.gpu_memory_gib:.2f} GiB each, the engine may take {_budget(said)}",
        *(f"  {name:<12} {gib:>8.2f} GiB  {note}".rstrip() for name, gib, note in rows),
        "",
        f"  concurrency  {said.concurrency:>8.2f}      requests of {said.context:,} tokens at once",
        f"  longest      {said.longest_context:>8,}      tokens that one request may have",
        f"  host         {said.host_memory_gib:>8.1f} GiB  {_shared(said)}",
        "",
        *_verdict(said),
    ]
    return "\n".join(lines)


def cache_text(found: Estimate | None) -> str:
    """Return what the memory of a model's GPUs holds."""
    if found is None:
        return "KV cache not predicted: no shape of this model in the catalogue, or no rule for it"
    concurrency = found.concurrency(found.max_model_len)
    return (
        f"KV cache {found.cache_bytes / BYTES_PER_GIB:.1f} GiB a GPU, {found.tokens:,} tokens: "
        f"{concurrency:.1f} requests of {found.max_model_len:,} tokens at once (computed)"
    )


def _verdict(said: Answer) -> list[str]:
    request = f"one request of {said.max_model_len:,} tokens"
    if said.fits:
        return [f"fits: {said.margin_gib:.2f} GiB are left beside {request}"]
    short = f"does not fit: {said.short_gib:.2f} GiB are missing for {request}"
    if not said.changes:
        return [short, "no single change makes it fit: more GPUs and a smaller format together"]
    first, *others = said.changes
    return [short, f"smallest change: {first}", *(f"or:              {one}" for one in others[:3])]


def _budget(said: Answer) -> str:
    return f"{said.budget_gib:.2f} ({said.memory_utilization:g})"


def _shared(said: Answer) -> str:
    return f"memory, of which /dev/shm {said.shared_memory_gib:g}"


def _batch(said: Answer) -> str:
    return f"{said.max_num_seqs} requests, {said.max_num_batched_tokens:,} tokens in a batch"


def _shown(change: Change) -> str:
    left = change.result.margin_bytes / BYTES_PER_GIB
    return f"{change.text} (then {left:.2f} GiB are left)"


def _gib(size: float) -> float:
    return round(size / BYTES_PER_GIB, 3)
