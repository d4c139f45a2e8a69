"""The shapes of models: how one is found, and whether its words add up to the published size."""

import csv
import re
from pathlib import Path

import pytest

from infra.catalog.model_shapes import ModelShape, model_shape, model_shape_names, model_shapes

DATA = Path(__file__).parents[4] / "shared" / "data"
SAMPLES = DATA / "vllm_memory_samples.csv"
CONFIGS = DATA / "model_configs.csv"

SIZE = re.compile(r"(?<![a-z0-9.])(?:\d+x)?[ea]?\d+(?:\.\d+)?[bmt](?![a-z0-9])", re.IGNORECASE)
"""The part of a name that says how big a model is: 8B, 8x7B, E4B, A3B, 135M."""

NO_SHAPE_OF = {
    "Gemma 4 (variant not in excerpt)": "which of five sizes is not said",
    "Qwen3-Coder-REAP-25B-NVFP4-v2": "experts pruned by a user; its own config.json was not found",
    "model": "no name",
}
"""Models of the collected files without a row, and why."""


@pytest.mark.parametrize("row", model_shapes(), ids=lambda row: row.name)
@pytest.mark.thorough
def test_a_row_says_where_it_was_read_and_what_it_is(row: ModelShape) -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.source_date)
    assert re.search(r"@|#\d|PyPI wheel|on GitHub", row.source)
    assert "/" in row.name
    assert row.config["architectures"]
    assert row.config["model_type"]
    assert "tie_word_embeddings" in row.config or "tie_word_embeddings" in _text(row)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("deepseek-ai/DeepSeek-R1", "fp8"),
        ("openai/gpt-oss-120b", "mxfp4"),
        ("moonshotai/Kimi-K2-Instruct", "fp8"),
        ("moonshotai/Kimi-K2-Thinking", "compressed-tensors"),
        ("moonshotai/Kimi-K2.6", "compressed-tensors"),
        ("mistralai/Ministral-3-8B-Instruct-2512", "fp8"),
        ("mistralai/Ministral-3-8B-Base-2512", None),
        ("Qwen/Qwen3-8B", None),
        ("Qwen/Qwen3-8B-FP8", None),
    ],
)
def test_a_quantization_is_in_the_words_when_no_name_tells_it(
    name: str, method: str | None
) -> None:
    row = model_shape(name)
    assert row is not None

    quantization = _text(row).get("quantization_config", row.config.get("quantization_config"))

    found = quantization.get("quant_method") if isinstance(quantization, dict) else None
    assert found == method


def test_no_two_rows_claim_a_name() -> None:
    names = [name.lower() for row in model_shapes() for name in (row.name, *row.also)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("row", model_shapes(), ids=lambda row: row.name)
@pytest.mark.thorough
def test_every_name_of_a_row_finds_it(row: ModelShape) -> None:
    for name in (row.name, *row.also):
        assert model_shape(name) is row
        assert model_shape(name.upper()) is row


@pytest.mark.parametrize(
    "ending",
    [
        "-FP8",
        "-FP8-dynamic",
        "-AWQ",
        "-GPTQ-Int4",
        "-NVFP4",
        "-quantized.w4a16",
        "-Q4_K_M",
        " GGUF",
    ],
)
@pytest.mark.parametrize("name", model_shape_names())
@pytest.mark.thorough
def test_what_a_quantized_upload_adds_to_a_name_does_not_hide_it(name: str, ending: str) -> None:
    uploaded = f"somebody/{name.rpartition('/')[2]}{ending}"

    assert model_shape(uploaded) == model_shape(name)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("neuralmagic/Meta-Llama-3.1-70B-Instruct-quantized.w8a8", "meta-llama/Llama-3.1-70B"),
        ("unsloth/mistral-7b-instruct-v0.3-bnb-4bit", "mistralai/Mistral-7B-v0.3"),
        ("unsloth/qwen2.5-3b-instruct-unsloth-bnb-4bit", "Qwen/Qwen2.5-3B"),
        ("Llama-3.2-3B-Instruct-Q8_0 GGUF", "meta-llama/Llama-3.2-3B"),
        ("qwen3.6-27b AutoRound int4", "Qwen/Qwen3.6-27B"),
        ("Qwen/Qwen3-VL-30B-A3B class (served as x)", "Qwen/Qwen3-VL-30B-A3B-Instruct"),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "Qwen/Qwen3-235B-A22B-Instruct-2507"),
    ],
)
def test_a_name_as_people_write_it_finds_its_shape(asked: str, found: str) -> None:
    row = model_shape(asked)

    assert row is not None
    assert row.name == found


@pytest.mark.parametrize("name", ["", "/", "-", "FP8", "model", "Qwen3", "Llama-3.1-9B", "8B"])
def test_a_name_that_says_no_model_finds_none(name: str) -> None:
    assert model_shape(name) is None


@pytest.mark.parametrize("name", model_shape_names())
@pytest.mark.thorough
def test_another_size_of_a_model_is_never_its_shape(name: str) -> None:
    for size in SIZE.findall(name):
        other = name.replace(size, f"9{size}")

        found = model_shape(other)

        assert found is None or f"9{size}".lower() in found.name.lower()


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared/data/vllm_memory_samples.csv not here")
def test_every_model_of_the_collected_logs_has_a_shape_or_a_reason() -> None:
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        names = {row["model"] for row in csv.DictReader(file)}

    missing = {name for name in names if model_shape(name) is None}

    assert missing == names & set(NO_SHAPE_OF)


@pytest.mark.skipif(not CONFIGS.exists(), reason="../shared/data/model_configs.csv is not here")
def test_every_collected_configuration_has_a_shape_that_agrees_with_it() -> None:
    with CONFIGS.open(encoding="utf-8", newline="") as file:
        collected = list(csv.DictReader(file))
    words = ("num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size")

    differing = {
        (row["model"], word): (row[word], _text(found).get(word))
        for row in collected
        if (found := model_shape(row["model"])) is not None
        for word in words
        if row[word] and int(row[word]) != _text(found).get(word)
    }

    missing = {row["model"] for row in collected if model_shape(row["model"]) is None}
    assert missing == {row["model"] for row in collected} & set(NO_SHAPE_OF)
    assert differing == {}


def _text(row: ModelShape) -> dict[str, object]:
    text = row.config.get("text_config", row.config)
    assert isinstance(text, dict)
    return text
