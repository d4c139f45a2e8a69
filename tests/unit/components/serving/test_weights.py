"""What the start program of a server is told about its weights."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.serving import start_server
from components.serving.weights import (
    SCHEMES,
    checkpoint_path,
    streaming_arguments,
    weights_environment,
)
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.hub import HubSpec
from infra.spec.models import ModelSpec, WeightsSource
from infra.wire import Properties, Value
from tests.support.contracts import VLLM_FLAGS, needs
from tests.support.vllm_flags import FORMS, known_flags, unknown_flags, wrong_values
from tests.unit.components import examples

GIB = 1024**3


def _model(**changes: object) -> ModelSpec:
    return examples.MODEL.model_copy(update=changes)


def _settings(model: ModelSpec) -> dict[str, int | bool]:
    _, flag = streaming_arguments(model)
    return json.loads(flag.removeprefix("--model-loader-extra-config="))


def _container(arguments: Sequence[Value]) -> Properties:
    return {"args": list(arguments)}


def _variables(model: ModelSpec, **of_home: object) -> dict[str, object]:
    found: dict[str, object] = {}

    def program() -> None:
        home = replace(examples.model_home(), **of_home)
        for item in weights_environment(model, home):
            found[str(item.name)] = item.value

    record_program(program, stack="aws-dev")
    return found


def test_a_checkpoint_has_a_folder_for_each_revision() -> None:
    assert checkpoint_path(_model()) == "Qwen/Qwen2.5-7B-Instruct/main"
    pinned = _model(revision="a" * 40)
    assert checkpoint_path(pinned) == f"Qwen/Qwen2.5-7B-Instruct/{'a' * 40}"


def test_the_address_of_a_bucket_is_its_clouds() -> None:
    assert _variables(_model())["WEIGHTS_URI"] is not None
    assert set(_variables(_model(), cloud=CloudProvider.GCP)) == {
        *("WEIGHTS_URI", "WEIGHTS_ARGUMENTS", "HUB_REPOSITORY", "HUB_ENDPOINTS", "HF_TOKEN"),
    }
    assert SCHEMES.keys() == set(CloudProvider)
    assert set(SCHEMES.values()) == start_server.STREAMERS.keys()


def test_one_gpu_reads_alone_and_several_share_the_work() -> None:
    assert "distributed" not in _settings(_model())
    four = _settings(_model(tensor_parallel=4, memory_gib=180.0))
    assert four["distributed"] is True
    assert four["concurrency"] == 8


@given(
    gpus=st.sampled_from([1, 2, 4, 8]),
    memory_gib=st.floats(40, 2000),
    shared=st.floats(0.0625, 8),
)
def test_the_buffers_of_all_processes_fit_into_half_of_the_memory(
    gpus: int, memory_gib: float, shared: float
) -> None:
    model = _model(tensor_parallel=gpus, memory_gib=memory_gib, shared_memory_gib=shared)
    limit = _settings(model)["memory_limit"]

    assert limit >= 4 * GIB, "too small for the largest tensor"
    if limit > 4 * GIB:
        assert gpus * limit <= (memory_gib - shared) / 2 * GIB


@needs(VLLM_FLAGS)
@pytest.mark.parametrize("gpus", [1, 4])
def test_every_flag_of_streaming_exists_and_holds_what_it_may(gpus: int) -> None:
    container = _container(streaming_arguments(_model(tensor_parallel=gpus)))

    assert list(unknown_flags(container, known_flags())) == []
    assert list(wrong_values(container)) == []
    assert "--revision" in FORMS.keys() & known_flags(), "the start program sets it"


def test_a_model_of_the_bucket_is_told_where_it_is_and_where_else() -> None:
    variables = _variables(_model(revision="a" * 40))

    assert set(variables) == {
        *("WEIGHTS_URI", "WEIGHTS_ARGUMENTS", "AWS_REGION", "AWS_DEFAULT_REGION"),
        *("HUB_REPOSITORY", "HUB_REVISION", "HUB_ENDPOINTS", "HF_TOKEN"),
    }
    assert variables["HUB_REPOSITORY"] == "Qwen/Qwen2.5-7B-Instruct"
    assert variables["HUB_REVISION"] == "a" * 40
    assert json.loads(str(variables["WEIGHTS_ARGUMENTS"])) == streaming_arguments(
        _model(revision="a" * 40)
    )


@pytest.mark.parametrize(
    ("changes", "of_home"), [({"weights": WeightsSource.HUB}, {}), ({}, {"weights": None})]
)
def test_a_model_of_the_hub_is_told_of_no_bucket(
    changes: dict[str, object], of_home: dict[str, object]
) -> None:
    assert set(_variables(_model(**changes), **of_home)) == {
        *("HUB_REPOSITORY", "HUB_ENDPOINTS", "HF_TOKEN"),
    }


def test_mirrors_are_told_in_their_order() -> None:
    hub = HubSpec(endpoints=("https://huggingface.co", "https://mirror.example"), token=False)

    assert _variables(_model(), hub=hub)["HUB_ENDPOINTS"] == (
        "https://huggingface.co https://mirror.example"
    )
