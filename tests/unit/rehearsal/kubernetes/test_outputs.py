"""What the engine records."""

import base64

import pytest

from infra.rehearsal.kubernetes.outputs import (
    body_of,
    inputs_from,
    outputs_of,
    preview_of_create,
    preview_with_unknowns,
    same_quantity,
)
from infra.rehearsal.kubernetes.values import at
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Properties, Value


def secret(value: Value) -> Properties:
    return {SIGNATURE_KEY: SECRET, "value": value}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_string_data_is_sent_as_data() -> None:
    inputs: Properties = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": encoded("1"), "b": encoded("old")},
        "stringData": secret({"b": "2"}),
    }

    body = body_of(inputs)

    assert body["data"] == {"a": encoded("1"), "b": encoded("2")}
    assert "stringData" not in body


def test_neither_a_status_nor_what_is_ours_is_sent() -> None:
    body = body_of({"kind": "X", "status": {"ready": True}, "__fieldManager": "us"})

    assert body == {"kind": "X"}


def test_what_was_declared_secret_is_recorded_as_secret() -> None:
    live: Properties = {"kind": "X", "metadata": {"managedFields": []}, "spec": {"a": 1, "b": 2}}

    outputs = outputs_of(live, {"spec": {"a": secret(1)}}, "us")

    assert outputs["spec"] == {"a": secret(1), "b": 2}
    assert outputs["metadata"] == {}
    assert outputs["__fieldManager"] == "us"


def test_all_data_of_a_secret_is_recorded_as_secret_and_only_once() -> None:
    live: Properties = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {},
        "data": {"a": encoded("1"), "b": encoded("2")},
    }

    one_key: Properties = {"data": {"a": secret(encoded("1"))}}
    clear: Properties = {"stringData": secret({"a": "1"})}
    nothing: Properties = {}
    for declared in (nothing, one_key, clear):
        outputs = outputs_of(live, declared, "us")
        assert outputs["data"] == secret({"a": encoded("1"), "b": encoded("2")})


def test_recording_does_not_change_the_object() -> None:
    live: Properties = {"kind": "X", "metadata": {"managedFields": [1]}}

    outputs_of(live, {}, "us")

    assert live == {"kind": "X", "metadata": {"managedFields": [1]}}


def test_a_preview_knows_the_inputs_and_that_the_rest_is_not_known() -> None:
    inputs: Properties = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "it"}}
    inputs["spec"] = {"ports": []}

    outputs = preview_of_create(inputs, "models")

    assert outputs["metadata"] == {
        "name": "it",
        "namespace": "models",
        **dict.fromkeys(("uid", "resourceVersion", "creationTimestamp", "generation"), UNKNOWN),
    }
    assert outputs["status"] == UNKNOWN
    assert at(outputs, "spec", "clusterIP") == UNKNOWN
    assert inputs["metadata"] == {"name": "it"}


def test_a_preview_does_not_know_the_data_of_a_secret() -> None:
    inputs: Properties = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "it"},
        "data": secret({"a": encoded("1")}),
    }

    assert preview_of_create(inputs)["data"] == UNKNOWN


def test_an_update_with_unknowns_keeps_what_cannot_change() -> None:
    old: Properties = {"metadata": {"uid": "u-1", "namespace": "models", "generation": 3}}
    inputs: Properties = {"kind": "X", "metadata": {"name": "it"}, "spec": UNKNOWN}

    outputs = preview_with_unknowns(old, inputs)

    assert at(outputs, "metadata", "uid") == "u-1"
    assert at(outputs, "metadata", "generation") == UNKNOWN


def test_a_refresh_keeps_the_shape_of_what_was_declared() -> None:
    declared: Properties = {
        "kind": "X",
        "metadata": {"name": "it"},
        "spec": {"replicas": 1, "hostNetwork": False, "list": [{"a": 1}], "gone": "x"},
    }
    live: Properties = {
        "kind": "X",
        "metadata": {"name": "it", "uid": "u"},
        "spec": {"replicas": 2, "list": [{"a": 1, "defaulted": True}], "defaulted": 5},
        "status": {},
    }

    seen = inputs_from(live, declared)

    assert seen == {
        "kind": "X",
        "metadata": {"name": "it"},
        "spec": {"replicas": 2, "hostNetwork": False, "list": [{"a": 1}], "gone": None},
    }


def test_a_refresh_does_not_take_another_notation_for_drift() -> None:
    declared: Properties = {"spec": {"requests": {"cpu": "1000m", "memory": "1024Mi"}}}
    live: Properties = {"spec": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    drifted: Properties = {"spec": {"requests": {"cpu": "2", "memory": "1Gi"}}}

    assert inputs_from(live, declared) == declared
    assert at(inputs_from(drifted, declared), "spec", "requests", "cpu") == "2"


def test_a_refresh_compares_amounts_only_where_amounts_are() -> None:
    declared: Properties = {"metadata": {"labels": {"build": "1000m"}}}
    live: Properties = {"metadata": {"labels": {"build": "1"}}}

    assert inputs_from(live, declared) == live


def test_a_refresh_reads_string_data_back() -> None:
    declared: Properties = {"kind": "Secret", "apiVersion": "v1", "stringData": secret({"a": "1"})}
    live: Properties = {"kind": "Secret", "apiVersion": "v1", "data": {"a": encoded("2")}}

    assert inputs_from(live, declared)["stringData"] == secret({"a": "2"})


def test_an_import_takes_all_that_a_person_could_have_declared() -> None:
    live: Properties = {
        "kind": "X",
        "metadata": {"name": "it", "labels": {"a": "b"}, "uid": "u", "managedFields": []},
        "spec": {"a": 1},
        "status": {"ready": True},
    }

    assert inputs_from(live, {}) == {
        "kind": "X",
        "metadata": {"name": "it", "labels": {"a": "b"}},
        "spec": {"a": 1},
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1000m", 1, True),
        ("1Gi", "1024Mi", True),
        ("1G", "1Gi", False),
        ("0.5", "500m", True),
        ("latest", "latest", False),
        (None, "0", False),
    ],
)
def test_amounts_are_compared_by_value(one: Value, other: Value, *, same: bool) -> None:
    assert same_quantity(one, other) is same
