"""Scenarios of alerts: one for each alert, over one healthy day that all share."""

from dataclasses import replace

from components.observability.rules.groups import all_alerts
from infra.spec.files import load_stack_file, stack_names
from tests.support.alerting.closing import OWN
from tests.support.alerting.healthy import healthy
from tests.support.alerting.lines import Line, Phase, between, counter, gone, level
from tests.support.alerting.promtool import ALWAYS, SCENARIOS, every_alert, everything


def test_every_alert_of_every_stack_has_exactly_one_scenario() -> None:
    specs = [everything(), *(load_stack_file(name) for name in stack_names())]
    alerts = {alert.alert for spec in specs for alert in all_alerts(spec)} - {ALWAYS}

    assert sorted(one.alert for one in (*SCENARIOS, *OWN)) == sorted(alerts)


def test_every_scenario_changes_something_and_fires_no_sooner_than_its_rule_waits() -> None:
    rules = {alert.alert: alert for alert in every_alert()}

    for one in (*SCENARIOS, *OWN):
        changed = {name for name, line in one.changes.items() if healthy().get(name) != line}
        assert changed, one.alert
        first = min(phase.until_minute for name in changed for phase in one.changes[name].phases)
        assert one.fires >= first + rules[one.alert].for_seconds // 60, one.alert
        assert one.fires < one.resolves, one.alert


def test_a_counter_goes_on_from_where_it_was_when_its_pace_changes() -> None:
    line = between(3, 5, counter(1), counter(2, start=10))

    # Minutes 0 to 2 at 2 a second, 3 and 4 at 1, from 5 on at 2 again.
    assert line.values(6) == "10+120x2 370+60x1 490+120x1"


def test_a_gauge_stands_and_a_target_that_goes_is_stale_at_once() -> None:
    assert level(4).values(2) == "4+0x2"
    assert between(1, 3, gone(), level(4)).values(4) == "4+0x0 stale _x1 4+0x1"
    assert Line((Phase(2), Phase(9, level=1))).values(3) == "_x2 1+0x1"


def test_a_sample_is_taken_each_step() -> None:
    assert counter(1).values(10, step_minutes=5) == "0+300x2"


def test_phases_beyond_the_end_leave_nothing_behind() -> None:
    line = replace(counter(1), phases=(Phase(100, per_second=1), Phase(200, level=7)))

    assert line.values(3) == "0+60x3"
