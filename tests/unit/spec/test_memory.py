"""A model that does not fit its pool's GPUs is refused before anything starts."""

import pytest

from infra.catalog.units import BYTES_PER_GIB
from infra.spec.memory import models_memory
from infra.spec.stacks import load_environment
from tests.unit.spec.stacks import a_stack, loaded, mistakes


def served(**settings: object) -> dict[str, object]:
    pool = {"name": "l4", "gpu": "L4", "onDemand": {"max": 1}, "diskGib": 2000}
    model = {"name": "m", "pool": "l4", "context": 8192, **settings}
    return a_stack(gpuPools=[pool], models=[model])


def test_weights_that_no_gpu_of_the_pool_holds_are_refused_with_the_figures() -> None:
    (mistake,) = mistakes(served(source="Qwen/Qwen2.5-72B-Instruct"))

    assert mistake.setting == "models[m].context"
    assert "does not fit pool l4" in mistake.problem
    assert "weights take 135." in mistake.problem
    assert mistake.allowed == "nothing: not even the weights"


def test_a_context_that_the_cache_cannot_hold_says_the_longest_that_it_can() -> None:
    source = "meta-llama/Llama-3.1-8B-Instruct"
    (mistake,) = mistakes(served(source=source, context=131_072))

    longest = int(mistake.allowed.split()[2])
    assert mistakes(served(source=source, context=longest)) == ()
    assert mistakes(served(source=source, context=longest + 16)) != ()


def test_heads_that_do_not_divide_by_the_gpus_are_refused() -> None:
    pool = {"name": "h100", "gpu": "H100", "gpusPerNode": 8, "onDemand": {"max": 1}}
    model = {"name": "m", "pool": "h100", "source": "Qwen/Qwen2.5-7B-Instruct", "context": 4096}
    (mistake,) = mistakes(
        a_stack(gpuPools=[pool | {"diskGib": 500}], models=[model | {"tensorParallel": 8}])
    )

    assert mistake.setting == "models[m].tensorParallel"
    assert mistake.allowed == "a divisor of the 28 attention heads"


def test_more_gpus_than_a_node_has_are_left_to_the_scheduler() -> None:
    assert mistakes(served(source="Qwen/Qwen2.5-7B-Instruct", tensorParallel=2)) == ()


def test_a_model_without_a_known_shape_is_not_predicted_and_not_refused() -> None:
    spec = loaded(served(source="nobody/knows-this", weightsGib=90.0))

    assert models_memory([spec]) == {"m": None}


def test_a_model_whose_layers_have_no_rule_is_left_to_the_engine() -> None:
    source = "tiiuae/Falcon-H1-0.5B-Instruct"  # in the catalogue
    spec = loaded(served(source=source, weightsGib=1.0))

    assert models_memory([spec]) == {"m": None}


@pytest.mark.parametrize("environment", ["aws-dev", "aws-prod-models", "gcp-prod-models"])
def test_every_model_of_our_stacks_is_predicted_and_fits(environment: str) -> None:
    found = models_memory(load_environment(environment))

    assert found
    for name, memory in found.items():
        assert memory is not None, name
        assert memory.margin_bytes > 0.5 * BYTES_PER_GIB, name
