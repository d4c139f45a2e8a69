"""A config.json may be anything: the answer is a report or an answer, never a traceback."""

import json
import math
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.sizing.answer import answer, as_dict, as_text
from infra.sizing.request import Request, answered
from infra.spec.mistakes import MistakesError
from tests.unit.sizing.configs import ALL

VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-2, 3),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["full_attention", "sliding_attention", "mamba", "M*-E", "fp8"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = sorted({key for config in ALL.values() for key in config} | {"layer_types", "text_config"})


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, object]:
    """Return a good config of which some words are gone, others are anything."""
    config: dict[str, object] = dict(draw(st.sampled_from(list(ALL.values()))))
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4)):
        if draw(st.booleans()):
            config.pop(key, None)
        else:
            config[key] = draw(VALUES)
    return config


@pytest.mark.thorough
@settings(max_examples=1000, suppress_health_check=list(HealthCheck), deadline=None)
@given(mutated(), st.sampled_from([1, 2, 8]), st.sampled_from(["", "fp8", "4 bit"]))
def test_a_mutated_config_gives_a_report_or_an_answer(
    tmp_path_factory: pytest.TempPathFactory, config: dict[str, object], ranks: int, word: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    request = Request(model=str(file), gpu="H100", tensor_parallel=ranks, quantization=word)
    try:
        said = answer("any", answered(request), 4096)
    except MistakesError as error:
        _is_complete(error)
        return
    _is_finite(as_dict(said))
    assert as_text(said)


def _is_complete(error: MistakesError) -> None:
    assert error.mistakes
    assert all(one.setting and one.problem and one.next_step for one in error.mistakes)


def _is_finite(said: Mapping[str, object]) -> None:
    for name, value in said.items():
        if isinstance(value, int | float):
            assert math.isfinite(value), name
            assert value >= 0, name


@pytest.mark.parametrize(
    "content",
    ["", "[]", "null", "{", '"text"', "{}", '{"hidden_size": NaN}', "\ufeff{}", "[" * 100_000],
    ids=lambda content: repr(content[:12]),
)
def test_a_file_that_is_no_config_is_one_report(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(MistakesError) as raised:
        answered(Request(model=str(file), gpu="H100"))
    assert raised.value.mistakes


def test_binary_and_absent_files_are_one_report(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(random.Random(1).randbytes(512))  # noqa: S311 - any bytes
    for path in (file, tmp_path / "none.json"):
        with pytest.raises(MistakesError, match="cannot be read"):
            answered(Request(model=str(path), gpu="H100"))


def test_all_mistakes_of_a_request_come_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(ALL["dense"] | {"vocab_size": -1}), encoding="utf-8")
    request = Request(
        model=str(file),
        gpu="unknown",
        tensor_parallel=0,
        quantization="no such",
        cache_dtype="int3",
        engine="latest",
        memory_utilization=1.5,
    )
    with pytest.raises(MistakesError) as raised:
        answered(request)
    settings_named = {one.setting for one in raised.value.mistakes}
    assert settings_named == {
        *("vocab_size", "gpu", "--tensor-parallel", "quantization", "--kv-cache-dtype"),
        *("engine version", "--memory-utilization"),
    }


@pytest.mark.parametrize(
    ("kind", "ranks", "wanted"),
    [
        ("dense", 3, "a divisor of the 32 attention heads"),
        ("dense", 64, "a divisor of the 32 attention heads"),
        ("vision", 7, "a divisor or a multiple of the 4 KV heads"),
        ("latent", 3, "a divisor of the 128 attention heads"),
    ],
)
def test_a_split_that_the_engine_refuses_is_a_report(
    tmp_path: Path, kind: str, ranks: int, wanted: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(ALL[kind]), encoding="utf-8")
    with pytest.raises(MistakesError) as raised:
        answered(Request(model=str(file), gpu="H100", tensor_parallel=ranks))
    assert wanted in {one.allowed for one in raised.value.mistakes}


def test_more_pipeline_stages_than_layers_are_a_report(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(ALL["mamba"]), encoding="utf-8")
    with pytest.raises(MistakesError, match="1 to 6, the model's layers"):
        answered(Request(model=str(file), gpu="H100", pipeline_parallel=7))
