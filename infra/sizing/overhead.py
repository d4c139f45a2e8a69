"""Memory that is neither weights, activation nor cache: libraries and CUDA graphs.

Owns default batches, and what is held outside of PyTorch, each with what it was read or fitted
from. Does not own what the dummy runs hold (`activation`).
"""

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.activation import Batch
from infra.sizing.architecture import (
    Architecture,
    Experts,
    LatentAttention,
    SelfAttention,
)
from infra.sizing.gpus import SizedGpu
from infra.sizing.versions import EngineVersion
from infra.sizing.weights import Split

_GRAPH_BYTES_PER_LAYER = 0.3 * 1024**2
"""A captured graph costs about 0.3 MiB for each layer: 86 graphs of Qwen3.5 27B 1.62 GiB
(vllm-project/vllm#39559), 5 and 7 of Qwen3.6 27B 0.13 and 0.17 (noonghunna/club-3090#104, #44)."""
_GRAPH_BASE_GIB = 0.1
"""First capture: the pool that all graphs share; 0.0 to 0.28 in six logs."""
_LARGEST_GRAPH = 512
_FINE_GRAPHS = 256
"""Sizes are 1, 2, 4, then multiples of 8, from 256 on of 16; the largest is 512, or twice
`max_num_seqs` (vllm/config/vllm.py of 0.21.0, _set_cudagraph_sizes)."""

_V0_LARGEST_GRAPH = 256

_LIBRARIES_GIB = {1: 0.15, 2: 0.25, 4: 0.4}
"""CUDA context, NCCL and custom all-reduce by the GPUs of a server: logged 0.13 to 0.14 on one
H100, 0.25 on two RTX 4090, 0.34 to 0.43 on four A100, 0.36 on eight L40S."""
_SWITCHED_LIBRARIES_GIB = {1: 0.15, 2: 0.55, 4: 0.75, 8: 0.9}
"""The same behind a switch that adds up and multicasts (NVLS), for which NCCL keeps buffers besides
(NCCL's documentation, NCCL_NVLS_ENABLE): logged 0.54 to 0.55 on two H100, 0.95 on four B300."""
_LEFT_GIB = 0.4
"""From 0.20 on graphs are captured once to weigh them, before the driver is asked what is taken,
and from 0.22 on what PyTorch reserves counts too, used or not (vllm/utils/mem_utils.py): 0.47 GiB
in a start that compiles against one that need not (vllm-project/vllm#54479), 0.6 in a log of 0.22.
"""
_EXPERT_KERNELS_GIB = 3.0
_EXPERT_KERNELS_FROM = 128
"""DeepSeek's class, up to 0.13: latent attention, many experts. 4 GiB more than above in a log of
R1 on sixteen H20 (vllm-project/vllm#17242), 7 on eight H200; 3 is careful where nothing is known.
From 0.14 on workspaces of experts are counted as such, and a log of 2026 has 0.95 GiB in all."""
_COUNTED_FROM = (0, 14, 0)
_UNIFIED_GIB = 1.3
"""Where host and GPU share their memory, the host's part of the process counts too (mem_utils.py
asks the host what is free): 0.5, 1.3 and 2.1 GiB more in three logs of GB10 and Jetson Thor."""
_SMALL_GPU_GIB = 25.0
_SMALL_LIBRARIES_GIB = 0.05
"""On T4 and L4 alone: logged 0.01 to 0.05."""


def default_batch(
    model: Architecture, gpu: SizedGpu, version: EngineVersion, max_model_len: int
) -> Batch:
    """Return what `vllm serve` chooses (vllm/engine/arg_utils.py, get_batch_defaults)."""
    is_small_a100 = gpu.is_a100 and version.keeps_a100_small
    large = gpu.memory_gib >= 70 and not is_small_a100 and not gpu.is_unified  # noqa: PLR2004 - GiB
    if not version.is_v1:
        tokens = version.prefill_tokens(max_model_len, cuts=_cuts_prompts(model, version))
        return Batch(max_num_seqs=256, max_num_batched_tokens=tokens)
    if version.number >= (0, 28, 0) and gpu.memory_gib >= 160:  # noqa: PLR2004 - GiB
        return Batch(max_num_seqs=1024, max_num_batched_tokens=16384)
    if large:
        seqs = 1024 if version.number >= (0, 8, 3) else 256
        return Batch(max_num_seqs=seqs, max_num_batched_tokens=8192)
    return Batch(max_num_seqs=256, max_num_batched_tokens=2048)


def _cuts_prompts(model: Architecture, version: EngineVersion) -> bool:
    """Return whether the V0 engine cuts long prompts by itself.

    Not of models that see, that keep latents or that slide (vllm/engine/arg_utils.py of 0.8.5,
    _set_default_args_v0).
    """
    attentions = {layer.attention for layer in model.layers}
    latent = any(isinstance(one, LatentAttention) for one in attentions)
    slides = any(isinstance(one, SelfAttention) and one.window for one in attentions)
    return not (model.vision or slides or (latent and version.has_latent_cache))


def library_bytes(model: Architecture, gpu: SizedGpu, split: Split, version: EngineVersion) -> int:
    """Return what the process holds outside of PyTorch's allocator."""
    ranks = split.gpus
    kept = round(_LEFT_GIB * BYTES_PER_GIB) if version.counts_graphs else 0
    if version.number < _COUNTED_FROM and _has_expert_kernels(model):
        kept += round(_EXPERT_KERNELS_GIB * BYTES_PER_GIB)
    if gpu.is_unified:
        kept += round(_UNIFIED_GIB * BYTES_PER_GIB)
    if ranks == 1 and gpu.memory_gib < _SMALL_GPU_GIB:
        return round(_SMALL_LIBRARIES_GIB * BYTES_PER_GIB) + kept
    sizes = _SWITCHED_LIBRARIES_GIB if gpu.has_multicast else _LIBRARIES_GIB
    return round(sizes[max(size for size in sizes if size <= ranks)] * BYTES_PER_GIB) + kept


def _has_expert_kernels(model: Architecture) -> bool:
    return any(
        isinstance(layer.attention, LatentAttention)
        and isinstance(layer.mlp, Experts)
        and layer.mlp.experts >= _EXPERT_KERNELS_FROM
        for layer in model.layers
    )


def graph_bytes(
    model: Architecture, split: Split, batch: Batch, version: EngineVersion, *, eager: bool
) -> int:
    """Return what captured CUDA graphs take; 0 in eager mode."""
    if eager:
        return 0
    layers = -(-len(model.layers) // split.pipeline_parallel)
    per_layer = _graphs(batch, version) * _GRAPH_BYTES_PER_LAYER
    return round(_GRAPH_BASE_GIB * BYTES_PER_GIB + layers * per_layer)


def _graphs(batch: Batch, version: EngineVersion) -> int:
    """Return how many graphs are captured: for mixed batches, and again for decoding alone."""
    if not version.is_v1:
        return _sizes(_V0_LARGEST_GRAPH)
    mixed = _sizes(min(_LARGEST_GRAPH, 2 * batch.max_num_seqs))
    if not version.captures_twice:
        return mixed
    return mixed + _sizes(min(_LARGEST_GRAPH, batch.max_num_seqs))


def _sizes(largest: int) -> int:
    """Return the number of batch sizes up to the largest."""
    small = sum(size <= largest for size in (1, 2, 4))
    return small + min(largest, _FINE_GRAPHS) // 8 + max(0, largest - _FINE_GRAPHS) // 16
