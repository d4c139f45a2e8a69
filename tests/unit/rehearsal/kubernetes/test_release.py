"""Checking a Helm release before anything is sent."""

import pytest

from infra.rehearsal.charts import UnknownChartError
from infra.rehearsal.kubernetes import release
from infra.rehearsal.kubernetes.objects import Naming
from infra.rehearsal.kubernetes.release import check_release, preview_of_release
from infra.wire import UNKNOWN, Properties

NAMING = Naming("plugin", b"seed")
INPUTS: Properties = {"name": "plugin", "chart": "example", "version": "1.0.0"}


@pytest.fixture(autouse=True)
def chart_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def objects_of(chart: str, *_others: object) -> list[Properties]:
        if chart != "example":
            message = f"{chart}: not known"
            raise UnknownChartError(message)
        return []

    monkeypatch.setattr(release, "objects_of", objects_of)


def check(inputs: Properties, olds: "Properties | None" = None) -> tuple[Properties, list[str]]:
    checked, mistakes = check_release(inputs, olds or {}, NAMING, "gpu")
    return checked, [key for key, _ in mistakes]


def test_a_release_gets_its_namespace_and_timeout() -> None:
    checked, mistakes = check(INPUTS)

    assert mistakes == []
    assert (checked["namespace"], checked["timeout"]) == ("gpu", 300)


def test_a_release_that_is_not_awaited_needs_no_timeout() -> None:
    checked, _ = check({**INPUTS, "skipAwait": True})

    assert "timeout" not in checked


def test_a_release_without_a_name_keeps_the_one_that_was_chosen() -> None:
    first, _ = check({"chart": "example", "version": "1.0.0"})
    again, _ = check({"chart": "example", "version": "1.1.0"}, first)

    assert str(first["name"]).startswith("plugin-")
    assert again["name"] == first["name"]


def test_a_release_without_chart_and_version_is_told_both() -> None:
    assert check({"name": "plugin"})[1] == ["chart", "version"]


def test_a_chart_that_is_not_known_is_refused() -> None:
    assert check({**INPUTS, "chart": "other"})[1] == ["chart"]


def test_a_chart_whose_values_are_not_known_yet_is_not_asked_for() -> None:
    assert check({**INPUTS, "chart": "other", "values": {"a": UNKNOWN}})[1] == []


def test_what_would_change_the_release_and_is_not_played_is_refused() -> None:
    inputs: Properties = {**INPUTS, "postrender": "sed", "valueYamlFiles": ["a"], "lint": True}

    assert check(inputs)[1] == ["postrender", "valueYamlFiles"]


def test_a_preview_does_not_know_the_status() -> None:
    assert preview_of_release(INPUTS) == {**INPUTS, "status": UNKNOWN, "resourceNames": UNKNOWN}
