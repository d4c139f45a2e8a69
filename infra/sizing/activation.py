"""What the dummy runs of a start-up hold at their peak: encoder, one forward pass, one sampling.

Owns the peak. Follows vllm/v1/worker/gpu_model_runner.py (profile_run, _dummy_sampler_run) of
0.8.5, 0.11.0, 0.14.0, 0.21.0 and 0.33.0, read 2026-11-26: pictures and what the encoder made of
them stay until the end, as do the hidden states of the forward pass and workspaces of experts.
"""

from dataclasses import dataclass

from infra.sizing.architecture import (
    Architecture,
    Attention,
    Experts,
    LatentAttention,
    Mlp,
    VisionTower,
)
from infra.sizing.formats import WeightFormat
from infra.sizing.gpus import SizedGpu
from infra.sizing.versions import EngineVersion, Sampler
from infra.sizing.weights import Split

_HALF = 2
_SINGLE = 4
_COPIES = {
    # Tables of logits, in tables of float32, alive at once (vllm/v1/sample/ops/topk_topp_sampler.py
    # of 0.14.0 and 0.19.0). All: 0.5 the logits in 16 bit, 1 in float32. PyTorch sorts: 1 values
    # and 2 indices of 64 bits; reversed indices (2) and the sort's other half (3), which
    # aten/src/ATen/native/cuda/Sort.cu takes meanwhile. 17 logged peaks are 0 to 3 % above.
    Sampler.PYTORCH: 9.5,
    # Triton's masks are in place: 1 probabilities, 1 exponential noise.
    Sampler.TRITON: 3.5,
    # Fitted on five logs of 0.10.1.1.
    Sampler.FLASHINFER: 2.9,
}
_FORWARD_COPIES = 3
"""16-bit rows of an MLP's width and of the model's alive at once: gate, up and their product;
input, residual and output. Eight logged peaks agree."""
_BLOCK_TOKENS = 16
_MOST_CONTEXT_TOKENS = 65_536
_MERGED = 4
"""Patches that become one token, in most vision models."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How much the engine runs at once."""

    max_num_seqs: int
    max_num_batched_tokens: int
    max_model_len: int = 0
    """Of one request; 0 where it does not matter."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What runs a model."""

    gpu: SizedGpu
    weights: WeightFormat
    split: Split
    version: EngineVersion


def activation_bytes(model: Architecture, place: Placement, batch: Batch) -> int:
    """Return the peak."""
    split, version = place.split, place.version
    tokens, kept, encoder = batch.max_num_batched_tokens, 0.0, 0.0
    if model.vision is not None:
        pictures = _pictures(model.vision, model.hidden_size, batch)
        encoder = pictures + _encoder(model.vision, split, batch)
        kept = pictures if version.is_v1 else 0.0  # the V0 engine has one run for all
    hidden = tokens * model.hidden_size * _HALF
    mlps = {layer.mlp for layer in model.layers}
    workspaces = max(_workspaces(mlp, model, place, tokens) for mlp in mlps)
    sampling = hidden + _sampler(model, batch, version) + workspaces
    attention = 0.0
    if version.makes_room_for_contexts:
        latents = {layer.attention for layer in model.layers}
        contexts = max(_contexts(latent, split, batch) for latent in latents)
        attention = 2 * hidden + contexts + workspaces
    seen = min(tokens, version.expert_rows(place.weights.bits) or tokens)
    forward = max(
        _dense(mlp, model, split, tokens)
        if isinstance(mlp, Mlp)
        else _experts(mlp, model, split, tokens, seen)
        for mlp in mlps
    )
    return round(max(encoder, kept + max(forward, sampling, attention)))


def _sampler(model: Architecture, batch: Batch, version: EngineVersion) -> float:
    rows = min(batch.max_num_seqs, batch.max_num_batched_tokens)
    return _COPIES[version.sampler] * rows * model.vocab_size * _SINGLE


def _dense(mlp: Mlp, model: Architecture, split: Split, tokens: int) -> float:
    inner = mlp.intermediate_size / split.tensor_parallel
    return _HALF * tokens * _FORWARD_COPIES * (inner + model.hidden_size)


def _experts(mlp: Experts, model: Architecture, split: Split, tokens: int, seen: int) -> float:
    """Return the peak of experts that see a part of the tokens at once."""
    # vllm/model_executor/layers/fused_moe/fused_moe.py: the first cache holds gate and up of each
    # chosen expert, and is used again for its output; the second holds their product.
    hidden_size, ranks = model.hidden_size, split.tensor_parallel
    inner = mlp.intermediate_size / ranks
    routed = mlp.experts_per_token * (max(2 * inner, hidden_size) + inner)
    shared = _FORWARD_COPIES * (mlp.shared_intermediate_size / ranks + hidden_size)
    return _HALF * (seen * routed + tokens * shared)


def _workspaces(mlp: Mlp | Experts, model: Architecture, place: Placement, tokens: int) -> float:
    """Return what experts keep of what they worked in, by their kernel (`workspace_shapes`)."""
    kept = place.version.keeps_expert_workspaces(place.weights.name)
    if isinstance(mlp, Mlp) or not kept:
        return 0.0
    inner = mlp.intermediate_size / place.split.tensor_parallel
    seen = mlp.latent_size or model.hidden_size
    if _is_lean(place):  # FlashInfer's and TensorRT-LLM's: their output alone
        return _HALF * tokens * seen
    if place.weights.name == "mxfp4" and place.gpu.is_hopper:  # Triton's of gpt-oss
        return _HALF * tokens * (mlp.experts_per_token * inner + seen)
    return _HALF * tokens * mlp.experts_per_token * (max(inner, seen) + max(2 * inner, seen))


def _is_lean(place: Placement) -> bool:
    """Return whether a kernel runs that keeps its output alone: on Blackwell.

    For NVFP4 from 0.15.0 on and 16 bit from 0.21.0 on any, for fp8 in blocks and MXFP4 those of
    data centres (fused_moe/oracle, _supports_current_device of each kernel).
    """
    name, number = place.weights.name, place.version.number
    if not place.gpu.is_blackwell or number < (0, 15, 0):
        return False
    if name in ("fp8 block", "mxfp4"):
        return place.gpu.has_multicast
    return name.startswith("nvfp4") or (name == "16 bit" and number >= (0, 21, 0))


def _contexts(attention: Attention, split: Split, batch: Batch) -> float:
    """Return the keys and values of contexts, projected up, for which MLA makes room.

    Eight requests of full length or four blocks each, at most 65,536 tokens, at least a block each
    (mla/common.py, determine_chunked_prefill_workspace_size; mla_attention.py later).
    """
    if not isinstance(attention, LatentAttention) or attention.indexer_heads:
        return 0.0
    block = batch.max_num_seqs * _BLOCK_TOKENS
    rows = max(block, min(max(8 * batch.max_model_len, 4 * block), _MOST_CONTEXT_TOKENS))
    heads = attention.heads / split.tensor_parallel
    queries = batch.max_num_batched_tokens * (attention.nope_size + attention.rope_size)
    return _HALF * heads * (rows * (attention.nope_size + attention.value_size) + queries)


def _patches(vision: VisionTower, batch: Batch) -> int:
    return max(vision.most_patches, _MERGED * batch.max_num_batched_tokens)


def _pictures(vision: VisionTower, hidden_size: int, batch: Batch) -> float:
    """Return what stays: pixels, what the tower hands on, and its buffers beside the tokens."""
    patches = _patches(vision, batch)
    handed = patches / _MERGED * hidden_size * (1 + vision.levels)
    buffers = batch.max_num_batched_tokens * hidden_size * vision.levels
    return _HALF * (patches * vision.pixels + handed + buffers)


def _encoder(vision: VisionTower, split: Split, batch: Batch) -> float:
    """Return the peak in the tower: residual, norm and an MLP's rows; positions where kept."""
    inner = vision.matrices * vision.intermediate_size / split.tensor_parallel
    rows = 2 * vision.hidden_size + inner + (vision.hidden_size if vision.adds_positions else 0)
    return _HALF * _patches(vision, batch) * rows
