"""From bytes for the KV cache to tokens and requests.

Owns which layers keep what, how layers are grouped, and how many blocks a request needs. Follows
vllm/v1/kv_cache_interface.py and vllm/v1/core/kv_cache_planning.py of vLLM 0.33.0 and
kv_cache_utils.py of 0.11.0 (read 2026-11-26).
"""

from collections import Counter
from dataclasses import dataclass

from infra.sizing.architecture import (
    Architecture,
    Attention,
    CompressedAttention,
    LatentAttention,
    NoAttention,
    SelfAttention,
    StateLayer,
)
from infra.sizing.versions import EngineVersion
from infra.sizing.weights import Split, stages

BLOCK_TOKENS = 16
"""Tokens of a block, where nothing asks for more (`--block-size`)."""
_PADDED_LATENT_VALUES = 128
_SINGLE = 4
"""Bytes of a float32."""
_HEAD_PADDING = 256
"""Before latents were kept, key and value heads of MLA were filled up to 256 values (PR 4650)."""
_FP8_SPARSE_BYTES = 656
"""A token's latent in fp8 with its scales and its 16-bit rotary part (FlashMLA sparse)."""
_INDEXER_SCALE_BYTES = 4
_SPARSE_V4_BYTES = 584
"""DeepSeek V4: 448 bytes without and 128 with rotation, 8 of scales (vllm/models/deepseek_v4)."""
_FEWEST_GROUPS_RATIO = 1.5
"""Up to this ratio of layer counts the larger count is a group's size, from 0.12 on."""


@dataclass(frozen=True, kw_only=True)
class CacheSettings:
    """What the engine was told about its cache."""

    bytes_per_value: int
    """2, or 1 for fp8."""
    tensor_parallel: int
    max_model_len: int
    max_num_batched_tokens: int
    version: EngineVersion
    draft_layers: int = 0
    """Layers of a drafter that keep a cache too."""
    pipeline_parallel: int = 1

    @property
    def batches_in_flight(self) -> int:
        """Batches under way at once: one for each pipeline stage, at least the version's."""
        least = self.version.batches_in_flight
        return max(least, self.pipeline_parallel) if least > 1 else 1


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """Layers that keep the same."""

    attention: Attention
    layers: int
    bytes_per_token: float
    """Of one layer; 0 for a state."""
    state_bytes: int = 0
    """Of one layer and request; 0 for a cache."""


@dataclass(frozen=True, kw_only=True)
class CachePlan:
    """The cache of one GPU: how large a block is, and how many a longest request needs."""

    bytes_per_block: int
    """All layers of a group together."""
    blocks_per_request: int
    """Of a request of `max_model_len` tokens."""
    groups: int
    block_tokens: int
    max_model_len: int
    logs_concurrency: bool

    @property
    def request_bytes(self) -> int:
        """Bytes that a longest request needs."""
        return self.blocks_per_request * self.bytes_per_block

    def concurrency(self, cache_bytes: float) -> float:
        """Return how many longest requests fit at once."""
        if not self.bytes_per_block:
            return 0.0
        blocks = max(0, int(cache_bytes // self.bytes_per_block))
        return blocks / self.blocks_per_request

    def tokens(self, cache_bytes: float) -> int:
        """Return the tokens that the engine logs for that many bytes."""
        if not self.bytes_per_block:
            return 0
        blocks = max(0, int(cache_bytes // self.bytes_per_block))
        if self.logs_concurrency:
            return int(blocks / self.blocks_per_request * self.max_model_len)
        return blocks // self.groups * self.block_tokens


def cache_plan(model: Architecture, split: Split, settings: CacheSettings) -> CachePlan:
    """Return the plan of the GPU that needs most, which decides for all."""
    plans = [
        _plan(_kinds(model, stage, settings), settings)
        for stage in stages(len(model.layers), split.pipeline_parallel)
    ]
    return max(plans, key=lambda plan: plan.request_bytes)


def _kinds(model: Architecture, stage: range, settings: CacheSettings) -> list[_Kind]:
    counted: Counter[Attention] = Counter()
    for index in stage:
        attention = model.layers[index].attention
        reuses = isinstance(attention, SelfAttention) and attention.reuses_cache
        if not isinstance(attention, NoAttention) and not reuses:
            counted[_kept(attention, settings.version)] += 1
    if settings.draft_layers and counted:
        # A drafter's layers look like the model's that see everything.
        full = next((one for one in counted if _sees_all(one)), next(iter(counted)))
        counted[full] += settings.draft_layers
    return [
        _Kind(
            attention=attention,
            layers=layers,
            bytes_per_token=_bytes_per_token(attention, settings),
            state_bytes=_state_bytes(attention, settings),
        )
        for attention, layers in counted.items()
    ]


def _kept(attention: Attention, version: EngineVersion) -> Attention:
    """Return what a layer keeps: its window only where the engine can; like layers alike."""
    if not isinstance(attention, SelfAttention) or version.has_hybrid_cache:
        return attention
    return SelfAttention(
        heads=attention.heads, kv_heads=attention.kv_heads, head_size=attention.head_size
    )


def _sees_all(attention: Attention) -> bool:
    if isinstance(attention, SelfAttention):
        return attention.window is None and attention.chunk is None
    return isinstance(attention, LatentAttention | CompressedAttention)


def _bytes_per_token(attention: Attention, settings: CacheSettings) -> float:
    size, tensor_parallel = settings.bytes_per_value, settings.tensor_parallel
    if isinstance(attention, SelfAttention):
        heads = max(1, attention.kv_heads // tensor_parallel)
        return 2 * heads * attention.head_size * size
    if isinstance(attention, LatentAttention):
        return _latent_bytes(attention, settings)
    if isinstance(attention, CompressedAttention):
        if not attention.ratio:
            return 0.0
        indexer = attention.indexer_size + _INDEXER_SCALE_BYTES if attention.ratio == 4 else 0  # noqa: PLR2004 - only those have one
        values = _SPARSE_V4_BYTES if size == 1 else attention.head_size * size
        return (values + indexer) / attention.ratio
    return 0.0


def _latent_bytes(attention: LatentAttention, settings: CacheSettings) -> float:
    size, version = settings.bytes_per_value, settings.version
    values = attention.latent_size + attention.rope_size
    if not version.has_latent_cache:
        heads = -(-attention.heads // settings.tensor_parallel)
        return 2 * heads * _HEAD_PADDING * size
    if version.pads_latents:
        values = -(-values // _PADDED_LATENT_VALUES) * _PADDED_LATENT_VALUES
    if attention.indexer_heads:
        indexer = attention.indexer_size + _INDEXER_SCALE_BYTES
        return (_FP8_SPARSE_BYTES if size == 1 else values * size) + indexer
    return values * size


def _state_bytes(attention: Attention, settings: CacheSettings) -> int:
    if not isinstance(attention, StateLayer):
        return 0
    tensor_parallel = settings.tensor_parallel
    is_single = attention.later_single and settings.version.has_single_states
    conv = -(-attention.conv_elements // tensor_parallel) * 2
    size = _SINGLE if is_single else attention.state_bytes_per_element
    state = -(-attention.state_elements // tensor_parallel) * size
    return conv + state


def _plan(kinds: list[_Kind], settings: CacheSettings) -> CachePlan:
    caches = [kind for kind in kinds if kind.bytes_per_token]
    if not caches:
        return _of_states(kinds, settings)
    block_tokens = _block_tokens(kinds, caches)
    widest = max(kind.bytes_per_token for kind in caches)
    page = round(widest * block_tokens)
    fits = all(widest % kind.bytes_per_token == 0 for kind in caches)
    if len(kinds) == 1 or not fits:
        return _packed(kinds, caches, block_tokens, settings)
    size = _group_size([kind.layers for kind in kinds], settings.version)
    groups, blocks = 0, 0
    for kind in kinds:
        count = -(-kind.layers // size)
        groups += count
        # Narrower layers have longer blocks, until their pages are as large.
        longer = round(widest / kind.bytes_per_token) if kind.bytes_per_token else 1
        blocks += count * _blocks(kind, block_tokens * longer, settings)
    return CachePlan(
        bytes_per_block=page * size,
        blocks_per_request=blocks,
        groups=groups,
        block_tokens=block_tokens,
        max_model_len=settings.max_model_len,
        logs_concurrency=settings.version.logs_concurrency,
    )


def _packed(
    kinds: list[_Kind], caches: list[_Kind], block_tokens: int, settings: CacheSettings
) -> CachePlan:
    """Return the plan of one kind of layer, or of kinds whose pages differ.

    The latter are laid out in blocks of the widest kind's size; what a request holds of each kind
    is then counted in such blocks.
    """
    sizes = {kind: kind.layers * kind.bytes_per_token * block_tokens for kind in caches}
    widest = max(sizes.values())
    blocks = 0.0
    for kind in kinds:
        share = sizes[kind] / widest if kind in sizes else kind.layers * kind.state_bytes / widest
        blocks += share * _blocks(kind, block_tokens, settings)
    full = next((kind for kind in caches if _sees_all(kind.attention)), caches[0])
    return CachePlan(
        bytes_per_block=round(widest),
        blocks_per_request=max(1, -(-int(blocks * 1024) // 1024)),
        groups=max(1, round(sum(sizes.values()) / sizes[full])) if len(kinds) > 1 else 1,
        block_tokens=block_tokens,
        max_model_len=settings.max_model_len,
        logs_concurrency=settings.version.logs_concurrency,
    )


def _of_states(kinds: list[_Kind], settings: CacheSettings) -> CachePlan:
    states = sum(kind.layers * kind.state_bytes for kind in kinds)
    return CachePlan(
        bytes_per_block=max(1, states),
        blocks_per_request=1,
        groups=1,
        block_tokens=settings.max_model_len,
        max_model_len=settings.max_model_len,
        logs_concurrency=settings.version.logs_concurrency,
    )


def _block_tokens(kinds: list[_Kind], caches: list[_Kind]) -> int:
    """Return the tokens of a block: enlarged until a state fits into a layer's page."""
    state = max(kind.state_bytes for kind in kinds)
    if not state:
        return BLOCK_TOKENS
    per_token = max(kind.bytes_per_token for kind in caches)
    return BLOCK_TOKENS * max(1, -(-state // int(BLOCK_TOKENS * per_token)))


def _group_size(layers: list[int], version: EngineVersion) -> int:
    least, most = min(layers), max(layers)
    if version.number >= (0, 12, 0) and most < least * _FEWEST_GROUPS_RATIO:
        return most
    return least


def _blocks(kind: _Kind, block_tokens: int, settings: CacheSettings) -> int:
    """Return the blocks that one longest request holds in a group of the kind."""
    attention, length = kind.attention, settings.max_model_len
    whole = -(-length // block_tokens)
    in_flight = settings.max_num_batched_tokens * settings.batches_in_flight
    if kind.state_bytes:
        return 2 if settings.version.aligns_states else 1
    if isinstance(attention, SelfAttention) and attention.window is not None:
        held = min(attention.window - 1 + in_flight, length)
        return -(-held // block_tokens) + 1
    if isinstance(attention, SelfAttention) and attention.chunk is not None:
        held = min(attention.chunk + in_flight, length)
        return -(-held // block_tokens)
    return whole
