"""What a changed declaration leads to."""

import copy

import pytest

from infra.rehearsal.kubernetes.diff import (
    Comparison,
    Mutability,
    compare_objects,
    compare_releases,
    path_text,
)
from infra.wire import Properties


def deployment(**spec: int) -> Properties:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "server", "namespace": "models"},
        "spec": {"selector": {"matchLabels": {"app": "server"}}, **spec},
    }


def compare(
    old: Properties,
    new: Properties,
    live: "Properties | None" = None,
    mutability: Mutability | None = None,
) -> Comparison:
    return compare_objects(
        old,
        live if live is not None else old,
        new,
        default_namespace="default",
        mutability=mutability or Mutability(),
    )


def test_the_same_declaration_changes_nothing() -> None:
    found = compare(deployment(replicas=1), deployment(replicas=1))

    assert found.changes == []


def test_an_added_a_removed_and_a_changed_value_are_told_at_their_places() -> None:
    old: Properties = {"kind": "X", "spec": {"gone": 1, "list": [{"image": "a"}, {"image": "b"}]}}
    new: Properties = {"kind": "X", "spec": {"here": 1, "list": [{"image": "c"}]}}

    told = {change.text: change.operation for change in compare(old, new).changes}

    assert told == {
        "spec.gone": "delete",
        "spec.here": "add",
        "spec.list[0].image": "update",
        "spec.list[1]": "delete",
    }


def test_true_is_not_the_same_as_one() -> None:
    assert compare({"kind": "X", "spec": True}, {"kind": "X", "spec": 1}).changes


def test_keys_that_are_no_words_are_quoted_in_a_path() -> None:
    path = ("metadata", "annotations", "pulumi.com/skipAwait", 0, 'a"b')

    assert path_text(path) == 'metadata.annotations["pulumi.com/skipAwait"][0]["a\\"b"]'


def test_replicas_are_updated_in_place() -> None:
    found = compare(deployment(replicas=1), deployment(replicas=2))

    assert found.replaces == []
    assert not found.delete_before_replace


def test_a_change_inside_an_immutable_field_replaces_and_deletes_first() -> None:
    new = deployment()
    new["spec"] = {"selector": {"matchLabels": {"app": "other"}}}

    found = compare(deployment(), new)

    assert found.replaces == ["spec.selector.matchLabels.app"]
    assert found.delete_before_replace


def test_removing_what_holds_an_immutable_field_replaces() -> None:
    new = deployment()
    del new["spec"]

    assert compare(deployment(), new).replaces == ["spec"]


def test_a_field_that_only_begins_like_an_immutable_one_does_not_replace() -> None:
    assert compare(deployment(), deployment(selectorless=1)).replaces == []


def test_an_object_with_a_chosen_name_is_made_before_the_old_one_goes() -> None:
    old = config_map({"a": "1"})
    old["metadata"] = {"name": "settings-1234", "annotations": {"pulumi.com/autonamed": "true"}}
    new = copy.deepcopy(old)
    new["data"] = {"a": "2"}

    found = compare(old, new)

    assert found.replaces == ["data.a"]
    assert not found.delete_before_replace


def test_another_name_replaces_without_deleting_first() -> None:
    new = deployment()
    new["metadata"] = {"name": "other", "namespace": "models"}

    found = compare(deployment(), new)

    assert found.replaces == ["metadata.name"]
    assert not found.delete_before_replace


def test_writing_out_the_namespace_in_which_an_object_already_is_changes_nothing() -> None:
    old = deployment()
    old["metadata"] = {"name": "server"}
    live = copy.deepcopy(old)
    live["metadata"] = {"name": "server", "namespace": "models"}

    assert compare(old, deployment(), live).changes == []


def test_another_version_of_a_group_is_an_update_and_another_group_a_replacement() -> None:
    old, newer, moved = deployment(), deployment(), deployment()
    newer["apiVersion"] = "apps/v2"
    moved["apiVersion"] = "extensions/v1"

    assert compare(old, newer).replaces == []
    assert compare(old, moved).replaces == ["apiVersion"]


def test_a_failed_job_is_replaced_although_nothing_changed() -> None:
    job: Properties = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"}}
    failed: Properties = {
        **job,
        "status": {"conditions": [{"type": "Failed", "status": "True"}]},
    }

    assert compare(job, job, failed).replaces == ["spec"]
    assert compare(job, job).changes == []


def config_map(data: dict[str, str], *, immutable: bool = False) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings"},
        "data": {**data},
        **({"immutable": True} if immutable else {}),
    }


@pytest.mark.parametrize(
    ("may_change", "immutable", "replaced"),
    [(False, False, True), (True, False, False), (True, True, True)],
)
def test_a_config_map_is_replaced_unless_the_provider_lets_it_change(
    *, may_change: bool, immutable: bool, replaced: bool
) -> None:
    old = config_map({"a": "1"}, immutable=immutable)
    new = config_map({"a": "2"}, immutable=immutable)

    found = compare(old, new, mutability=Mutability(config_maps=may_change))

    assert bool(found.replaces) is replaced


def test_a_release_is_replaced_for_its_name_and_updated_for_its_values() -> None:
    old: Properties = {"name": "plugin", "namespace": "gpu", "values": {"a": {"b": 1}}}

    renamed = compare_releases(old, {**old, "name": "other"})
    changed = compare_releases(old, {**old, "values": {"a": {"b": 2}}})

    assert renamed.replaces == ["name"]
    assert [change.text for change in changed.changes] == ["values.a.b"]
    assert changed.replaces == []
