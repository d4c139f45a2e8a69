"""The attention of a config: which layer has which kind, and how large it is."""

from collections.abc import Callable
from dataclasses import replace

from infra.sizing.architecture import (
    Attention,
    CompressedAttention,
    LatentAttention,
    NoAttention,
    SelfAttention,
)
from infra.sizing.hf_pattern import layer_pattern
from infra.sizing.hf_state import delta_net, kimi_delta, lightning, mamba, nemotron
from infra.sizing.words import Words

_FULL = ("full_attention", "attention", "full", "global", "global_attention")
_SLIDING = ("sliding_attention", "sliding_window", "local", "sliding", "local_attention")
_CHUNKED = ("chunked_attention",)
_PATTERNS = {
    # Layers in a row of which the last sees everything, where the file does not list them
    # (transformers 5.23.0, the configuration class of each).
    "gemma3": 6,
    "gemma2": 2,
    "gemma3n": 5,
    "gpt_oss": 2,
    "cohere2": 4,
    "exaone4": 4,
    "ministral": 1,
}
_NO_WINDOW = ("qwen2", "qwen3", "qwen2_moe", "qwen3_moe", "qwen2_vl", "qwen2_5_vl", "qwen3_vl")
"""Types whose window counts only with `use_sliding_window`."""

_WITHOUT_RULE = ("is_encoder_decoder", "cross_attention_layers", "block_types", "block_configs")
"""Encoders beside the decoder, Llama 3.2 Vision's cross attention, Griffin's recurrent blocks,
DeciLM's blocks of their own sizes: an answer without them would be wrong in silence."""
_STATES = ("mamba_d_state", "mamba_n_heads", "mamba_num_heads", "ssm_state_size")

Maker = Callable[[int], Attention]


def attention_layers(text: Words, family: str, hidden_size: int, layers: int) -> list[Attention]:
    """Return the attention of each layer, one for each."""
    for word in _WITHOUT_RULE:
        if text.value(word):
            text.add(
                word,
                "says a kind of attention without a rule",
                text.value(word),
                "a decoder whose layers see their own tokens, or states of a known kind",
                "sizing needs a rule for it: docs/sizing.md says how one is added",
            )
    if family.startswith("DeepseekV4") or text.has("compress_ratios"):
        return _compressed(text, layers)
    if text.has("linear_attn_config"):
        return _kimi_linear(text, hidden_size, layers)
    if text.has("kv_lora_rank"):
        return [_latent(text)] * layers
    whole = _self_attention(text, family, hidden_size)
    if layer_pattern(text):
        return _nemotron(text, whole, hidden_size, layers)
    return _listed(text, family, whole, hidden_size, layers)


def _self_attention(text: Words, family: str, hidden_size: int) -> SelfAttention:
    heads = text.number("num_attention_heads", "n_head", "n_heads", "num_heads", kind="heads")
    if text.flag("multi_query", default=False) and not text.flag(
        "new_decoder_architecture", default=False
    ):
        kv_heads = 1
    else:
        names = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num")
        kv_heads = text.number(*names, kind="heads", default=heads)
    if kv_heads > heads or heads % kv_heads:
        text.add(
            "num_key_value_heads",
            "does not divide the heads",
            kv_heads,
            f"a divisor of num_attention_heads, which is {heads}",
            "copy the file again from the hub",
        )
        kv_heads = heads
    gated = family.startswith(("Qwen3Next", "Qwen3_5"))
    return SelfAttention(
        heads=heads,
        kv_heads=kv_heads,
        head_size=text.number(
            "head_dim", "attention_head_dim", default=max(1, hidden_size // heads)
        ),
        is_gated=text.flag("attn_output_gate", default=gated),
    )


def _latent(text: Words) -> LatentAttention:
    return LatentAttention(
        heads=text.number("num_attention_heads", kind="heads"),
        latent_size=text.number("kv_lora_rank"),
        rope_size=text.number("qk_rope_head_dim", default=64),
        nope_size=text.number("qk_nope_head_dim", default=128),
        value_size=text.number("v_head_dim", default=128),
        query_rank=text.number("q_lora_rank", default=0, least=0) or None,
        indexer_heads=text.number("index_n_heads", kind="heads", default=0, least=0),
        indexer_size=text.number("index_head_dim", default=0, least=0),
    )


def _compressed(text: Words, layers: int) -> list[Attention]:
    ratios = text.items("compress_ratios") or []
    size = text.number("head_dim", default=512)
    attention = CompressedAttention(
        heads=text.number("num_attention_heads", kind="heads"),
        head_size=size,
        query_rank=text.number("q_lora_rank"),
        output_rank=text.number("o_lora_rank", default=1024),
        output_groups=text.number("o_groups", kind="heads", default=8),
        ratio=0,
        window=text.number("sliding_window", kind="tokens", default=128),
        indexer_size=text.number("index_head_dim", default=128),
    )
    usable = [ratio for ratio in ratios if isinstance(ratio, int) and 0 <= ratio <= size * 8]
    if len(usable) < layers or len(usable) != len(ratios):
        text.add(
            "compress_ratios",
            "does not describe the layers",
            list(ratios),
            f"{layers} whole numbers, one for each layer",
            "copy the file again from the hub",
        )
        return [attention] * layers
    return [replace(attention, ratio=ratio) for ratio in usable[:layers]]


def _kimi_linear(text: Words, hidden_size: int, layers: int) -> list[Attention]:
    words = text.section("linear_attn_config")
    if words is None:
        return [NoAttention()] * layers
    full = words.items("full_attn_layers") or []
    latent = _latent(text)
    state = kimi_delta(words, hidden_size)
    return [latent if index + 1 in full else state for index in range(layers)]


def _nemotron(text: Words, whole: SelfAttention, hidden_size: int, layers: int) -> list[Attention]:
    state = nemotron(text, hidden_size)
    kinds: dict[str, Attention] = {"M": state, "*": whole}
    pattern = layer_pattern(text).ljust(layers)[:layers]
    return [kinds.get(letter, NoAttention()) for letter in pattern]


def _listed(
    text: Words, family: str, whole: SelfAttention, hidden_size: int, layers: int
) -> list[Attention]:
    names = _layer_types(text, layers)
    if text.has(*_STATES) and "mamba" not in names:
        text.add(
            "model_type",
            "has states beside its attention, in a layout without a rule",
            text.text("model_type"),
            "layer_types or a pattern that says which layers have states",
            "sizing needs a rule for it: docs/sizing.md says how one is added",
        )
    sliding = replace(whole, window=text.number("sliding_window", kind="tokens", default=4096))
    full = _full_of(text, family, whole)
    states: dict[str, Maker] = {
        "linear_attention": lambda size: delta_net(text, size),
        "mamba": lambda size: mamba(text, size),
        "lightning": lambda size: lightning(text, whole, size),
    }
    made: dict[str, Attention] = {}
    for name in names:
        if name in made:
            continue
        if name in states:
            made[name] = states[name](hidden_size)
        elif name in _SLIDING:
            made[name] = sliding
        elif name in _CHUNKED:
            size = text.number("attention_chunk_size", kind="tokens", default=8192)
            made[name] = replace(whole, chunk=size)
        elif name in _FULL:
            made[name] = full
        else:
            text.add(
                "layer_types",
                "has a kind of layer that is not known",
                name,
                ", ".join((*_FULL[:1], *_SLIDING[:1], *_CHUNKED, "linear_attention", "mamba")),
                "sizing needs a rule for it: docs/sizing.md says how one is added",
            )
            made[name] = full
    read = [made[name] for name in names]
    shared = text.number("num_kv_shared_layers", kind="layers", default=0, least=0)
    first_shared = layers - shared
    return [
        replace(attention, reuses_cache=True)
        if shared and index >= first_shared and isinstance(attention, SelfAttention)
        else attention
        for index, attention in enumerate(read)
    ]


def _full_of(text: Words, family: str, whole: SelfAttention) -> SelfAttention:
    if not family.startswith("Gemma4"):
        return whole
    equal = text.flag("attention_k_eq_v", default=False)
    heads = text.number("num_global_key_value_heads", kind="heads", default=whole.kv_heads)
    return replace(
        whole,
        head_size=text.number("global_head_dim", default=whole.head_size),
        kv_heads=heads if equal else whole.kv_heads,
        shares_key_and_value=equal,
    )


def _layer_types(text: Words, layers: int) -> list[str]:
    listed = text.items("layer_types") or text.items("layers_block_type")
    if listed is not None:
        if len(listed) < layers:
            text.add(
                "layer_types",
                "does not describe the layers",
                len(listed),
                f"{layers} names, one for each layer",
                "copy the file again from the hub",
            )
            return ["full_attention"] * layers
        return [str(name) for name in listed[:layers]]
    if text.has("attn_type_list"):  # MiniMax: 0 is lightning attention
        kinds = (text.items("attn_type_list") or [])[:layers]
        names = ["lightning" if kind == 0 else "full_attention" for kind in kinds]
        return names + ["full_attention"] * (layers - len(names))
    if text.has("attn_layer_period"):  # Jamba
        period = text.number("attn_layer_period", kind="layers")
        offset = text.number("attn_layer_offset", kind="layers", default=0, least=0)
        return _every(layers, period, offset, "full_attention", "mamba")
    if text.has("full_attention_interval"):
        period = text.number("full_attention_interval", kind="layers")
        return _every(layers, period, period - 1, "full_attention", "linear_attention")
    return _windowed(text, layers)


def _windowed(text: Words, layers: int) -> list[str]:
    kind = text.text("model_type").removesuffix("_text")
    if text.has("attention_chunk_size") and not text.has("sliding_window"):
        return _every(layers, 4, 3, "full_attention", "chunked_attention")  # Llama 4's `nope`
    if not _has_window(text, kind):
        return ["full_attention"] * layers
    pattern = text.value("sliding_window_pattern")
    if isinstance(pattern, str) and pattern and set(pattern) <= {"L", "G"}:
        kinds = {"L": "sliding_attention", "G": "full_attention"}
        return [kinds[pattern[index % len(pattern)]] for index in range(layers)]
    usual = _PATTERNS.get(kind, 1)
    period = text.number("sliding_window_pattern", kind="layers", default=usual)
    if period == 1:
        return ["sliding_attention"] * layers
    return _every(layers, period, period - 1, "full_attention", "sliding_attention")


def _has_window(text: Words, kind: str) -> bool:
    if not text.has("sliding_window") and kind != "gpt_oss":
        return False
    if not text.flag("use_sliding_window", default=kind not in _NO_WINDOW):
        return False
    window = text.number("sliding_window", kind="tokens", default=128)
    longest = text.number("max_position_embeddings", kind="tokens", default=1 << 31)
    return window < longest


def _every(layers: int, period: int, offset: int, one: str, others: str) -> list[str]:
    return [one if index % period == offset % period else others for index in range(layers)]
