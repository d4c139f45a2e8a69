"""A larger stack: every pool and model of the original, several times."""

import pytest

from benchmarks.projects import MODELS, POOLS, NotMeasurableError, multiplied

CONFIG = {
    "tokenworks:environment": "dev",
    POOLS: [{"name": "l4", "gpu": "L4"}, {"name": "l40s", "gpu": "L40S"}],
    MODELS: [{"name": "qwen", "pool": "l4", "context": 1024}],
}


def test_each_pool_and_each_model_is_there_as_often_as_asked() -> None:
    larger = multiplied(CONFIG, 2)

    assert larger[POOLS] == [
        {"name": "l4-0", "gpu": "L4"},
        {"name": "l40s-0", "gpu": "L40S"},
        {"name": "l4-1", "gpu": "L4"},
        {"name": "l40s-1", "gpu": "L40S"},
    ]
    assert larger[MODELS] == [
        {"name": "qwen-0", "pool": "l4-0", "context": 1024},
        {"name": "qwen-1", "pool": "l4-1", "context": 1024},
    ]
    assert larger["tokenworks:environment"] == "dev"


def test_the_stack_itself_is_unchanged() -> None:
    assert multiplied(CONFIG, 1) == CONFIG


@pytest.mark.parametrize("missing", [POOLS, MODELS])
def test_a_stack_without_pools_or_models_of_its_own_is_refused(missing: str) -> None:
    config = {key: value for key, value in CONFIG.items() if key != missing}

    with pytest.raises(NotMeasurableError, match=missing):
        multiplied(config, 2)
