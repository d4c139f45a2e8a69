"""What is checked before anything is sent."""

import pytest

from infra.rehearsal.kubernetes.errors import UnservedError
from infra.rehearsal.kubernetes.objects import Kind, Naming, check_object, kind_of
from infra.rehearsal.kubernetes.values import annotation, text
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Properties

CONFIG_MAP = Kind("v1", "ConfigMap")
NAMING = Naming("settings", b"0123456789abcdef")


def test_only_the_core_group_is_written_differently_in_a_type() -> None:
    assert kind_of("kubernetes:core/v1:Secret") == Kind("v1", "Secret")
    assert kind_of("kubernetes:apps/v1:Deployment") == Kind("apps/v1", "Deployment")


@pytest.mark.parametrize(
    "type_token",
    [
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:helm.sh/v3:Chart",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:apps/v1:DeploymentPatch",
        "kubernetes:apps/v1:DeploymentList",
    ],
)
def test_what_is_not_served_is_refused_by_name(type_token: str) -> None:
    with pytest.raises(UnservedError) as error:
        kind_of(type_token)

    assert type_token in str(error.value)


def test_a_custom_kind_may_end_like_a_patch_or_a_list() -> None:
    token = "kubernetes:example.com/v1:AllowList"

    assert kind_of(token) == Kind("example.com/v1", "AllowList")


def test_an_object_without_a_name_gets_one_that_its_seed_repeats() -> None:
    first, mistakes = check_object(CONFIG_MAP, {}, {}, NAMING)
    second, _ = check_object(CONFIG_MAP, {}, {}, NAMING)
    other, _ = check_object(CONFIG_MAP, {}, {}, Naming("settings", b"another seed"))

    name = text(first, "metadata", "name")
    assert mistakes == []
    assert name.startswith("settings-")
    assert len(name) == len("settings-") + 8
    assert annotation(first, "pulumi.com/autonamed") == "true"
    assert text(second, "metadata", "name") == name
    assert text(other, "metadata", "name") != name


def test_a_chosen_name_stays_for_as_long_as_the_object_lives() -> None:
    old, _ = check_object(CONFIG_MAP, {}, {}, NAMING)
    again, _ = check_object(CONFIG_MAP, {}, old, Naming("settings", b"another seed"))

    assert again == old


def test_a_name_that_a_person_gave_is_not_kept_for_an_object_without_one() -> None:
    old: Properties = {"metadata": {"name": "by-hand"}}

    checked, _ = check_object(CONFIG_MAP, {}, old, NAMING)

    assert text(checked, "metadata", "name").startswith("settings-")


def test_a_given_name_is_left_alone() -> None:
    checked, mistakes = check_object(CONFIG_MAP, {"metadata": {"name": "mine"}}, {}, NAMING)

    assert mistakes == []
    assert checked["metadata"] == {"name": "mine"}


def test_a_name_that_is_not_known_yet_is_left_alone() -> None:
    checked, mistakes = check_object(CONFIG_MAP, {"metadata": {"name": UNKNOWN}}, {}, NAMING)

    assert mistakes == []
    assert checked["metadata"] == {"name": UNKNOWN}


def test_annotations_that_are_not_known_yet_stay_so() -> None:
    inputs: Properties = {"metadata": {"annotations": UNKNOWN}}

    checked, _ = check_object(CONFIG_MAP, inputs, {}, NAMING)

    metadata = checked["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["annotations"] == UNKNOWN


def test_the_engines_own_name_goes_before_ours_and_its_refusal_too() -> None:
    proposed, _ = check_object(CONFIG_MAP, {}, {}, Naming("settings", b"seed", "proposed"))
    _, mistakes = check_object(CONFIG_MAP, {}, {}, Naming("settings", b"seed", disabled=True))

    assert text(proposed, "metadata", "name") == "proposed"
    assert [key for key, _ in mistakes] == ["metadata.name"]


def test_every_mistake_is_told_at_once() -> None:
    inputs: Properties = {
        "apiVersion": "v2",
        "kind": "Secret",
        "metadata": {
            "generateName": "it-",
            "annotations": {"pulumi.com/waitFor": "jsonpath={.status}"},
        },
    }

    _, mistakes = check_object(CONFIG_MAP, inputs, {}, NAMING)

    assert [key for key, _ in mistakes] == [
        "apiVersion",
        "kind",
        "metadata.generateName",
        "metadata.annotations['pulumi.com/waitFor']",
    ]


def test_metadata_that_is_secret_as_a_whole_is_refused() -> None:
    hidden: Properties = {SIGNATURE_KEY: SECRET, "value": {"name": "it"}}

    _, mistakes = check_object(CONFIG_MAP, {"metadata": hidden}, {}, NAMING)

    assert [key for key, _ in mistakes] == ["metadata"]


def test_nulls_of_the_engine_are_dropped() -> None:
    checked, _ = check_object(CONFIG_MAP, {"metadata": {"name": "a"}, "data": None}, {}, NAMING)

    assert "data" not in checked
