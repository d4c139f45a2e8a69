"""What a rehearsal says of a sweep: computed from the states, and wrong where a sweep would be."""

import copy
from datetime import date

import pytest

from infra.rehearsal.sweeping import SweepDrillError, ask
from infra.sweep import judge as judging
from infra.wire import Properties
from tests.unit.sweep.test_judge import state, vpc

TODAY = date(2026, 11, 28)
STAYS: Properties = {"tokenworks.dev/platform": "aws-dev", "tokenworks.dev/environment": "dev"}


def standing() -> Properties:
    """Return the state of a stack that is no preview."""
    own: Properties = {"tagsAll": {**STAYS}}
    return state(vpc(outputs=own), vpc("other", outputs=own), expires=None)


def test_a_stack_without_a_day_is_kept_and_one_that_only_claims_a_day_is_refused() -> None:
    (asked,) = ask({"aws-dev": standing()}, TODAY)

    assert asked.text == (
        "aws-dev: kept, no preview stack: it has no day to expire; with a day that its output alone"
        " claims: refused, 2 marks of its things speak against it"
    )


def test_a_preview_stack_is_kept_today_and_all_of_it_goes_on_its_day() -> None:
    (asked,) = ask({"pr-7": state()}, TODAY)

    assert asked.text == (
        "pr-7: kept, until 2026-12-01; on its day: expired, on 2026-12-01, 3 resources"
    )


def test_a_preview_stack_that_would_never_go_is_told() -> None:
    (asked,) = ask({"pr-7": state(vpc(protect=True))}, TODAY)

    assert "on its day: refused, expired on 2026-12-01, but vpc is protected" in asked.text


def test_states_stay_as_they_were() -> None:
    before = standing()
    given = copy.deepcopy(before)

    ask({"aws-dev": given}, TODAY)

    assert given == before


def test_a_sweep_that_would_take_what_does_not_bear_the_day_fails_the_rehearsal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "_other", lambda *_: iter(()))

    with pytest.raises(SweepDrillError, match="would take a stack that is no preview: aws-dev"):
        ask({"aws-dev": standing()}, TODAY)


def test_stacks_are_told_in_the_order_in_which_they_stand() -> None:
    told = ask({"aws-prod": standing(), "aws-prod-models": standing()}, TODAY)

    assert [one.today.stack for one in told] == ["aws-prod", "aws-prod-models"]
