"""The section `workingHours`: when the models of a stack run."""

from datetime import time
from decimal import Decimal

import pytest

from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec
from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

OFFICE = {"hours": "08:00-19:00", "timeZone": "Europe/Berlin"}


def hours(**settings: object) -> Config:
    return a_stack(workingHours={**OFFICE, **settings})


def test_models_run_day_and_night_unless_a_stack_says_when() -> None:
    spec = loaded(a_stack()).working_hours

    assert not spec.are_kept
    assert spec.share == 1
    with pytest.raises(ValueError, match="there are none"):
        _ = spec.opens


def test_hours_have_ends_days_and_a_share_of_the_week() -> None:
    spec = loaded(hours()).working_hours

    assert (spec.opens, spec.closes) == (time(8), time(19))
    assert spec.share == Decimal(55) / 168
    assert spec.text == "08:00-19:00 monday to friday, Europe/Berlin"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["monday"], "monday"),
        (["friday", "monday"], "monday, friday"),
        (["sunday", "friday", "saturday"], "friday to sunday"),
        (["monday", "tuesday", "thursday"], "monday, tuesday, thursday"),
    ],
)
def test_days_are_said_in_the_order_of_the_week(days: list[str], said: str) -> None:
    assert loaded(hours(days=days)).working_hours.text == f"08:00-19:00 {said}, Europe/Berlin"


@pytest.mark.parametrize(
    "written", ["8:00-19:00", "08:00-24:00", "19:00-08:00", "08:00-08:00", "08:00", "all day"]
)
def test_what_are_no_hours_of_one_day_is_refused(written: str) -> None:
    mistake = only(hours(hours=written))

    assert (mistake.setting, mistake.problem) == ("workingHours.hours", "are no hours of a day")


@pytest.mark.parametrize("name", ["Berlin", "europe/berlin", "", "../etc", "CEST", "localtime"])
def test_what_is_no_name_of_a_time_zone_is_refused(name: str) -> None:
    mistake = only(hours(timeZone=name))

    assert (mistake.setting, mistake.problem) == ("workingHours.timeZone", "is no time zone")


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        ([], "are none: models would never be opened"),
        (["monday", "monday"], "name a day twice"),
    ],
)
def test_days_are_some_and_each_once(days: list[str], problem: str) -> None:
    assert only(hours(days=days)).problem == problem


@pytest.mark.parametrize("setting", [{"days": ["monday"]}, {"timeZone": "Europe/Berlin"}])
def test_what_says_nothing_without_hours_is_refused(setting: dict[str, object]) -> None:
    (name,) = setting

    mistake = only(a_stack(workingHours=setting))

    assert mistake.setting == f"workingHours.{name}"
    assert mistake.problem == "says nothing: without hours models run day and night"


def test_production_is_never_closed() -> None:
    stack = a_stack(
        environment="prod",
        cluster={"endpointAccess": ["198.51.100.0/24"]},
        models=None,
        workingHours=OFFICE,
    )

    assert only(stack).problem == "would close production"


def test_alerts_and_models_of_two_stacks_keep_no_hours() -> None:
    base = a_stack(layers=["foundation", "platform"], models=None)
    models: Config = {"tokenworks:extends": "base", "tokenworks:workingHours": OFFICE}

    assert only(models, base=base).setting == "workingHours.hours"
    of_base = {**base, "tokenworks:workingHours": OFFICE}
    assert "need the alerts and the models in one stack" in only(of_base).problem


def test_a_pool_that_never_empties_is_refused_by_the_part_that_does_not() -> None:
    pool = {"name": "l4", "gpu": "L4", "onDemand": {"min": 1, "max": 2}, "spot": {"max": 2}}

    mistake = only(a_stack(gpuPools=[pool], workingHours=OFFICE))

    assert mistake.setting == "gpuPools[l4].onDemand.min"
    assert mistake.next_step == "write onDemand: {min: 0, max: 2}, or remove workingHours"
    assert mistakes(a_stack(gpuPools=[pool])) == ()


def test_all_mistakes_are_said_at_once_and_what_is_broken_is_said_once() -> None:
    found = mistakes(hours(hours="late", days=["freitag"], timeZone=7))

    assert [one.setting for one in found] == [
        "workingHours.days[0]",
        "workingHours.timeZone",
        "workingHours.hours",
    ]


def test_a_week_without_an_end_is_every_hour_but_those_of_the_night() -> None:
    spec = WorkingHoursSpec(hours="00:00-12:00", days=tuple(WeekDay), time_zone="UTC")

    assert spec.share == Decimal("0.5")
