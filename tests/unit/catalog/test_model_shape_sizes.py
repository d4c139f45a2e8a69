"""The words of a shape against the published size of its model: they must add up.

The count here is small and knows text models alone; the real one is in `infra.sizing`.
"""

import re
from collections.abc import Mapping

import pytest

from infra.catalog.model_shapes import ModelShape, model_shape, model_shapes

PUBLISHED_PARAMETERS = {
    # Model cards and papers quote these rounded; the exact sums are those of vLLM's and
    # Transformers' `num_parameters()` as collected 2026-11-20 from the configurations.
    "meta-llama/Llama-3.1-8B": 8_030_261_248,
    "mistralai/Mixtral-8x7B-v0.1": 46_702_792_704,
    "openai/gpt-oss-120b": 116_829_156_672,
    "google/gemma-3-1b-it": 999_885_952,
}
CHECKPOINT_GIB = {
    # kaito-project/kaito@056b828 presets/workspace/models/model_catalog.yaml (2026-08-21):
    # `modelFileSize`, the safetensors files on the hub, all in 16 bits.
    "microsoft/phi-4": 27.31,
    "microsoft/Phi-4-mini-instruct": 7.15,
    "microsoft/Phi-3-mini-4k-instruct": 7.12,
    "microsoft/Phi-3-medium-4k-instruct": 26.00,
    "microsoft/Phi-3-medium-128k-instruct": 26.00,
    "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": 14.96,
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B": 27.51,
    "Qwen/Qwen2.5-Coder-32B-Instruct": 61.03,
    "meta-llama/Llama-3.3-70B-Instruct": 131.42,
    "mistralai/Mistral-7B-v0.3": 13.50,
}
NAMED_SIZE = {
    # In billions, as vllm-project/recipes@8959cf6 (2026-08-21) names them; without the layer that
    # predicts further tokens, which is not counted here.
    "deepseek-ai/DeepSeek-V3": 671,
    "moonshotai/Kimi-K2-Instruct": 1026,
    "Qwen/Qwen3-30B-A3B": 30.5,
    "Qwen/Qwen3-Coder-480B-A35B-Instruct": 480,
    "Qwen/Qwen3-8B": 8.2,
    "meta-llama/Llama-3.2-1B": 1.23,
    "meta-llama/Llama-3.2-3B": 3.21,
}

COUNTED = (
    *("llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "qwen2_vl", "qwen2_5_vl"),
    *("phi3", "olmo2", "olmo3", "exaone4"),
)
"""Kinds of models that are nothing but what is counted here (and a tower for pictures)."""
SIZE = re.compile(r"(?:(?<=-)|(?<=x))(\d+(?:\.\d+)?)([bm])(?![a-z])", re.IGNORECASE)
COARSE = 0.3
"""Names round: Llama-3.2-1B has 1.24 billion parameters. What this finds is a wrong digit."""
SIZED_OTHERWISE = ("tiiuae/Falcon3-1B-Base", "Mixtral-8x")

Words = Mapping[str, object]


def _with_size_in_name() -> list[ModelShape]:
    return [
        row
        for row in model_shapes()
        if row.config["model_type"] in COUNTED
        and SIZE.search(row.name)
        and not any(name in row.name for name in SIZED_OTHERWISE)
    ]


@pytest.mark.parametrize("row", _with_size_in_name(), ids=lambda row: row.name)
def test_the_words_of_a_plain_model_add_up_to_about_the_size_in_its_name(row: ModelShape) -> None:
    size = SIZE.search(row.name)
    assert size is not None
    billions = float(size[1]) / (1000 if size[2].lower() == "m" else 1)

    assert _parameters(_text(row)) / 1e9 == pytest.approx(billions, rel=COARSE)


@pytest.mark.parametrize("name", PUBLISHED_PARAMETERS)
def test_the_words_of_a_model_add_up_to_its_parameters(name: str) -> None:
    assert _parameters(_words(name)) == PUBLISHED_PARAMETERS[name]


@pytest.mark.parametrize("name", CHECKPOINT_GIB)
def test_the_words_of_a_model_add_up_to_the_size_of_its_files(name: str) -> None:
    gib = _parameters(_words(name)) * 2 / 1024**3

    assert gib == pytest.approx(CHECKPOINT_GIB[name], abs=0.006)


@pytest.mark.parametrize("name", NAMED_SIZE)
def test_the_words_of_a_model_add_up_to_the_size_in_its_name(name: str) -> None:
    assert _parameters(_words(name)) / 1e9 == pytest.approx(NAMED_SIZE[name], rel=0.006)


def _words(name: str) -> Words:
    row = model_shape(name)
    assert row is not None
    return _text(row)


def _text(row: ModelShape) -> Words:
    text = row.config.get("text_config", {})
    assert isinstance(text, dict)
    return {**row.config, **text}


def _parameters(words: Words) -> int:
    """Parameters of a text model, without layers that predict further tokens."""
    hidden, layers = _number(words, "hidden_size"), _number(words, "num_hidden_layers")
    embeddings = _number(words, "vocab_size") * hidden
    tied = bool(words.get("tie_word_embeddings"))
    gemma = str(words["model_type"]).startswith("gemma3")
    norms = layers * hidden * (4 if gemma else 2) + hidden
    dense = _number(words, "first_k_dense_replace") if _experts(words) else layers
    feed_forward = dense * 3 * hidden * _number(words, "intermediate_size")
    feed_forward += (layers - dense) * _mixture(words, hidden) if _experts(words) else 0
    attention = layers * _attention(words, hidden)
    return embeddings * (1 if tied else 2) + norms + feed_forward + attention


def _attention(words: Words, hidden: int) -> int:
    heads = _number(words, "num_attention_heads")
    if words.get("kv_lora_rank"):
        return _latent_attention(words, hidden, heads)
    width = _number(words, "head_dim") or hidden // heads
    key_values = _number(words, "num_key_value_heads")
    model = str(words["model_type"])
    parameters = hidden * width * (2 * heads + 2 * key_values)
    if model in {"qwen2", "gpt_oss"}:
        parameters += width * (heads + 2 * key_values)
    if model == "gpt_oss":
        parameters += hidden + heads
    if model.startswith(("qwen3", "gemma3")):
        parameters += 2 * width
    return parameters


def _latent_attention(words: Words, hidden: int, heads: int) -> int:
    rope, nope = _number(words, "qk_rope_head_dim"), _number(words, "qk_nope_head_dim")
    value, latent = _number(words, "v_head_dim"), _number(words, "kv_lora_rank")
    query = _number(words, "q_lora_rank")
    parameters = (hidden + 1) * query + query * heads * (rope + nope)
    parameters += hidden * (latent + rope) + latent + latent * heads * (nope + value)
    return parameters + heads * value * hidden


def _experts(words: Words) -> int:
    named = ("num_experts", "num_local_experts", "n_routed_experts")
    return sum(_number(words, word) for word in named)


def _mixture(words: Words, hidden: int) -> int:
    experts = _experts(words)
    inner = _number(words, "moe_intermediate_size") or _number(words, "intermediate_size")
    parameters = (experts + _number(words, "n_shared_experts")) * 3 * hidden * inner
    parameters += hidden * experts
    if words["model_type"] == "gpt_oss":
        parameters += experts * (1 + 2 * inner + hidden)
    return parameters


def _number(words: Words, word: str) -> int:
    value = words.get(word) or 0
    assert isinstance(value, int)
    return value
