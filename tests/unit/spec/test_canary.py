"""Canaries of a stack file."""

import pytest

from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

GATEWAY = {"domain": "llm.example.com"}


def models(canary: object, **of_other: object) -> list[dict[str, object]]:
    one: dict[str, object] = {"source": "o/m", "pool": "l4", "context": 4096, "weightsGib": 1.0}
    return [
        {"name": "blue", **one, "canary": canary},
        {"name": "green", **one, "alsoServes": ["blue"], **of_other},
    ]


def stack(canary: object, gateway: object = GATEWAY, **of_other: object) -> Config:
    return a_stack(gateway=gateway, models=models(canary, **of_other))


@pytest.mark.parametrize("percent", [0, 5, 50, 100])
def test_a_share_of_requests_may_go_to_another_model(percent: int) -> None:
    canary = loaded(stack({"model": "green", "percent": percent})).models[0].canary

    assert canary is not None
    assert (canary.model, canary.percent) == ("green", percent)


@pytest.mark.parametrize("percent", [-1, 101, 5.5, "5", True])
def test_a_share_is_a_whole_number_up_to_a_hundred(percent: object) -> None:
    mistake = only(stack({"model": "green", "percent": percent}))

    assert mistake.setting == "models[blue].canary.percent"


@pytest.mark.parametrize(
    ("canary", "of_other", "said"),
    [
        ("grene", {}, "is no model of this stack"),
        ("blue", {}, "is the model itself"),
        ("green", {"alsoServes": []}, "does not answer to blue"),
        ("green", {"context": 2048}, "takes 2048 tokens, and blue promises more"),
    ],
)
def test_a_canary_that_could_not_answer_is_one_mistake(
    canary: str, of_other: dict[str, object], said: str
) -> None:
    mistake = only(stack({"model": canary, "percent": 5}, **of_other))

    assert mistake.setting == "models[blue].canary.model"
    assert said in mistake.problem


def test_a_misspelt_canary_is_told_what_was_meant() -> None:
    assert "green" in only(stack({"model": "grene", "percent": 5})).next_step


def test_two_models_cannot_be_each_others_canaries() -> None:
    blue, green = models({"model": "green", "percent": 5})
    blue["alsoServes"] = ["green"]
    green["canary"] = {"model": "blue", "percent": 5}
    config = a_stack(gateway=GATEWAY, models=[blue, green])

    assert {mistake.setting for mistake in mistakes(config)} == {
        "models[blue].canary.model",
        "models[green].canary.model",
    }


def test_without_a_gateway_nobody_splits_requests() -> None:
    mistake = only(stack({"model": "green", "percent": 5}, gateway=None))

    assert mistake.setting == "models[blue].canary"
    assert "there is none" in mistake.problem


@pytest.mark.parametrize("name", ["green", "red"])
def test_a_further_name_is_that_of_another_model(name: str) -> None:
    config = a_stack(gateway=GATEWAY, models=models(None, alsoServes=[name]))

    assert only(config).setting == "models[green].alsoServes[0]"
