"""A model is added where it belongs, or is refused with all that is wrong and the next step."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.additions.checkpoints import computed_weights_gib, name_of
from infra.additions.model import ModelProposal, propose_model
from infra.additions.model_entry import ModelRequest
from infra.additions.model_text import model_text
from infra.additions.stack_source import write_stack
from infra.catalog.models import checkpoint, checkpoint_names
from infra.catalog.prices import price_in
from infra.sizing.estimate import ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.known import known_model
from infra.sizing.quantization import format_for
from infra.sizing.weights import Split
from infra.spec.environment import Layer
from infra.spec.files import STACKS_FOLDER, load_stack_file, parse_stack_file, stack_text
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec
from tests.support.stack_folder import added_lines, copied_stacks
from tests.support.stacks import STACKS

WITH_MODELS = tuple(name for name in STACKS if Layer.MODELS in load_stack_file(name).layers)
KNOWN = "Qwen/Qwen3-8B"
TWO_POOLS = "aws-prod-models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_stacks(tmp_path / "stacks")


def proposed(stack: str, folder: Path = STACKS_FOLDER, **asked: Any) -> ModelProposal:  # noqa: ANN401 - words of a test
    return propose_model(stack, ModelRequest(**asked), folder)


def refused(stack: str, folder: Path = STACKS_FOLDER, **asked: Any) -> tuple[Mistake, ...]:  # noqa: ANN401 - as above
    with pytest.raises(SpecError) as caught:
        proposed(stack, folder, **asked)
    return caught.value.mistakes


def but_for_models(spec: StackSpec) -> StackSpec:
    """Return a stack without its models, and without those of tenants who may use all of them."""
    served = tuple(model.name for model in spec.models)
    everything = {"models": None}
    tenants = (
        one.model_copy(update=everything) if one.models == served else one for one in spec.tenants
    )
    return spec.model_copy(update={"models": (), "tenants": tuple(tenants)})


@pytest.mark.parametrize("stack", WITH_MODELS)
def test_the_file_gets_these_lines_and_loads_as_the_stack_with_one_model_more(
    stack: str, folder: Path
) -> None:
    before, text = load_stack_file(stack, folder), stack_text(stack, folder)

    proposal = proposed(stack, folder, source=KNOWN)
    write_stack(proposal.before, proposal.after)

    after = load_stack_file(stack, folder)
    *old, new = after.models
    assert tuple(old) == before.models
    assert but_for_models(after) == but_for_models(before)
    assert (new.name, new.source) == ("qwen3-8b", KNOWN)
    assert added_lines(text, stack_text(stack, folder))[-1].strip().startswith("context: ")


REQUESTS = st.builds(
    ModelRequest,
    source=st.sampled_from([KNOWN, "Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen3-32B", "a/b"]),
    name=st.sampled_from(["", "mine", "a.b", "Not A Name", "vllm"]),
    context=st.sampled_from([None, 256, 8192, 32768, 200_000]),
    replicas=st.sampled_from([None, 0, 1, 3]),
    pool=st.sampled_from(["", "l4", "l40s", "h100", "none"]),
    weights_gib=st.sampled_from([None, 1.0, 14.25, 900.0]),
    like=st.sampled_from(["", "qwen2.5-7b"]),
)


@settings(deadline=None, max_examples=40)
@given(stack=st.sampled_from(WITH_MODELS), asked=REQUESTS)
def test_whatever_is_asked_one_entry_is_added_or_nothing(stack: str, asked: ModelRequest) -> None:
    try:
        proposal = propose_model(stack, asked, STACKS_FOLDER)
    except SpecError:
        return

    before, after = load_stack_file(stack), proposal.after.spec
    new = after.models[-1]
    assert after.models[:-1] == before.models
    assert but_for_models(after) == but_for_models(before)
    assert new == proposal.chosen.model
    assert new.source == asked.source
    for said, got in (
        (asked.name, new.name),
        (asked.pool, new.pool),
        (asked.context, new.context),
        (asked.replicas, new.replicas.min),
        (asked.weights_gib, new.weights_gib),
    ):
        assert said in ("", None, got)
    assert model_text(proposal).startswith(f"model    {new.name}, {new.source}")


def test_of_the_pools_on_which_it_fits_the_cheapest_is_taken() -> None:
    proposal = proposed(TWO_POOLS, source=KNOWN)

    assert proposal.chosen.pool.name == "l40s"
    assert [one.pool.name for one in proposal.others] == ["h100"]
    spot = price_in("aws", "us-east-1", "g6e.12xlarge").usd_per_hour("spot")
    on_demand = price_in("aws", "us-east-1", "p5.48xlarge").usd_per_hour("on-demand")
    assert spot is not None
    assert on_demand is not None
    assert proposal.chosen.usd_per_hour == pytest.approx(spot / 4)
    assert proposal.others[0].usd_per_hour == pytest.approx(on_demand / 8)


def test_a_pool_without_a_price_comes_after_those_with_one() -> None:
    proposal = proposed("gcp-prod-models", source="Qwen/Qwen3-32B")

    assert [one.pool.name for one in proposal.others] == ["h100", "a100"]
    assert proposal.others[-1].usd_per_hour is None
    assert "no source gives a price of it" in model_text(proposal)
    assert set(proposal.refused) == {"l4"}
    assert "does not fit pool l4" in model_text(proposal)
    assert "nothing: not even the weights" in model_text(proposal)


def test_a_model_that_one_gpu_does_not_hold_gets_the_fewest_that_do() -> None:
    proposal = proposed(TWO_POOLS, source="Qwen/Qwen3-32B")

    assert proposal.chosen.model.tensor_parallel == 2
    assert "tensorParallel: 2" in proposal.after.text


def test_a_pool_that_is_full_is_taken_last_and_a_server_that_would_wait_is_named() -> None:
    full = proposed("aws-staging", source=KNOWN, replicas=7)
    roomy = proposed("gcp-prod-models", source=KNOWN, replicas=5)

    assert "its models ask for 9: a server will wait for ever" in model_text(full)
    assert (roomy.chosen.pool.name, roomy.chosen.free_gpus) == ("h100", 3)
    assert [one.pool.name for one in roomy.others if one.free_gpus < 0] == ["rtx6000", "a100"]
    assert "that have GPUs left" in model_text(roomy)


def test_a_context_that_nobody_said_is_the_longest_usual_one_that_fits() -> None:
    assert proposed("aws-staging", source=KNOWN).chosen.model.context == 32_768
    assert proposed("aws-dev", source=KNOWN).chosen.model.context == 16_384
    (mistake,) = refused("aws-dev", source=KNOWN, context=32_768)
    assert mistake.setting == "models[qwen3-8b].context"
    assert mistake.next_step.startswith("write context: ")


def test_like_another_model_copies_what_is_written_there_and_no_more(folder: Path) -> None:
    proposal = proposed("aws-dev", folder, like="qwen2.5-7b", name="second", context=8192)
    written = proposal.after.items("models")[-1]

    assert written == {
        "name": "second",
        "source": "Qwen/Qwen2.5-7B-Instruct",
        "engine": "vllm",
        "pool": "l4",
        "replicas": {"min": 1, "max": 1},
        "context": 8192,
        "gpuMemoryUtilization": 0.9,
        "maxConcurrentRequests": 32,
        "maxQueuedRequests": 64,
    }
    other = proposed("aws-prod-models", like="qwen2.5-72b", source=KNOWN, pool="l40s")
    assert other.after.items("models")[-1] == {
        "name": "qwen3-8b",
        "source": KNOWN,
        "weightsGib": 15.27,
        "pool": "l40s",
        "context": 32768,
    }


def test_a_name_that_is_there_is_refused_with_its_line() -> None:
    (mistake,) = refused("aws-dev", source="Qwen/Qwen2.5-7B-Instruct")

    assert (mistake.setting, mistake.got) == ("--name", "qwen2.5-7b")
    assert "give another --name" in mistake.next_step
    line = int(mistake.where.rpartition(":")[2])
    assert stack_text("aws-dev").splitlines()[line - 1] == "    - name: qwen2.5-7b"


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_stack_of_the_platform_names_the_stack_of_its_models(cloud: str) -> None:
    (mistake,) = refused(f"{cloud}-prod", source=KNOWN)

    assert mistake.problem == "builds no models"
    assert f"tokenworks model add {cloud}-prod-models" in mistake.next_step


@pytest.mark.parametrize(
    ("asked", "setting", "next_step"),
    [
        ({}, "--source", "write --source"),
        ({"like": "qwen"}, "--from", "did you mean qwen2.5-7b?"),
        ({"source": KNOWN, "name": "Mine"}, "models[Mine].name", "write mine"),
        ({"source": "nope"}, "--context", "write --context N"),
        ({"source": "nope", "context": 4096, "weights_gib": 1.0}, "models[nope].source", "copy"),
        ({"source": "a/b", "context": 4096}, "models[b].weightsGib", "write `weightsGib: N`"),
        ({"source": KNOWN, "pool": "l5"}, "models[qwen3-8b].pool", "add the pool to gpuPools"),
        ({"source": KNOWN, "tensor_parallel": 2}, "--tensor-parallel", "write fewer"),
        ({"source": KNOWN, "revision": "main"}, "models[qwen3-8b].revision", "copy the commit"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(
    asked: dict[str, Any], setting: str, next_step: str
) -> None:
    (mistake,) = refused("aws-dev", **asked)

    assert mistake.setting == setting
    assert mistake.next_step.startswith(next_step)


def test_a_model_that_fits_nowhere_says_of_each_pool_what_would_do() -> None:
    mistakes = refused("gcp-prod-models", source="deepseek-ai/DeepSeek-V3", context=8192)

    said = "\n".join(map(str, mistakes))
    for pool in ("l4", "rtx6000", "h100", "a100"):
        assert f"does not fit pool {pool}" in said
    assert "next:    choose a pool of" in said


def test_a_model_of_unknown_shape_needs_a_pool_where_there_are_several_and_is_not_called_fit() -> (
    None
):
    (mistake,) = refused(TWO_POOLS, source="a/b", context=4096, weights_gib=10.0)
    assert mistake.setting == "--pool"
    assert mistake.allowed == "one of: l40s, h100"

    text = model_text(proposed("aws-dev", source="a/b", context=4096, weights_gib=10.0))
    assert "KV cache not predicted" in text


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("<<<<<<< HEAD\n", "is not YAML"),
        ("    - [\n", "is not YAML"),
        ("  tokenworks:modells: []\n", "unknown section"),
    ],
)
def test_a_file_that_is_broken_is_refused_in_the_loaders_words(
    broken: str, problem: str, folder: Path
) -> None:
    file = folder / "Pulumi.aws-dev.yaml"
    file.write_text(file.read_text(encoding="utf-8") + broken, encoding="utf-8")
    with pytest.raises(SpecError) as loaded:
        load_stack_file("aws-dev", folder)

    with pytest.raises(SpecError) as added:
        proposed("aws-dev", folder, source=KNOWN)

    assert str(added.value) == str(loaded.value)
    assert added.value.mistakes[0].problem == problem


def test_a_file_in_which_other_lines_would_change_is_left_to_a_person(folder: Path) -> None:
    file = folder / "Pulumi.aws-prod-models.yaml"
    config = parse_stack_file(TWO_POOLS, file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({"config": dict(config)}), encoding="utf-8")

    (mistake,) = refused(TWO_POOLS, folder, source=KNOWN)

    assert "cannot be added without changing other lines" in mistake.problem
    assert mistake.next_step.startswith("write the entry by hand")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", "qwen2.5-7b"),
        ("RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8", "llama-3.1-8b-fp8"),
        ("Qwen/Qwen2.5-72B-Instruct-AWQ", "qwen2.5-72b-awq"),
        ("google/gemma-3-27b-it", "gemma-3-27b"),
        ("01-ai/Yi-1.5-34B_Chat", "yi-1.5-34b-chat"),
        ("a/1234", ""),
    ],
)
def test_a_name_follows_from_the_repository(source: str, name: str) -> None:
    assert name_of(source) == name


def test_a_size_that_is_computed_is_that_of_the_checkpoints_whose_size_is_known() -> None:
    for name in checkpoint_names():
        found, built = checkpoint(name), known_model(name)
        assert found is not None
        assert built is not None
        weights = format_for("", name, built.quantization)
        settings = ServerSettings(split=Split(), weights=weights)
        loaded = estimate(built, sized_gpu("B300"), settings).weights_bytes

        assert loaded == pytest.approx(found.weights_bytes, rel=0.06), name
    assert computed_weights_gib("Qwen/Qwen2.5-7B-Instruct") is None
    assert computed_weights_gib("nobody/knows") is None
