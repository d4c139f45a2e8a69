"""Memory that is neither weights nor cache: activation, libraries, CUDA graphs.

Owns the formulas and constants, each with what it was read or fitted from. The dummy runs they
follow: vllm/v1/worker/gpu_model_runner.py, profile_run and _dummy_sampler_run (0.33.0). Fits and
their errors: docs/sizing.md.
"""

from dataclasses import dataclass

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.architecture import (
    Architecture,
    Experts,
    LatentAttention,
    Mlp,
    SelfAttention,
    StateLayer,
    VisionTower,
)
from infra.sizing.gpus import SizedGpu
from infra.sizing.versions import EngineVersion
from infra.sizing.weights import Split

_HALF = 2
_SINGLE = 4
_NATIVE_SAMPLER_COPIES = 9.7
"""Tables of logits in float32 alive at once in PyTorch's top-p and top-k: sort of values, of
indices in 64 bits, cumulative sums, masks. Fitted on 17 logged peaks, -6 % to +1 %."""
_KERNEL_SAMPLER_COPIES = 2.9
"""The same with FlashInfer's kernel; five logs of 0.10.1.1. Triton's works in place as well."""
_FORWARD_COPIES = 3
"""16-bit rows of an MLP's width and of the model's alive at once; fitted on eight logged peaks."""
_EXPERT_ROWS = 32_768
"""Tokens that experts see at once (VLLM_FUSED_MOE_CHUNK_SIZE, vllm/envs.py of 0.7.3 to 0.11.0)."""
_MERGED = 4
"""Patches that become one token, in most vision models."""
_GRAPH_BYTES_PER_LAYER = 0.3 * 1024**2
"""A captured graph costs about 0.3 MiB for each layer: A100 with a model of 7B 0.50 GiB for 28
layers and 67 sizes, 0.33 GiB for 11 sizes (logs of 0.8 to 0.22)."""
_LARGEST_GRAPH = 512
"""Largest batch that is captured, or twice `max_num_seqs` (cudagraph_capture_sizes, 0.33.0)."""
_GRAPH_BASE_GIB = 0.25
"""First capture: the pool that all graphs share."""

_LIBRARIES_GIB = {1: 0.15, 2: 0.55, 4: 0.75, 8: 0.9}
"""CUDA context, NCCL, custom all-reduce and workspaces by the GPUs of a server: logged 0.13 to
0.14 on one H100, 0.54 to 0.55 on two, 0.4 to 1.0 on four and eight."""
_V0_GIB = 0.4
"""The V0 engine logged 0.25 to 0.43 on two to eight ranks."""
_WORKSPACES_GIB = 0.4
"""Kernels of attention and experts keep workspaces of their own (vllm/v1/worker/workspace.py, there
in 0.14.0, absent in 0.11.0; FlashInfer's alone is 394 MiB), and from 0.20 on the driver's count has
what PyTorch's allocator keeps besides. Eight logs of 0.13 to 0.22 have 0.1 to 0.8 more than before.
"""
_EXPERT_KERNELS_GIB = 3.0
_EXPERT_KERNELS_FROM = 128
"""DeepSeek's class: latent attention and many experts. 4 GiB more than above in a log of R1 on
sixteen H20 (vllm-project/vllm#17242), 7 on eight H200; 3 is careful where nothing is known."""
_UNIFIED_GIB = 1.0
"""Where host and GPU share their memory, the host's part of the process counts too: 1.3 and 2.8 GiB
more in two logs of GB10 and Jetson Thor (`host` has its parts)."""
_SMALL_GPU_GIB = 25.0
_SMALL_LIBRARIES_GIB = 0.05
"""On T4 and L4 alone: logged 0.01 to 0.05."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How much the engine runs at once."""

    max_num_seqs: int
    max_num_batched_tokens: int


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


def activation_bytes(
    model: Architecture, split: Split, batch: Batch, version: EngineVersion
) -> int:
    """Return the peak of the dummy runs: encoder, one forward pass, one sampler run."""
    peaks = [_forward(model, split, batch), _sampler(model, batch, version)]
    if model.vision is not None:
        peaks.append(_vision(model.vision, model.hidden_size, split, batch))
    return round(max(peaks))


def _sampler(model: Architecture, batch: Batch, version: EngineVersion) -> float:
    rows = min(batch.max_num_seqs, batch.max_num_batched_tokens)
    copies = _KERNEL_SAMPLER_COPIES if version.samples_in_kernels else _NATIVE_SAMPLER_COPIES
    return copies * rows * model.vocab_size * _SINGLE


def _forward(model: Architecture, split: Split, batch: Batch) -> float:
    ranks, rows = split.tensor_parallel, batch.max_num_batched_tokens
    return max(_layer(layer.mlp, model.hidden_size, ranks, rows) for layer in model.layers)


def _layer(mlp: Mlp | Experts, hidden_size: int, tensor_parallel: int, rows: int) -> float:
    if isinstance(mlp, Mlp):
        row = _FORWARD_COPIES * (mlp.intermediate_size / tensor_parallel + hidden_size)
        return _HALF * rows * row
    # vllm/model_executor/layers/fused_moe: the first cache holds gate and up of each chosen expert,
    # and is used again for its output; the second holds their product.
    inner = mlp.intermediate_size / tensor_parallel
    routed = mlp.experts_per_token * (max(2 * inner, hidden_size) + inner)
    shared = _FORWARD_COPIES * (mlp.shared_intermediate_size / tensor_parallel + hidden_size)
    return _HALF * (min(rows, _EXPERT_ROWS) * routed + rows * shared)


def _vision(vision: VisionTower, hidden_size: int, split: Split, batch: Batch) -> float:
    """Return the peak in the tower: residual, norm and an MLP's rows, and what it hands on."""
    patches = max(vision.most_patches, _MERGED * batch.max_num_batched_tokens)
    inner = vision.matrices * vision.intermediate_size / split.tensor_parallel
    row = 2 * vision.hidden_size + inner
    return _HALF * (patches * row + patches / _MERGED * hidden_size)


def library_bytes(model: Architecture, gpu: SizedGpu, split: Split, version: EngineVersion) -> int:
    """Return what the process holds outside of PyTorch's allocator."""
    ranks = split.gpus
    kept = round(_WORKSPACES_GIB * BYTES_PER_GIB) if version.has_workspaces else 0
    if _has_expert_kernels(model):
        kept += round(_EXPERT_KERNELS_GIB * BYTES_PER_GIB)
    if gpu.is_unified:
        kept += round(_UNIFIED_GIB * BYTES_PER_GIB)
    if ranks == 1 and gpu.memory_gib < _SMALL_GPU_GIB:
        return round(_SMALL_LIBRARIES_GIB * BYTES_PER_GIB) + kept
    known = max(size for size in _LIBRARIES_GIB if size <= ranks)
    size = _LIBRARIES_GIB[known] if version.is_v1 else min(_LIBRARIES_GIB[known], _V0_GIB)
    return round(size * BYTES_PER_GIB) + kept


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
    largest = min(_LARGEST_GRAPH, 2 * batch.max_num_seqs) if version.is_v1 else 256
    sizes = 3 + largest // 8
    layers = -(-len(model.layers) // split.pipeline_parallel)
    states = any(isinstance(layer.attention, StateLayer) for layer in model.layers)
    per_layer = _GRAPH_BYTES_PER_LAYER * (2 if states else 1)
    return round(_GRAPH_BASE_GIB * BYTES_PER_GIB + sizes * layers * per_layer)
