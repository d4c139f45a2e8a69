"""What a model is made of, as far as memory goes: layers, their attention, their MLPs.

Owns the parts and how many parameters each has. Does not own where the numbers come from
(`hf_config`), nor bytes (`weights`, `kv_cache`). All counts are of the whole model, not of a GPU.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class SelfAttention:
    """Attention with keys and values per head."""

    heads: int
    kv_heads: int
    head_size: int
    window: int | None = None
    """Tokens that a sliding layer sees; None sees all."""
    chunk: int | None = None
    """Tokens of a chunk that a local layer sees (Llama 4); None sees all."""
    is_gated: bool = False
    """Whether queries carry an output gate of their size (Qwen3-Next, Qwen3.5)."""
    shares_key_and_value: bool = False
    """Whether values are the keys: one projection, two caches (Gemma 4's full layers)."""
    reuses_cache: bool = False
    """Whether the layer reads the cache of an earlier one (Gemma 3n, Gemma 4's small ones)."""

    def projections(self, hidden_size: int) -> int:
        """Return the parameters that are split over GPUs: queries, keys, values and output."""
        queries = self.heads * self.head_size * (2 if self.is_gated else 1)
        output = self.heads * self.head_size
        kept = 1 if self.shares_key_and_value else 2
        return hidden_size * (queries + output + kept * self.kv_heads * self.head_size)


@dataclass(frozen=True, kw_only=True)
class LatentAttention:
    """Multi-head latent attention (MLA): one compressed key and value for all heads."""

    heads: int
    latent_size: int
    """`kv_lora_rank`."""
    rope_size: int
    """`qk_rope_head_dim`."""
    nope_size: int
    """`qk_nope_head_dim`."""
    value_size: int
    """`v_head_dim`."""
    query_rank: int | None
    """`q_lora_rank`; None projects queries at once."""
    indexer_heads: int = 0
    """`index_n_heads` of sparse attention (DSA); 0 has no indexer."""
    indexer_size: int = 0
    """`index_head_dim`."""


@dataclass(frozen=True, kw_only=True)
class CompressedAttention:
    """DeepSeek V4's attention: one head of latents, of which a layer keeps every n-th group."""

    heads: int
    head_size: int
    query_rank: int
    output_rank: int
    """`o_lora_rank`, of each group."""
    output_groups: int
    """`o_groups`."""
    indexer_size: int
    """`index_head_dim`; layers of ratio 4 have an indexer."""
    ratio: int
    """Tokens that one kept entry stands for; 0 keeps the window alone."""
    window: int


@dataclass(frozen=True, kw_only=True)
class StateLayer:
    """A layer with a state of fixed size instead of a cache: Mamba 2, gated delta net, KDA."""

    parameters: int
    """Of its projections, which are split over GPUs."""
    conv_elements: int
    """Size of the convolution's state, all GPUs together."""
    state_elements: int
    """Size of the recurrent state, all GPUs together."""
    state_bytes_per_element: int
    """2, or 4 where the config keeps the state in float32."""
    later_single: bool = False
    """Whether the engine makes it float32 by itself from 0.20.0 on (Nemotron-H)."""


@dataclass(frozen=True, kw_only=True)
class NoAttention:
    """A layer that only has an MLP (Nemotron-H)."""


Attention: TypeAlias = (
    SelfAttention | LatentAttention | CompressedAttention | StateLayer | NoAttention
)


@dataclass(frozen=True, kw_only=True)
class Mlp:
    """A dense MLP. Size 0: the layer has none."""

    intermediate_size: int
    matrices: int = 3
    """3 with a gate, 2 without."""


@dataclass(frozen=True, kw_only=True)
class Experts:
    """A mixture of experts."""

    experts: int
    experts_per_token: int
    intermediate_size: int
    """Of one routed expert."""
    shared_intermediate_size: int = 0
    """Of all shared experts together."""
    matrices: int = 3
    """3 with a gate, 2 without."""
    latent_size: int | None = None
    """What routed experts see instead of the model's size (`moe_latent_size`)."""
    has_biases: bool = False
    """Whether experts add something of their own (gpt-oss); kept in 16 bit."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One decoder layer."""

    attention: Attention
    mlp: Mlp | Experts


@dataclass(frozen=True, kw_only=True)
class VisionTower:
    """The encoder of a model that also sees. Not quantized.

    Its MLPs are split over GPUs; so is its attention, where its heads divide
    (`mm_encoder_tp_mode` "weights", vllm/config/multimodal.py; InternViT's attention stays whole).
    """

    mlp_parameters: int
    """Of its MLPs, and of projectors that are split as they are."""
    attention_parameters: int
    projector_parameters: int
    """What every GPU has: projectors that are not split, positions, the embedding of patches."""
    heads: int
    hidden_size: int
    intermediate_size: int
    matrices: int
    """Of its MLPs: 3 with a gate, 2 without."""
    most_patches: int
    """Patches of the largest image that start-up is measured with."""
    pixels: int
    """Values of a patch, as they come in."""
    levels: int = 0
    """Layers whose outputs are handed on besides the last one's (Qwen3-VL's deepstack)."""
    adds_positions: bool = False
    """Whether embeddings of positions are worked out for each patch, and kept (Qwen3-VL, 3.5)."""
    is_split: bool = True
    """Whether it is cut over GPUs at all: not where transformers' own class runs (Gemma 4)."""

    def parameters(self, tensor_parallel: int) -> float:
        """Return the parameters on each GPU."""
        if not self.is_split:
            return self.mlp_parameters + self.attention_parameters + self.projector_parameters
        ranks = tensor_parallel if self.heads % tensor_parallel == 0 else 1
        cut = self.mlp_parameters / tensor_parallel + self.attention_parameters / ranks
        return cut + self.projector_parameters


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One model."""

    family: str
    """Class of the checkpoint, `LlamaForCausalLM`."""
    hidden_size: int
    vocab_size: int
    layers: tuple[Layer, ...]
    ties_embeddings: bool
    """Whether the output head is the embedding."""
    longest_context: int | None
    """`max_position_embeddings`; None where the config does not say."""
    side_parameters: int = 0
    """Embeddings beside the vocabulary's, never quantized."""
    rotary_bytes: int = 0
    """Of the tables of sines and cosines, on every GPU."""
    draft_layers: int = 0
    """Layers that predict further tokens (MTP); loaded only for speculative decoding."""
    vision: VisionTower | None = None
    quantization: "Mapping[str, object] | None" = None
    """`quantization_config` as the file has it."""

    @property
    def parameters(self) -> int:
        """Parameters of the language model, norms and biases left out (below 0.1 %)."""
        embeddings = self.hidden_size * self.vocab_size * (1 if self.ties_embeddings else 2)
        return (
            self.side_parameters
            + embeddings
            + sum(
                attention_parameters(layer.attention, self.hidden_size)
                + mlp_parameters(layer.mlp, self.hidden_size)
                for layer in self.layers
            )
        )


def attention_parameters(attention: Attention, hidden_size: int) -> int:
    """Return the parameters of a layer's attention."""
    if isinstance(attention, SelfAttention):
        return attention.projections(hidden_size)
    if isinstance(attention, LatentAttention):
        return latent_replicated(attention, hidden_size) + latent_split(attention, hidden_size)
    if isinstance(attention, CompressedAttention):
        return compressed_replicated(attention, hidden_size) + compressed_split(
            attention, hidden_size
        )
    return attention.parameters if isinstance(attention, StateLayer) else 0


def latent_replicated(attention: LatentAttention, hidden_size: int) -> int:
    """Return the parameters of MLA that every GPU has: the projections down, and the indexer's."""
    down = attention.latent_size + attention.rope_size + (attention.query_rank or 0)
    indexer = attention.indexer_heads * attention.indexer_size * (attention.query_rank or 0)
    keys = hidden_size * (attention.indexer_size + attention.indexer_heads)
    return hidden_size * down + indexer + (keys if attention.indexer_heads else 0)


def latent_split(attention: LatentAttention, hidden_size: int) -> int:
    """Return the parameters of MLA that are split by heads."""
    query_size = attention.heads * (attention.nope_size + attention.rope_size)
    queries = (attention.query_rank or hidden_size) * query_size
    return queries + latent_up(attention) + attention.heads * attention.value_size * hidden_size


def latent_up(attention: LatentAttention) -> int:
    """Return the parameters of `kv_b_proj`, of which the engine keeps a second, 16-bit copy."""
    return attention.latent_size * attention.heads * (attention.nope_size + attention.value_size)


def compressed_replicated(attention: CompressedAttention, hidden_size: int) -> int:
    """Return the parameters of V4's attention that every GPU has."""
    return hidden_size * (attention.query_rank + attention.head_size)


def compressed_split(attention: CompressedAttention, hidden_size: int) -> int:
    """Return the parameters of V4's attention that are split by heads."""
    wide = attention.heads * attention.head_size
    output = attention.output_rank * (wide + attention.output_groups * hidden_size)
    return attention.query_rank * wide + output


def mlp_parameters(mlp: Mlp | Experts, hidden_size: int) -> int:
    """Return the parameters of a layer's MLP, the router included."""
    if isinstance(mlp, Mlp):
        return mlp.matrices * hidden_size * mlp.intermediate_size
    beside = mlp.matrices * mlp.shared_intermediate_size + mlp.experts
    return expert_parameters(mlp, hidden_size) + hidden_size * (beside + 2 * (mlp.latent_size or 0))


def expert_parameters(mlp: Experts, hidden_size: int) -> int:
    """Return the parameters of the routed experts."""
    seen = mlp.latent_size or hidden_size
    return mlp.experts * mlp.matrices * seen * mlp.intermediate_size
