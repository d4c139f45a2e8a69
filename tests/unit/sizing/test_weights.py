"""Bytes of weights, against parameter counts that were published and sizes that were logged."""

import pytest

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.formats import Quantized
from infra.sizing.hf_config import architecture
from infra.sizing.known import known_model
from infra.sizing.quantization import (
    format_of_config,
    format_of_name,
    weight_format,
)
from infra.sizing.request import Request, answered
from infra.sizing.weights import Split, largest_stage_bytes, weights_bytes
from tests.unit.sizing.configs import ALL, GPT_OSS


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        # Published counts (model pages of the hub, 2026-11-20); norms are not counted here.
        ("dense", 8_030_261_248),
        ("experts", 46_702_792_704),
        ("latent", 671_026_419_200),
        ("sliding", 999_885_952),
        ("sliding with experts", 116_829_156_672),
    ],
)
def test_parameters_are_what_was_published(kind: str, parameters: int) -> None:
    assert architecture(ALL[kind]).parameters == pytest.approx(parameters, rel=0.001)


@pytest.mark.parametrize(
    ("kind", "word", "split", "logged_gib"),
    [
        # An A40 with 0.6.3, and a notebook with 0.5.4.
        ("dense", "fp8", Split(), 8.4927),
        ("dense", "awq", Split(), 5.3748),
        # dennislee22/vLLM-benchmark; vllm-project/vllm#23278, with the Marlin kernel.
        ("sliding with experts", "mxfp4", Split(tensor_parallel=4), 17.2217),
        ("sliding with experts", "mxfp4", Split(), 65.9651),
        # vllm-project/vllm#19722: one of two stages.
        ("latent", "fp8 block", Split(tensor_parallel=8, pipeline_parallel=2), 41.0417),
    ],
)
def test_weights_are_what_was_logged(kind: str, word: str, split: Split, logged_gib: float) -> None:
    size = largest_stage_bytes(architecture(ALL[kind]), weight_format(word), split)
    assert size / BYTES_PER_GIB == pytest.approx(logged_gib, rel=0.02)


@pytest.mark.parametrize(
    ("name", "version", "logged_gib", "tolerance"),
    [
        # A blog of 2026-04 on an A100; a log of 0.13.0, less the buffers beside tokens (0.09 GiB).
        ("google/gemma-4-26B-A4B", "0.19.0", 48.5, 0.1),
        ("Qwen/Qwen3-VL-30B-A3B-Instruct", "0.13.0", 58.23 - 0.09, 0.05),
        # vllm-project/vllm#23278: biases of the experts too.
        ("openai/gpt-oss-120b", "0.10.1", 65.97, 0.06),
    ],
)
def test_towers_tables_and_biases_are_counted(
    name: str, version: str, logged_gib: float, tolerance: float
) -> None:
    found = answered(Request(model=name, gpu="H100", engine=version))
    assert found.weights_bytes / BYTES_PER_GIB == pytest.approx(logged_gib, abs=tolerance)


def test_latents_multiplied_out_are_kept_beside_until_0_8() -> None:
    # Eight H200 with 0.7.3: 83.88 GiB of weights on each.
    sizes = [
        answered(
            Request(model="deepseek-ai/DeepSeek-R1", gpu="H200", tensor_parallel=8, engine=version)
        ).weights_bytes
        / BYTES_PER_GIB
        for version in ("0.7.3", "0.8.0")
    ]
    assert sizes[0] == pytest.approx(83.88, abs=0.2)
    assert sizes[1] == pytest.approx(83.88 - 4.2, abs=0.2)


@pytest.mark.parametrize(
    ("kind", "more", "rows", "width", "size"),
    [
        ("dense", {}, 131_072, 128, 2),
        ("dense", {"rope_scaling": {"rope_type": "linear", "factor": 2.0}}, 262_144, 128, 2),
        ("dense", {"partial_rotary_factor": 0.25}, 131_072, 32, 2),
        (
            "dense",
            {
                "rope_scaling": {
                    "rope_type": "yarn",
                    "factor": 4.0,
                    "original_max_position_embeddings": 32_768,
                }
            },
            131_072,
            128,
            2,
        ),
        ("dense", {"rope_scaling": {"mrope_section": [16, 24, 24]}}, 4 * 131_072, 128, 2),
        ("latent", {}, 163_840, 64, 2),
        ("dense", {"architectures": ["OPTForCausalLM"], "model_type": "opt"}, 0, 0, 2),
    ],
)
def test_sines_and_cosines_have_a_row_for_each_position(
    kind: str, more: dict[str, object], rows: int, width: int, size: int
) -> None:
    assert architecture({**ALL[kind], **more}).rotary_bytes == rows * width * size


def test_sliding_layers_with_a_base_of_their_own_have_a_second_table() -> None:
    gemma = known_model("google/gemma-4-26B-A4B")
    assert gemma is not None
    assert gemma.rotary_bytes == 262_144 * (512 + 256) * 2


def test_embeddings_and_head_stay_in_16_bit() -> None:
    model = architecture(ALL["dense"])
    tables = 2 * 128_256 * 4096
    four = largest_stage_bytes(model, weight_format("4 bit"), Split())
    assert four > tables * 2 + (model.parameters - tables) / 2


def test_a_tied_table_is_on_both_ends_of_a_pipeline() -> None:
    tied = architecture(ALL["dense"] | {"tie_word_embeddings": True})
    whole = architecture(ALL["dense"])
    table = 128_256 * 4096 * 2
    sixteen = weight_format("")
    one = [weights_bytes(model, sixteen, Split(), 0) for model in (tied, whole)]
    assert one[1] - one[0] == table
    split = Split(pipeline_parallel=2)
    two = [
        sum(weights_bytes(model, sixteen, split, at) for at in (0, 1)) for model in (tied, whole)
    ]
    assert two[0] == two[1]


def test_experts_of_mxfp4_are_filled_up_on_each_gpu() -> None:
    model = architecture(GPT_OSS)
    # 720 rows of a quarter become 768; the model's 2,880 columns 3,072.
    quarter = largest_stage_bytes(model, weight_format("mxfp4"), Split(tensor_parallel=4))
    experts = 36 * 128 * 3 * 768 * 3072 * (0.5 + 1 / 32)
    assert quarter > experts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen/Qwen3-8B", "16 bit"),
        ("Qwen/Qwen3-8B-FP8", "fp8"),
        ("unsloth/Llama-3.2-1B-Instruct-FP8-Block", "fp8 block"),
        ("Qwen/Qwen2.5-7B-Instruct-AWQ", "4 bit"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8", "8 bit, groups of 128"),
        ("unsloth/mistral-7b-instruct-v0.3-bnb-4bit", "bitsandbytes 4 bit"),
        ("unsloth/Qwen2.5-3B-Instruct-unsloth-bnb-4bit", "bitsandbytes 4 bit, dynamic"),
        ("nvidia/Qwen3.6-27B-NVFP4", "nvfp4"),
        ("neuralmagic/Meta-Llama-3.1-70B-Instruct-quantized.w8a8", "int8"),
        ("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "4 bit"),
        ("org/model-Q8_0-GGUF", "gguf q8_0"),
    ],
)
def test_a_repository_says_its_format(name: str, expected: str) -> None:
    assert format_of_name(name).name == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8 block"),
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, "4 bit"),
        ({"quant_method": "gptq", "bits": 4, "group_size": 32}, "4 bit, groups of 32"),
        ({"quant_method": "gptq", "bits": 4, "group_size": 64}, "4 bit, groups of 64"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "bitsandbytes 4 bit"),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {
                    "group_0": {"weights": {"num_bits": 8, "type": "float", "strategy": "channel"}}
                },
            },
            "fp8",
        ),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "nobody knows"}, None),
    ],
)
def test_a_config_says_its_format(config: dict[str, object], expected: str | None) -> None:
    found = format_of_config(config)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("left", "covers"),
    [
        (["lm_head", "model.layers.0.self_attn.q_proj"], Quantized.LINEAR),
        (["re:.*self_attn.*"], Quantized.MLP),
        ([f"model.layers.{layer}.self_attn" for layer in range(3, 48, 4)], Quantized.MLP),
    ],
)
def test_attention_of_one_layer_left_out_is_not_that_of_all(
    left: list[str], covers: Quantized
) -> None:
    found = format_of_config({"quant_method": "awq", "bits": 4, "modules_to_not_convert": left})
    assert found is not None
    assert found.covers is covers
