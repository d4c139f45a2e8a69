"""The arithmetic against start-up logs that were collected: how good is good enough.

The rows lie beside the checkout, and are read there; without them these tests skip. Bounds are what
the project promises in docs/sizing.md, not what it happens to reach.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from infra.sizing import versions
from infra.sizing.check import CheckedRow, check, read_samples, summary
from infra.sizing.versions import EngineVersion, Sampler

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "vllm_memory_samples.csv"
MEASURED = (
    *("weights_gib_per_gpu", "kv_cache_available_gib_per_gpu", "kv_cache_tokens", "gpu_blocks"),
    *("outcome", "notes", "source_url"),
)
TOKENS_OFF = {
    # Rows whose tokens differ by more than 1 % from what the measured GiB hold, and why.
    "google/gemma-4-26b-a4b-it": "its cache is fp8, which the row does not say: the log's "
    "concurrency of 33.42 is that of half the bytes",
    "RedHatAI/gemma-4-26B-A4B-it-NVFP4": "as above",
    "cyankiwi/Kimi-Linear-48B-A3B-Instruct-AWQ-4bit": "GiB are rounded to tenths",
    "Qwen/Qwen3.5-35B-A3B-GPTQ-Int4": "of two rows, the one of a build that leaked",
    "qwen3.6-27b AutoRound int4": "fp8 or 16-bit cache: in a part of the log that nobody kept",
    "nvidia/NVIDIA-Nemotron-3-Nano-4B-FP8": "three padding layers of a layout without a rule",
}
UNSAID = {
    # Rows that depend on what no column says; the columns' part of them is predicted all the same.
    ("unsloth/Llama-3.2-3B-Instruct", "A100 40GB"): "LoRA buffers",
    ("unsloth/Llama-3.2-3B-Instruct", "T4"): "LoRA buffers, in one of two rows",
    ("unsloth/Llama-3.2-1B-Instruct-FP8-Block", "L4"): "LoRA buffers, FlashInfer's sampler",
    ("Qwen2.5-7B class (repo not in excerpt)", "RTX 4060 8GB"): "4 bit: no repository is named",
    ("Inferact/Qwen3.8-27B-NVFP4", "RTX 5090"): "which layers are NVFP4",
    ("qwen3.6-27b AutoRound int4", "RTX 3090 24GB"): "requests at once",
    ("Qwen/Qwen2-72B", "A100 80GB"): "utilization and context",
    ("Qwen/Qwen3-30B-A3B-Instruct-2507", "H100 80GB"): "version",
    ("mistralai/Mistral-Small-3.2-24B-Instruct-2506", "H100 80GB"): "FlashInfer installed",
    ("openai/gpt-oss-120b", "A100 80GB"): "FlashInfer installed",
    ("openai/gpt-oss-120b", "MI325X"): "version",
}
LEAKED = "0.17.1rc1.dev126"
"""A build whose start-up leaked 3.4 GiB (vllm-project/vllm#36973)."""
LEAKED_GIB = 3.42
"""As much: the difference between two builds of that issue, all else equal."""
FLASHINFER = ("openai/gpt-oss-120b", "16000", "0.9")
"""Model, `max_model_len` and utilization of the llm-d benchmark's row, whose image had FlashInfer
installed; the other rows of that model on an H100 had not."""


FLASHINFER_INSTALLED: Mapping[str, str] = {}
ONE_WORD_MORE: Mapping[tuple[str, str], Mapping[str, str]] = {
    # Every row that is off by more than 1 GiB, and the one thing that no column says: with it the
    # same arithmetic is right. Notes of rows, logs beside them, or what alone explains the figure.
    ("Qwen2.5-7B class (repo not in excerpt)", "RTX 4060 8GB"): {"quantization": "awq"},
    ("qwen3.6-27b AutoRound int4", "RTX 3090 24GB"): {"max_num_seqs": "2"},  # club-3090#104
    ("Qwen/Qwen2-72B", "A100 80GB"): {"gpu_memory_utilization": "0.95"},
    ("Qwen/Qwen3-30B-A3B-Instruct-2507", "H100 80GB"): {"vllm_version": "0.18.0"},
    ("openai/gpt-oss-120b", "MI325X"): {"vllm_version": "0.18.0"},
    ("mistralai/Mistral-Small-3.2-24B-Instruct-2506", "H100 80GB"): FLASHINFER_INSTALLED,
    ("openai/gpt-oss-120b", "A100 80GB"): FLASHINFER_INSTALLED,
    ("openai/gpt-oss-120b", "H100 80GB"): FLASHINFER_INSTALLED,  # llm-d's row
}


@cache
def rows() -> tuple[CheckedRow, ...]:
    if not SAMPLES.exists():
        pytest.skip(f"not run: {SAMPLES.name} is not beside this checkout")
    return tuple(check(read_samples(SAMPLES)))


def test_nine_rows_of_ten_that_name_model_gpu_and_split_are_predicted() -> None:
    said = summary(rows())
    named, predicted = said["rows_named"], said["rows_named_and_predicted"]
    assert isinstance(named, int)
    assert isinstance(predicted, int)
    assert predicted >= 0.9 * named


def test_what_is_not_predicted_has_a_reason() -> None:
    for one in rows():
        if one.prediction.estimate is None:
            assert one.prediction.not_predicted, one.row


def test_tokens_follow_from_the_measured_memory_within_one_percent() -> None:
    off = {
        one.row["model"]
        for one in rows()
        if one.tokens_error is not None and abs(one.tokens_error) > 0.01
    }
    assert off <= TOKENS_OFF.keys()


@pytest.mark.parametrize(
    ("figure", "least"),
    [
        ("weights_16_bit_within_3_percent", 0.8),
        ("weights_quantized_within_6_percent", 0.9),
        ("kv_cache_within_1_gib", 0.77),  # 0.8 is out of reach: docs/decisions/0011
        ("outcomes_right", 0.9),
        ("refusals_right", 0.7),
    ],
)
def test_enough_of_all_rows_are_right(figure: str, least: float) -> None:
    share = summary(rows())[figure]
    assert isinstance(share, float)
    assert share >= least


@pytest.mark.parametrize(
    ("figure", "least"),
    [
        ("weights_16_bit_within_3_percent", 0.9),
        ("weights_quantized_within_6_percent", 0.9),
        ("kv_cache_within_1_gib", 0.9),
    ],
)
def test_nearly_all_rows_that_say_what_matters_are_right(figure: str, least: float) -> None:
    share = summary(said())[figure]
    assert isinstance(share, float)
    assert share >= least


def test_the_cache_of_all_rows_is_off_by_less_than_a_third_of_a_gib_in_the_middle() -> None:
    error = summary(rows())["kv_cache_median_error_gib"]
    assert isinstance(error, float)
    assert error <= 0.3


def test_a_row_is_off_by_more_than_one_gib_only_where_one_word_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    off = [one for one in rows() if abs(one.cache_error_gib or 0.0) > 1.0]
    leaked = [one for one in off if one.row["vllm_version"] == LEAKED]
    assert [abs((one.cache_error_gib or 0.0) - LEAKED_GIB) < 1.0 for one in leaked] == [True]
    for one in off:
        if one in leaked:
            continue
        more = ONE_WORD_MORE[_place(one)]
        with monkeypatch.context() as patch:
            if more is FLASHINFER_INSTALLED:
                patch.setattr(EngineVersion, "sampler", Sampler.FLASHINFER)
            (told,) = check([{**one.row, **more}])
        assert abs(told.cache_error_gib or 0.0) < 1.0, one.row


def test_no_assumption_about_what_is_not_said_brings_more_rows_within_one_gib(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """FlashInfer installed before 0.11.1 or not; an engine of unknown version old or young."""
    real = EngineVersion.sampler

    def assumed(version: EngineVersion) -> Sampler:
        if version.is_v1 and version.number < (0, 11, 1):
            return Sampler.FLASHINFER
        return real.__get__(version)

    right = {}
    for installed in (False, True):
        patched = property(assumed) if installed else real
        monkeypatch.setattr(EngineVersion, "sampler", patched)
        for number in ((0, 11, 0), (0, 11, 1), (0, 15, 0), (0, 18, 0), (0, 21, 0), (0, 26, 0)):
            unknown = EngineVersion(number=number, is_v1=True)
            monkeypatch.setattr(versions, "V1_UNKNOWN", unknown)
            share = summary(check([dict(one.row) for one in rows()]))["kv_cache_within_1_gib"]
            assert isinstance(share, float)
            right[installed, number] = share
    assert max(right.values()) == right[False, (0, 11, 0)]


def test_a_row_is_excused_for_a_reason_only_where_it_is_off() -> None:
    for one in rows():
        if one in said() or one.row["vllm_version"] == LEAKED:
            continue
        weights, cache = one.weights_error or 0.0, one.cache_error_gib or 0.0
        named = [other for other in rows() if _place(other) == _place(one)]
        assert abs(weights) > 0.03 or abs(cache) > 0.9 or len(named) > 1, one.row


def said() -> list[CheckedRow]:
    return [
        one
        for one in rows()
        if _place(one) not in UNSAID
        and one.row["vllm_version"] != LEAKED
        and _settings(one) != FLASHINFER
    ]


def _place(one: CheckedRow) -> tuple[str, str]:
    return one.row["model"], one.row["gpu"]


def test_a_prediction_never_sees_what_was_measured() -> None:
    blind = check([{**one.row, **dict.fromkeys(MEASURED, "")} for one in rows()])
    for one, other in zip(rows(), blind, strict=True):
        assert one.prediction == other.prediction


def _settings(one: CheckedRow) -> tuple[str, str, str]:
    return one.row["model"], one.row["max_model_len"], one.row["gpu_memory_utilization"]
