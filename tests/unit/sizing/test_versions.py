"""What differs between versions of vLLM, against the lines that were read in their sources."""

from dataclasses import replace

import pytest

from infra.catalog import releases
from infra.sizing.architecture import Architecture, SelfAttention
from infra.sizing.estimate import ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.hf_config import architecture
from infra.sizing.hf_state import lightning, nemotron
from infra.sizing.overhead import Batch, default_batch
from infra.sizing.quantization import UNQUANTIZED, format_for
from infra.sizing.versions import OURS, engine_version
from infra.sizing.weights import Split
from infra.sizing.words import Words
from infra.spec.mistakes import MistakesError
from tests.unit.sizing.configs import ALL

DENSE = architecture(ALL["dense"])
SMALL, LARGE, LARGEST = (256, 2048), (1024, 8192), (1024, 16384)


@pytest.mark.parametrize(
    ("gpu", "version", "wanted"),
    [
        ("B200", "0.26.0", LARGE),
        ("B200", "0.28.0", LARGEST),
        ("H100", "0.32.0", LARGE),
        ("A100-80GB", "0.8.5", LARGE),
        ("A100-80GB", "0.11.0", SMALL),
        ("A800 80GB", "0.11.0", LARGE),
        ("L4", "0.32.0", SMALL),
    ],
)
def test_default_batches_are_those_of_the_version(
    gpu: str, version: str, wanted: tuple[int, int]
) -> None:
    seqs, tokens = wanted
    assert default_batch(DENSE, sized_gpu(gpu), engine_version(version), 4096) == Batch(
        max_num_seqs=seqs, max_num_batched_tokens=tokens
    )


@pytest.mark.parametrize(
    ("kind", "version", "tokens"),
    [
        ("dense", "0.6.3", 512),
        ("dense", "0.7.3", 2048),
        ("latent", "0.7.3", 100_000),
        ("latent", "0.6.3", 512),  # its keys and values are kept whole, as those of any model
        ("sliding", "0.7.3", 100_000),
        ("vision", "0.7.3", 100_000),
    ],
)
def test_the_v0_engine_cuts_long_prompts_of_plain_models_alone(
    kind: str, version: str, tokens: int
) -> None:
    model = architecture(ALL[kind])
    batch = default_batch(model, sized_gpu("A100"), engine_version(version), 100_000)
    assert batch.max_num_batched_tokens == tokens


def test_a_mistake_of_0_13_to_0_15_asks_each_stage_for_the_cache_of_all() -> None:
    split = Split(pipeline_parallel=2)
    needs = [
        estimate(
            DENSE,
            sized_gpu("L4"),
            ServerSettings(split=split, weights=UNQUANTIZED, version=engine_version(version)),
        ).needed_bytes(8192)
        for version in ("0.11.0", "0.14.0", "0.16.0")
    ]
    assert needs[1] == 2 * needs[0]
    assert needs[2] == needs[0]


def test_what_fit_assumes_is_what_stacks_deploy() -> None:
    assert engine_version(releases.image("vllm").tag) == OURS


def test_a_default_batch_is_at_most_what_all_requests_may_have() -> None:
    model = architecture(ALL["dense"])
    settings = ServerSettings(
        split=Split(), weights=UNQUANTIZED, max_num_seqs=2, max_model_len=1024
    )
    batches = [
        estimate(model, sized_gpu("H100"), replace(settings, version=engine_version(version)))
        for version in ("0.11.0", "0.32.0")
    ]
    assert [one.batch.max_num_batched_tokens for one in batches] == [8192, 2048]


def test_a_window_keeps_two_batches_once_scheduling_is_asynchronous() -> None:
    model = _windowed()
    settings = ServerSettings(
        split=Split(), weights=UNQUANTIZED, max_num_batched_tokens=2048, max_model_len=65_536
    )
    needs = [
        estimate(
            model, sized_gpu("H100"), replace(settings, version=engine_version(version))
        ).plan.blocks_per_request
        for version in ("0.23.0", "0.26.0")
    ]
    # A window of 1,024 less one token, and one batch or two, in blocks of 16 and one more.
    assert needs == [4096 + 193, 4096 + 321]


def _windowed() -> Architecture:
    kinds = ["sliding_attention", "full_attention"] * 16
    return architecture(ALL["dense"] | {"layer_types": kinds, "sliding_window": 1024})


@pytest.mark.parametrize(
    "word", ["is_encoder_decoder", "cross_attention_layers", "block_types", "block_configs"]
)
def test_attention_without_a_rule_is_a_report(word: str) -> None:
    with pytest.raises(MistakesError, match=word):
        architecture(ALL["dense"] | {word: True})


@pytest.mark.parametrize(
    "config",
    [
        {"quant_method": "gptq", "bits": 3},
        {"quant_method": "torchao"},
        {"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION"},
    ],
    ids=str,
)
def test_a_quantization_without_a_rule_is_a_report_not_16_bit(config: dict[str, object]) -> None:
    with pytest.raises(MistakesError, match="format without a rule"):
        format_for("", "config.json", config)
    assert format_for("4 bit", "config.json", config).name == "4 bit"


_FP4 = {"num_bits": 4, "type": "float"}


@pytest.mark.parametrize(
    ("config", "name", "covers"),
    [
        (
            {"quantization": {"quant_algo": "NVFP4", "exclude_modules": ["*.self_attn*"]}},
            *("nvfp4", "mlp"),
        ),
        ({"quant_method": "modelopt_fp4"}, "nvfp4", "linear"),
        (
            {
                "quant_method": "quark",
                "global_quant_config": {"weight": {"dtype": "fp8_e4m3"}},
                "exclude": ["re:model.layers.*self_attn.*"],
            },
            *("fp8", "mlp"),
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "format": "mixed-precision",
                "config_groups": {"group_0": {"weights": _FP4 | {"group_size": 16}}},
            },
            *("nvfp4", "linear"),
        ),
    ],
    ids=["modelopt-nested", "modelopt-fp4", "quark", "mixed"],
)
def test_a_quantization_config_says_format_and_cover(
    config: dict[str, object], name: str, covers: str
) -> None:
    found = format_for("", "config.json", config)
    assert (found.name, found.covers.value) == (name, covers)


def test_states_are_in_the_type_that_the_engine_gives_them() -> None:
    # mamba_utils.py, linear_attention_state_dtype: the model's type.
    attention = SelfAttention(heads=64, kv_heads=8, head_size=128)
    assert lightning(Words({}), attention, 6144).state_bytes_per_element == 2
    heads = {"mamba_num_heads": 96, "mamba_head_dim": 80}
    said = [{}, {"mamba_ssm_cache_dtype": "bfloat16"}, {"mamba_ssm_cache_dtype": "float32"}]
    states = [nemotron(Words(heads | one), 3136) for one in said]
    assert [(one.state_bytes_per_element, one.later_single) for one in states] == [
        *((2, True), (2, False), (4, False)),
    ]
    assert not engine_version("0.19.0").has_single_states
    assert engine_version("0.20.0").has_single_states
