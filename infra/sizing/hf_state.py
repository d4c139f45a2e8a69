"""Layers with a state of fixed size, from the words of a config.

Shapes follow MambaStateShapeCalculator of vLLM 0.33.0
(vllm/model_executor/layers/mamba/mamba_utils.py, read 2026-11-26).
"""

from dataclasses import replace

from infra.sizing.architecture import SelfAttention, StateLayer
from infra.sizing.words import Words

_HALF, _SINGLE = 2, 4


def delta_net(text: Words, hidden_size: int) -> StateLayer:
    """Return a gated delta net (Qwen3-Next, Qwen3.5)."""
    key_heads = text.number("linear_num_key_heads", kind="heads")
    value_heads = text.number("linear_num_value_heads", kind="heads")
    key_size = text.number("linear_key_head_dim")
    value_size = text.number("linear_value_head_dim")
    kernel = text.number("linear_conv_kernel_dim", default=4)
    keys, values = key_heads * key_size, value_heads * value_size
    conv = 2 * keys + values
    projections = hidden_size * (conv + values + 2 * value_heads) + values * hidden_size
    return StateLayer(
        parameters=projections + conv * kernel,
        conv_elements=conv * (kernel - 1),
        state_elements=value_heads * value_size * key_size,
        state_bytes_per_element=_state_bytes(text),
    )


def kimi_delta(words: Words, hidden_size: int) -> StateLayer:
    """Return Kimi delta attention, from its own section."""
    heads = words.number("num_heads", kind="heads")
    size = words.number("head_dim")
    kernel = words.number("short_conv_kernel_size", default=4)
    wide = heads * size
    low_rank = 2 * (hidden_size * size + size * wide)
    return StateLayer(
        parameters=hidden_size * (4 * wide + heads) + low_rank + 3 * wide * kernel,
        conv_elements=3 * wide * (kernel - 1),
        state_elements=heads * size * size,
        state_bytes_per_element=_SINGLE,
    )


def nemotron(text: Words, hidden_size: int) -> StateLayer:
    """Return Nemotron-H's Mamba 2, whose state is float32 where the config is silent.

    From 0.20.0 on (vllm/model_executor/models/config.py, DEFAULT_MAMBA_SSM_CACHE_DTYPE).
    """
    state = mamba2(text, hidden_size)
    if text.has("mamba_ssm_cache_dtype"):
        return state
    return replace(state, later_single=True)


def mamba2(text: Words, hidden_size: int) -> StateLayer:
    """Return Mamba 2 (Granite 4)."""
    heads = text.number("mamba_num_heads", "mamba_n_heads", kind="heads")
    size = text.number("mamba_head_dim", "mamba_d_head", default=max(1, 2 * hidden_size // heads))
    groups = text.number("n_groups", "mamba_n_groups", kind="heads", default=1)
    state = text.number("ssm_state_size", "mamba_d_state", default=128)
    kernel = text.number("conv_kernel", "mamba_d_conv", default=4)
    inner = heads * size
    conv = inner + 2 * groups * state
    return StateLayer(
        parameters=hidden_size * (inner + conv + heads) + inner * hidden_size + conv * kernel,
        conv_elements=conv * (kernel - 1),
        state_elements=heads * size * state,
        state_bytes_per_element=_state_bytes(text),
    )


def mamba(text: Words, hidden_size: int) -> StateLayer:
    """Return Mamba 2 where its heads are said (Granite 4), else Mamba 1 (Jamba)."""
    if text.has("mamba_n_heads"):
        return mamba2(text, hidden_size)
    return mamba1(text, hidden_size)


def mamba1(text: Words, hidden_size: int) -> StateLayer:
    """Return Mamba 1 (Jamba)."""
    inner = text.number("mamba_expand", default=2) * hidden_size
    state = text.number("mamba_d_state", default=16)
    kernel = text.number("mamba_d_conv", default=4)
    rank = text.number("mamba_dt_rank", default=max(1, hidden_size // 16))
    return StateLayer(
        parameters=3 * inner * hidden_size + inner * (2 * rank + 2 * state + kernel),
        conv_elements=inner * (kernel - 1),
        state_elements=inner * state,
        state_bytes_per_element=_HALF,
    )


def lightning(_text: Words, whole: SelfAttention, hidden_size: int) -> StateLayer:
    """Return MiniMax's lightning attention: a square 16-bit state per head, an output gate."""
    wide = whole.heads * whole.head_size
    return StateLayer(
        parameters=5 * hidden_size * wide,
        conv_elements=0,
        state_elements=whole.heads * whole.head_size**2,
        state_bytes_per_element=_HALF,
    )


def _state_bytes(text: Words) -> int:
    # The checkpoint may ask for float32; else the engine keeps the state in the model's type.
    for name in ("mamba_ssm_cache_dtype", "mamba_ssm_dtype"):
        if text.text(name) == "float32":
            return _SINGLE
    return _HALF
