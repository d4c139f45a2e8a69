"""What a start-up holds at its peak, against peaks that were logged and lines that were read."""

from dataclasses import replace

import pytest

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.activation import Batch, Placement, activation_bytes
from infra.sizing.architecture import Architecture
from infra.sizing.gpus import sized_gpu
from infra.sizing.hf_config import architecture
from infra.sizing.known import known_model
from infra.sizing.overhead import graph_bytes, library_bytes
from infra.sizing.quantization import weight_format
from infra.sizing.versions import EngineVersion, Sampler, engine_version
from infra.sizing.weights import Split
from tests.unit.sizing.configs import ALL

DENSE, EXPERTS = architecture(ALL["dense"]), architecture(ALL["experts"])


def model(name: str) -> Architecture:
    found = known_model(name)
    assert found is not None
    return found


def peak(
    one: Architecture, batch: tuple[int, int], version: str, ranks: int = 1, weights: str = ""
) -> float:
    size = activation_bytes(
        one,
        placed(version, weights, ranks),
        Batch(max_num_seqs=batch[0], max_num_batched_tokens=batch[1]),
    )
    return size / BYTES_PER_GIB


def placed(version: str, weights: str = "", ranks: int = 1, gpu: str = "A100-80GB") -> Placement:
    return Placement(
        gpu=sized_gpu(gpu),
        weights=weight_format(weights),
        split=Split(tensor_parallel=ranks),
        version=engine_version(version),
    )


@pytest.mark.parametrize(
    ("name", "seqs", "tokens", "version", "ranks", "logged_gib"),
    [
        # Notebooks of Unsloth, issues of vLLM, llm-d's benchmark: "activation peak" (2026-11-20).
        ("unsloth/Llama-3.2-3B-Instruct", 160, 2048, "0.7.3", 1, 0.75),
        ("unsloth/Llama-3.2-3B-Instruct", 320, 2048, "0.7.3", 1, 1.49),
        ("Qwen/Qwen3-4B", 160, 2048, "0.8.5", 1, 0.88),
        ("Qwen/Qwen2.5-7B-Instruct", 256, 4096, "0.7.3", 1, 1.42),
        ("meta-llama/Llama-3.1-8B-Instruct", 256, 8192, "0.7.3", 1, 1.26),
        ("meta-llama/Llama-3.1-8B-Instruct", 256, 20_000, "0.7.3", 1, 2.07),
        ("meta-llama/Llama-3.1-8B-Instruct", 1024, 8192, "0.10.2", 1, 4.76),
        ("meta-llama/Llama-3.3-70B-Instruct", 1024, 8192, "0.10.2", 2, 4.84),
        ("Qwen/Qwen3-0.6B", 1024, 8192, "0.10.2", 1, 5.56),
        ("Qwen/Qwen3-32B", 1024, 8192, "0.10.2", 1, 5.64),
        ("openai/gpt-oss-20b", 1024, 8192, "0.10.2", 1, 7.38),
    ],
)
def test_the_peak_is_what_was_logged(  # noqa: PLR0913, PLR0917 - a row of a table
    name: str, seqs: int, tokens: int, version: str, ranks: int, logged_gib: float
) -> None:
    assert peak(model(name), (seqs, tokens), version, ranks) == pytest.approx(logged_gib, rel=0.03)


@pytest.mark.parametrize(
    ("version", "sampler"),
    [
        ("0.7.3", Sampler.PYTORCH),
        ("0.11.2", Sampler.PYTORCH),
        ("0.16.0", Sampler.PYTORCH),
        ("0.17.0", Sampler.TRITON),
        ("0.20.0", Sampler.TRITON),
        ("0.21.0", Sampler.FLASHINFER),
        ("0.32.0", Sampler.FLASHINFER),
    ],
)
def test_the_sampler_is_that_of_the_version(version: str, sampler: Sampler) -> None:
    assert engine_version(version).sampler is sampler


def test_pictures_stay_while_tokens_are_sampled_in_the_v1_engine() -> None:
    # H100 NVL, 0.13.0: 83.79 GiB of budget, 58.23 of weights, 19.40 of cache, 0.15 of libraries.
    sees = model("Qwen/Qwen3-VL-30B-A3B-Instruct")
    assert peak(sees, (1024, 8192), "0.13.0") == pytest.approx(6.01, abs=0.1)
    text = model("Qwen/Qwen3-30B-A3B")
    pixels, handed = 65_536 * 3 * 2 * 16 * 16 * 2, 16_384 * 4 * 2048 * 2
    buffers = 3 * 8192 * 2048 * 2
    more = peak(sees, (1024, 8192), "0.13.0") - peak(text, (1024, 8192), "0.13.0")
    assert more == pytest.approx((pixels + handed + buffers) / BYTES_PER_GIB)


def test_contexts_of_latents_have_room_in_the_dummy_run() -> None:
    lite = model("deepseek-ai/DeepSeek-V2-Lite")

    def held(max_model_len: int, version: str) -> float:
        few = Batch(max_num_seqs=8, max_num_batched_tokens=256, max_model_len=max_model_len)
        return activation_bytes(lite, placed(version), few) / BYTES_PER_GIB

    # 65,536 tokens of 16 heads with 128 keys and 128 values: 0.5 GiB.
    assert held(32_768, "0.11.0") == pytest.approx(0.5, abs=0.01)
    assert held(1024, "0.11.0") < 0.1
    assert held(32_768, "0.10.2") < 0.1


def test_experts_keep_their_workspaces_from_0_14_on() -> None:
    before, after = (peak(EXPERTS, (2048, 2048), version) for version in ("0.13.0", "0.14.0"))
    wide = 2048 * 2 * 2 * (14_336 + 28_672)
    assert after - before == pytest.approx(wide / BYTES_PER_GIB)
    packed = [peak(EXPERTS, (2048, 2048), "0.14.0", weights=word) for word in ("", "awq")]
    assert packed[0] > packed[1]


@pytest.mark.parametrize(
    ("gpu", "weights", "version", "values"),
    [
        ("L40S", "nvfp4", "0.21.0", 2 * (14_336 + 28_672)),
        ("RTX 5090", "nvfp4", "0.21.0", 4096),
        ("RTX 5090", "16 bit", "0.20.0", 2 * (14_336 + 28_672)),
        ("RTX 5090", "16 bit", "0.21.0", 4096),
        ("RTX 5090", "fp8 block", "0.21.0", 2 * (14_336 + 28_672)),
        ("B200", "fp8 block", "0.21.0", 4096),
        ("H100", "mxfp4", "0.21.0", 2 * 14_336 + 4096),
    ],
)
def test_what_experts_keep_is_that_of_their_kernel(
    gpu: str, weights: str, version: str, values: int
) -> None:
    def held(one: Architecture) -> int:
        few = Batch(max_num_seqs=2048, max_num_batched_tokens=2048)
        return activation_bytes(one, placed(version, weights, gpu=gpu), few)

    plain = replace(EXPERTS, layers=DENSE.layers[:1])
    assert held(EXPERTS) - held(plain) == 2048 * 2 * values


def test_experts_see_a_part_of_a_long_batch_before_0_18_unless_they_have_4_bit() -> None:
    def rows(version: str, weights: str) -> float:
        return peak(EXPERTS, (1, 65_536), version, weights=weights)

    assert rows("0.11.0", "fp8") > rows("0.12.0", "fp8")
    assert rows("0.18.0", "fp8") > rows("0.11.0", "fp8")
    assert rows("0.11.0", "awq") == rows("0.12.0", "awq")


def test_graphs_are_captured_for_mixed_batches_and_for_decoding() -> None:
    # vllm-project/vllm#39559: "PIECEWISE=51 (largest=512), FULL=35 (largest=256)", 1.62 GiB.
    batch = Batch(max_num_seqs=256, max_num_batched_tokens=2048)
    logged = model("Qwen/Qwen3.5-27B")
    size = graph_bytes(logged, Split(), batch, engine_version("0.21.0"), eager=False)
    assert size / BYTES_PER_GIB == pytest.approx(1.62, abs=0.11)
    few = Batch(max_num_seqs=8, max_num_batched_tokens=2048)  # sizes 1, 2, 4, 8, 16 and 1, 2, 4, 8
    less = graph_bytes(logged, Split(), few, engine_version("0.21.0"), eager=False)
    assert (size - less) / (64 * 0.3 * 1024**2) == pytest.approx(51 + 35 - 9)


def test_a_switch_that_multicasts_costs_buffers() -> None:
    split, version = Split(tensor_parallel=2), engine_version("0.11.0")
    size = [library_bytes(DENSE, sized_gpu(word), split, version) for word in ("H100", "L40S")]
    assert size[0] - size[1] == pytest.approx(0.3 * BYTES_PER_GIB, abs=1)


def test_a_class_says_how_old_an_unknown_engine_can_be() -> None:
    def of(family: str, name: str = "") -> EngineVersion:
        return engine_version("", "V1", family, name)

    assert of("LlamaForCausalLM").number == (0, 11, 0)
    assert of("MiniMaxM2ForCausalLM", "MiniMaxAI/MiniMax-M2").number == (0, 11, 1)
    assert of("MiniMaxM2ForCausalLM", "MiniMaxAI/MiniMax-M2.5").number == (0, 15, 1)
    assert of("Gemma4ForConditionalGeneration").number == (0, 21, 0)
    assert of("KimiK3ForConditionalGeneration").number == (0, 28, 0)


def test_nothing_is_sampled_from_more_rows_than_the_batch_has() -> None:
    version = "0.11.0"
    assert peak(DENSE, (1024, 64), version) == peak(DENSE, (64, 64), version)
