"""Settings as written: names, types, YAML's traps, what is not built, secrets."""

import pytest

from infra.spec.not_built import SECTIONS, SETTINGS
from tests.unit.spec.stacks import a_model, a_pool, a_stack, mistakes, only


def test_an_unknown_section_asks_for_the_one_that_was_meant() -> None:
    mistake = only({**a_stack(), "tokenworks:gpuPool": []})

    assert (mistake.setting, mistake.problem) == ("gpuPool", "unknown section")
    assert mistake.next_step == "did you mean gpuPools?"


def test_a_misspelt_namespace_is_not_ignored() -> None:
    mistake = only({**a_stack(), "tokenwork:budget": {}})

    assert mistake.next_step == "write tokenworks:budget"


def test_a_setting_without_a_namespace_is_not_ignored() -> None:
    assert only({**a_stack(), "budget": {}}).problem == "has no namespace"


def test_settings_of_other_providers_are_not_ours() -> None:
    assert mistakes({**a_stack(), "random:seed": "x"}) == ()


@pytest.mark.parametrize(
    ("key", "next_step"),
    [
        ("aws:region", "remove it and write the region as cloud.region"),
        ("aws:profile", "remove it; the account is that of whoever runs `pulumi`: set AWS_PROFILE"),
        ("aws:secretKey", "remove it; the account is that of whoever"),
    ],
)
def test_a_key_of_the_aws_provider_is_refused_because_nothing_would_read_it(
    key: str, next_step: str
) -> None:
    mistake = only({**a_stack(), key: "hunter2"})

    assert mistake.setting == key
    assert mistake.next_step.startswith(next_step)
    assert "hunter2" not in str(mistake)


@pytest.mark.parametrize(
    ("setting", "least", "too_little"),
    [("cpu", 0.1, 0.0001), ("memoryGib", 1, 0.0001), ("sharedMemoryGib", 0.0625, 0.0001)],
)
def test_a_size_that_would_be_rendered_as_zero_is_refused(
    setting: str, least: float, too_little: float
) -> None:
    mistake = only(a_model(**{setting: too_little}))

    assert (mistake.setting, mistake.problem) == (f"models[m].{setting}", "is out of range")
    assert mistake.allowed.startswith(f"at least {least}")
    assert mistakes(a_model(**{setting: least})) == ()


def test_a_setting_in_snake_case_is_refused_with_its_spelling() -> None:
    mistake = only(a_pool(disk_gib=100))

    assert (mistake.setting, mistake.problem) == ("gpuPools[l4].disk_gib", "unknown setting")
    assert mistake.next_step == "did you mean diskGib?"


def test_a_nested_unknown_setting_is_named_with_its_neighbours() -> None:
    mistake = only(a_pool(spot={"max": 1, "price": 0.3}))

    assert (mistake.setting, mistake.allowed) == ("gpuPools[l4].spot.price", "one of: min, max")


def test_a_version_without_quotes_is_told_to_take_them() -> None:
    mistake = only(a_stack(cluster={"kubernetesVersion": 1.35}))

    assert (mistake.problem, mistake.got) == ("is not text", "1.35")
    assert mistake.next_step.startswith('write it in quotes: "1.35"; without them YAML reads')


def test_yaml_booleans_are_not_names() -> None:
    mistake = only(a_model(name=False))

    assert mistake.setting == "models[0].name"
    assert "yes, no, on and off" in mistake.next_step


def test_yaml_booleans_are_not_numbers() -> None:
    assert only(a_pool(gpusPerNode=True)).problem == "is not a whole number"


def test_a_number_in_quotes_is_told_to_lose_them() -> None:
    assert only(a_model(context="4096")).next_step == "write it without quotes"


def test_a_fraction_is_not_a_whole_number() -> None:
    assert only(a_model(context=4096.5)).problem == "is not a whole number"


def test_a_number_out_of_range_is_told_the_range() -> None:
    mistake = only(a_model(gpuMemoryUtilization=1.0))

    assert (mistake.problem, mistake.got) == ("is out of range", "1")
    assert mistake.allowed.startswith("more than 0.0 and at most 0.98")


def test_a_missing_setting_is_told_its_meaning() -> None:
    mistake = only(a_model(context=None))

    assert (mistake.problem, mistake.got) == ("is missing", "nothing")
    assert "in tokens" in mistake.allowed
    assert mistake.next_step == "write `context: ...`"


def test_a_choice_that_is_none_is_told_the_choices() -> None:
    mistake = only(a_model(dtype="bfloat"))

    assert mistake.allowed == "one of: auto, bfloat16, float16"
    assert mistake.next_step == "did you mean bfloat16?"


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_nothing_builds_is_refused_as_not_built(section: str) -> None:
    mistake = only({**a_stack(), f"tokenworks:{section}": {"x": 1}})

    assert (mistake.setting, mistake.problem) == (section, "not built")
    assert mistake.next_step.startswith("remove it; what works today: ")


@pytest.mark.parametrize("setting", SETTINGS["models"])
def test_a_setting_of_a_model_that_nothing_builds_is_refused_as_not_built(setting: str) -> None:
    assert only(a_model(**{setting: "x"})).problem == "not built"


@pytest.mark.parametrize("setting", SETTINGS["gpuPools"])
def test_a_setting_of_a_pool_that_nothing_builds_is_refused_as_not_built(setting: str) -> None:
    assert only(a_pool(**{setting: "x"})).problem == "not built"


def test_another_cloud_is_not_a_choice() -> None:
    mistake = only(a_stack(cloud={"provider": "azure", "region": "us-central1"}))

    assert (mistake.setting, mistake.problem) == ("cloud.provider", "is not a choice")
    assert mistake.next_step == "write one of: aws, gcp"


def test_another_engine_is_not_built() -> None:
    mistake = only(a_model(engine="sglang"))

    assert (mistake.problem, mistake.next_step) == ("not built", "write engine: vllm")


def test_scaling_between_two_bounds_is_not_built() -> None:
    mistake = only(a_model(replicas={"min": 1, "max": 6}))

    assert (mistake.setting, mistake.problem) == ("models[m].replicas.max", "not built")
    assert mistake.next_step == "write max: 1, or raise min to 6"


def test_replicas_that_cross_are_a_mistake_and_not_a_missing_feature() -> None:
    assert only(a_model(replicas={"min": 2, "max": 1})).problem == "min is above max"


def test_a_secret_is_refused_and_not_shown() -> None:
    for section in ("environment", "cloud", "cluster", "gpuPools", "models", "layers"):
        mistake = only(a_stack(**{section: {"secure": "v1:ciphertext"}}))
        assert (mistake.setting, mistake.got) == (section, "[secret]")
        assert "ciphertext" not in str(mistake)
