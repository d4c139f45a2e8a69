"""Bytes of weights on each GPU, once they are loaded.

Owns how a model is cut over tensor and pipeline parallel ranks, as vLLM 0.33.0 cuts it
(vllm/model_executor/layers/linear.py, vocab_parallel_embedding.py, mla_attention.py).
"""

import math
from dataclasses import dataclass

from infra.sizing.architecture import (
    Architecture,
    CompressedAttention,
    Experts,
    LatentAttention,
    Layer,
    Mlp,
    SelfAttention,
    StateLayer,
    compressed_replicated,
    compressed_split,
    latent_replicated,
    latent_split,
    latent_up,
)
from infra.sizing.quantization import Quantized, WeightFormat, for_model

VOCABULARY_PADDING = 64
"""Rows to which a vocabulary is filled up (DEFAULT_VOCAB_PADDING_SIZE)."""
_HALF = 2
"""Bytes of a parameter that is not quantized."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """How a model is spread over GPUs."""

    tensor_parallel: int = 1
    pipeline_parallel: int = 1

    @property
    def gpus(self) -> int:
        """GPUs of one server."""
        return self.tensor_parallel * self.pipeline_parallel


@dataclass(frozen=True, kw_only=True)
class _Tally:
    """Parameters on one GPU, by what may become of them."""

    linear: float = 0.0
    mlp: float = 0.0
    experts: float = 0.0
    embeddings: float = 0.0
    plain: float = 0.0

    @property
    def unquantized(self) -> "_Tally":
        """The same with nothing in a format."""
        return _Tally(
            embeddings=self.embeddings, plain=self.linear + self.mlp + self.experts + self.plain
        )

    def __add__(self, other: "_Tally") -> "_Tally":
        return _Tally(
            linear=self.linear + other.linear,
            mlp=self.mlp + other.mlp,
            experts=self.experts + other.experts,
            embeddings=self.embeddings + other.embeddings,
            plain=self.plain + other.plain,
        )


def _left_whole(model: Architecture, weights: WeightFormat) -> set[int]:
    """Return the layers that a format leaves in 16 bit whatever it covers.

    NVIDIA leaves attention and the states that feed it (Nemotron 3 Nano technical report, section
    4; the page on quantization of Nemotron 3 Super at docs.nvidia.com, read 2026-11-26).
    """
    if not model.family.startswith("NemotronH") or weights.covers_head:
        return set()
    attentions = {
        index
        for index, layer in enumerate(model.layers)
        if isinstance(layer.attention, SelfAttention)
    }
    return attentions | {index - 1 for index in attentions}


def stages(layers: int, pipeline_parallel: int) -> list[range]:
    """Return which layers each pipeline stage has: the rest goes to stages before the last.

    So in vllm/distributed/utils.py, get_pp_indices: each stage but the last gets one more, from the
    end, while layers are left over.
    """
    each, rest = divmod(layers, pipeline_parallel)
    sizes = [each] * pipeline_parallel
    for number in range(2, rest + 2):
        sizes[-number] += 1
    starts = [sum(sizes[:number]) for number in range(pipeline_parallel)]
    return [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def weights_bytes(model: Architecture, weights: WeightFormat, split: Split, stage: int) -> int:
    """Return the bytes of weights on each GPU of a pipeline stage."""
    weights = for_model(weights, model)
    owned = stages(len(model.layers), split.pipeline_parallel)[stage]
    tally = _Tally()
    whole = _left_whole(model, weights)
    for index in owned:
        layer = _of_layer(model.layers[index], model.hidden_size, split, weights)
        tally += layer.unquantized if index in whole else layer
    tally += _outside(model, split, stage)
    covered, rest = weights.bytes_per_parameter, weights.rest_bits / 8
    size = (
        tally.linear * (covered if weights.covers is Quantized.LINEAR else rest)
        + tally.mlp * (rest if weights.covers is Quantized.EXPERTS else covered)
        + tally.experts * covered
        + tally.embeddings * (covered if weights.covers_head else _HALF)
        + tally.plain * _HALF
    )
    return round(size) + model.rotary_bytes


def largest_stage_bytes(model: Architecture, weights: WeightFormat, split: Split) -> int:
    """Return the bytes of weights on the fullest GPU."""
    return max(
        weights_bytes(model, weights, split, stage) for stage in range(split.pipeline_parallel)
    )


def absorbed_bytes(model: Architecture, weights: WeightFormat, split: Split) -> int:
    """Return what MLA keeps of its projections multiplied out, beside the projections themselves.

    Queries into latents, latents into the output, and the part of the queries that rotates; in fp8
    where the weights are, else in 16 bit (vllm/attention/backends/mla/utils.py of 0.7.3).
    """
    size = 1 if weights.bits == 8 else _HALF  # noqa: PLR2004 - bits
    ranks = split.tensor_parallel
    total = 0.0
    for layer in model.layers:
        one = layer.attention
        if isinstance(one, LatentAttention):
            seen = one.query_rank or model.hidden_size
            wide = one.heads / ranks * one.latent_size
            total += wide * (seen + model.hidden_size) * size
            total += seen * one.heads / ranks * one.rope_size * _HALF
    return round(total / split.pipeline_parallel)


def _outside(model: Architecture, split: Split, stage: int) -> _Tally:
    """Return embeddings and the vision tower, on the first stage, and the head, on the last."""
    rows = -(-model.vocab_size // VOCABULARY_PADDING) * VOCABULARY_PADDING
    table = rows * model.hidden_size / split.tensor_parallel
    is_first, is_last = stage == 0, stage == split.pipeline_parallel - 1
    count = int(is_first) + int(is_last)
    if model.ties_embeddings and is_first and is_last:
        count = 1
    plain = 0.0
    if is_first:
        plain += model.side_parameters + (
            model.vision.parameters(split.tensor_parallel) if model.vision else 0
        )
    return _Tally(embeddings=count * table, plain=plain)


def _of_layer(layer: Layer, hidden_size: int, split: Split, weights: WeightFormat) -> _Tally:
    ranks = split.tensor_parallel
    norms = _Tally(plain=2.0 * hidden_size)
    mlp = _of_mlp(layer.mlp, hidden_size, ranks, weights)
    return norms + _of_attention(layer, hidden_size, ranks) + mlp


def _of_attention(layer: Layer, hidden_size: int, tensor_parallel: int) -> _Tally:
    attention = layer.attention
    if isinstance(attention, SelfAttention):
        # Key and value heads are copied, not cut, once there are fewer of them than GPUs.
        kept = max(1, attention.kv_heads // tensor_parallel) * tensor_parallel
        whole = attention.projections(hidden_size)
        copies = 1 if attention.shares_key_and_value else 2
        more = copies * (kept - attention.kv_heads) * attention.head_size * hidden_size
        return _Tally(linear=(whole + max(0, more)) / tensor_parallel)
    if isinstance(attention, LatentAttention):
        return _Tally(
            linear=latent_replicated(attention, hidden_size)
            + latent_split(attention, hidden_size) / tensor_parallel,
            # The engine keeps the projections up a second time, in 16 bits, for decoding.
            plain=latent_up(attention) / tensor_parallel,
        )
    if isinstance(attention, CompressedAttention):
        replicated = compressed_replicated(attention, hidden_size)
        return _Tally(
            linear=replicated + compressed_split(attention, hidden_size) / tensor_parallel
        )
    if isinstance(attention, StateLayer):
        return _Tally(linear=attention.parameters / tensor_parallel)
    return _Tally()  # NoAttention


def _of_mlp(
    mlp: Mlp | Experts, hidden_size: int, tensor_parallel: int, weights: WeightFormat
) -> _Tally:
    if isinstance(mlp, Mlp):
        return _Tally(mlp=mlp.matrices * hidden_size * mlp.intermediate_size / tensor_parallel)
    rows = _filled(mlp.intermediate_size / tensor_parallel, weights.expert_rows)
    columns = _filled(mlp.latent_size or hidden_size, weights.expert_columns)
    shared = hidden_size * mlp.matrices * mlp.shared_intermediate_size
    latent = 2.0 * hidden_size * (mlp.latent_size or 0)
    biases = mlp.experts * ((mlp.matrices - 1) * rows + columns) if mlp.has_biases else 0.0
    return _Tally(
        experts=mlp.experts * mlp.matrices * rows * columns,
        mlp=shared / tensor_parallel,
        plain=hidden_size * mlp.experts + latent + biases,
    )


def _filled(size: float, multiple: int) -> float:
    return size if multiple == 1 else math.ceil(size / multiple) * multiple
