"""Tokens and requests from bytes, against what vLLM's own start-up logs print.

Each expected figure is a line of a public log or issue, named beside it; the GiB of a log are
rounded to hundredths, so tokens agree to the rounding.
"""

import pytest

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.hf_config import architecture
from infra.sizing.kv_cache import CachePlan, CacheSettings, cache_plan
from infra.sizing.versions import EngineVersion, engine_version
from infra.sizing.weights import Split
from tests.unit.sizing.configs import ALL, DEEPSEEK_V3, LLAMA_8B

V1 = engine_version("0.11.0")


def plan(  # noqa: PLR0913 - each has a default
    kind: str,
    *,
    ranks: int = 1,
    value_bytes: int = 2,
    length: int = 8192,
    batch: int = 8192,
    version: EngineVersion = V1,
) -> CachePlan:
    return cache_plan(
        architecture(ALL[kind]),
        Split(tensor_parallel=ranks),
        CacheSettings(
            bytes_per_value=value_bytes,
            tensor_parallel=ranks,
            max_model_len=length,
            max_num_batched_tokens=batch,
            version=version,
        ),
    )


def usual(ranks: int = 1, draft_layers: int = 0) -> CacheSettings:
    """Return the settings of a small server."""
    return CacheSettings(
        bytes_per_value=2,
        tensor_parallel=ranks,
        max_model_len=8192,
        max_num_batched_tokens=2048,
        version=V1,
        draft_layers=draft_layers,
    )


@pytest.mark.parametrize(
    ("kind", "ranks", "value_bytes", "gib", "tokens"),
    [
        # Mistral-7B, whose cache has the shape of Llama's 8B, on an RTX PRO 6000 with 0.14.0.
        ("dense", 1, 2, 75.99, 622_464),
        # gemma3 1B: 22 sliding and 4 full layers in 7 groups of 4, two of them padding.
        ("sliding", 1, 2, 25.39, 950_864),
        # gpt-oss-120b on four A100 (dennislee22/vLLM-benchmark): two groups of 18.
        ("sliding with experts", 4, 2, 45.32, 2_640_144),
        # Qwen3-Next on two L40S, fp8 cache: four groups of 12, blocks of 1,072 tokens.
        ("linear attention", 2, 1, 17.58, 767_552),
    ],
)
def test_tokens_are_what_the_engine_logs(
    kind: str, ranks: int, value_bytes: int, gib: float, tokens: int
) -> None:
    found = plan(kind, ranks=ranks, value_bytes=value_bytes, length=32768)
    assert found.tokens(gib * BYTES_PER_GIB) == pytest.approx(tokens, rel=0.001)


def test_a_hybrid_model_serves_more_requests_than_its_logged_tokens_say() -> None:
    found = plan("linear attention", ranks=2, value_bytes=1, length=32768)
    assert found.concurrency(17.58 * BYTES_PER_GIB) == pytest.approx(84.29, abs=0.05)
    assert found.tokens(17.58 * BYTES_PER_GIB) / 32768 < 24


def test_logged_tokens_of_a_hybrid_model_follow_concurrency_from_0_21_on() -> None:
    old = plan("sliding", length=32768, batch=2048, version=engine_version("0.20.0"))
    new = plan("sliding", length=32768, batch=2048, version=engine_version("0.21.0"))
    assert old.concurrency(20 * BYTES_PER_GIB) == new.concurrency(20 * BYTES_PER_GIB)
    assert new.tokens(20 * BYTES_PER_GIB) == int(new.concurrency(20 * BYTES_PER_GIB) * 32768)
    assert new.tokens(20 * BYTES_PER_GIB) > 2 * old.tokens(20 * BYTES_PER_GIB)


@pytest.mark.parametrize(("ranks", "bytes_per_token"), [(1, 131_072), (8, 16_384), (16, 16_384)])
def test_key_and_value_heads_are_cut_and_then_copied(ranks: int, bytes_per_token: int) -> None:
    assert plan("dense", ranks=ranks).bytes_per_block == 16 * bytes_per_token


def test_latents_are_the_same_on_every_rank_and_were_none_before_0_7_1() -> None:
    latent = 61 * (512 + 64) * 2
    assert plan("latent").bytes_per_block == 16 * latent
    assert plan("latent", ranks=8).bytes_per_block == 16 * latent
    old = plan("latent", ranks=8, version=engine_version("0.6.6"))
    assert old.bytes_per_block == 16 * 61 * 2 * (128 // 8) * 256 * 2


def test_latents_of_the_v0_engine_are_filled_up_to_640_values() -> None:
    # DeepSeek-R1 on eight H200, 0.7: 21.43 GiB hold 294,688 tokens.
    found = plan("latent", ranks=8, version=engine_version("0.7.3"))
    assert found.tokens(21.43 * BYTES_PER_GIB) == pytest.approx(294_688, rel=0.001)


def test_the_v0_engine_keeps_sliding_layers_whole() -> None:
    v0 = plan("sliding", version=engine_version("0.8.5", "V0"))
    assert v0.bytes_per_block == 16 * 26 * 2 * 256 * 2
    assert v0.blocks_per_request == 8192 // 16


def test_a_sliding_layer_holds_its_window_and_one_batch() -> None:
    found = plan("sliding with experts", length=131_072, batch=2048)
    window_blocks = -(-(128 - 1 + 2048) // 16) + 1
    assert found.blocks_per_request == 131_072 // 16 + window_blocks


def test_a_state_grows_the_blocks_of_attention_until_it_fits() -> None:
    found = plan("linear attention", ranks=2, value_bytes=2)
    state = 4096 * 3 * 2 + 16 * 128 * 128 * 2
    assert found.block_tokens == 16 * -(-state // (16 * 2 * 256 * 2)) == 544


def test_two_states_for_each_request_once_prefixes_are_cached() -> None:
    old = plan("linear attention", version=engine_version("0.23.0"))
    new = plan("linear attention", version=engine_version("0.32.0"))
    assert new.blocks_per_request - old.blocks_per_request == 3


def test_pipeline_stages_divide_the_cache() -> None:
    model = architecture(LLAMA_8B)
    settings = usual()
    one = cache_plan(model, Split(), settings)
    two = cache_plan(model, Split(pipeline_parallel=2), settings)
    assert two.bytes_per_block * 2 == one.bytes_per_block


def test_layers_that_share_a_cache_keep_it_once() -> None:
    shared = LLAMA_8B | {"num_kv_shared_layers": 16}
    settings = usual()
    whole = cache_plan(architecture(LLAMA_8B), Split(), settings)
    half = cache_plan(architecture(shared), Split(), settings)
    assert half.bytes_per_block * 2 == whole.bytes_per_block


def test_no_bytes_hold_nothing() -> None:
    found = plan("dense")
    assert found.tokens(-3.0 * BYTES_PER_GIB) == 0
    assert found.concurrency(-3.0 * BYTES_PER_GIB) == 0.0


def test_a_drafter_has_layers_of_its_own() -> None:
    model = architecture(DEEPSEEK_V3)
    settings = usual(ranks=8, draft_layers=1)
    assert cache_plan(model, Split(tensor_parallel=8), settings).bytes_per_block == 16 * 62 * 1152
