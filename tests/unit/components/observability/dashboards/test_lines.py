"""The lines in dashboards are those of the stack file and of the alerts."""

import pytest

from components.observability.dashboards.board import Dashboard, Limits
from components.observability.dashboards.boards import dashboards
from components.observability.dashboards.lines import WATCHED_BY, lines
from components.observability.rules.groups import all_alerts
from infra.spec.stack import StackSpec
from tests.support.observability.stack import everything

STACK = everything()
SHOWN_BY_NO_PANEL = {
    "DeadMansSwitch",
    "ModelServerNotScraped",
    "SpansDiscarded",
}
"""Always firing; about what no panel can show, a server that nobody measures; and about spans,
which are looked at where spans are: in Grafana's data source Tempo."""


def starts(spec: StackSpec, uid: str, title: str) -> list[float]:
    """Return where the levels of a panel begin."""
    limits = _limits(next(board for board in dashboards(spec) if board.uid == uid), title)
    return [step.at for step in limits.steps]


def _limits(board: Dashboard, title: str) -> Limits:
    limits = next(panel.limits for panel in board.panels if panel.title == title)
    assert limits is not None
    return limits


def test_every_alert_is_one_that_exists_and_every_other_one_is_on_a_panel() -> None:
    there = {alert.alert for alert in all_alerts(STACK)}
    panels = [panel for board in dashboards(STACK) for panel in board.panels]
    shown = {alert for panel in panels for alert in panel.alerts}

    assert {alert for alerts in WATCHED_BY.values() for alert in alerts} - there == set()
    assert there - shown == SHOWN_BY_NO_PANEL


def test_an_alert_that_a_stack_does_not_have_is_on_none_of_its_panels() -> None:
    uncapped = STACK.budget.model_copy(update={"monthly_usd": None, "hourly_usd": None})
    stack = STACK.model_copy(update={"budget": uncapped})

    assert lines(STACK).of("budget") == ("BudgetBurn",)
    assert lines(stack).of("budget") == ()


@pytest.mark.parametrize(
    ("setting", "value", "uid", "title", "line"),
    [
        ("ttft_milliseconds", 250, "tokenworks-model", "Time to first token", 0.25),
        ("itl_milliseconds", 100, "tokenworks-model", "Time between tokens", 0.1),
        ("probe_milliseconds", 3000, "tokenworks-model", "Probe, P99", 3.0),
        ("error_percent", 2.5, "tokenworks-fleet", "Failed or turned away, by model", 0.025),
        ("availability_percent", 99.5, "tokenworks-model", "Answering", 0.995),
    ],
)
def test_a_promise_that_moves_moves_its_line(
    setting: str, value: float, uid: str, title: str, line: float
) -> None:
    moved = STACK.model_copy(update={"slo": STACK.slo.model_copy(update={setting: value})})

    assert starts(moved, uid, title) == pytest.approx([line])
    assert starts(STACK, uid, title) != pytest.approx([line])


def test_the_share_that_is_promised_names_the_panels_that_show_it() -> None:
    moved = STACK.model_copy(update={"slo": STACK.slo.model_copy(update={"latency_percent": 98.5})})
    fleet = dashboards(moved)[0]
    panel = next(one for one in fleet.panels if one.title == "Time to first token, P98.5")

    assert "histogram_quantile(0.985," in panel.targets[0].expr


def test_a_budget_is_a_line_of_the_costs() -> None:
    assert starts(STACK, "tokenworks-cost", "An hour") == [STACK.budget.hourly_usd]
    assert starts(STACK, "tokenworks-cost", "A month like this hour") == [STACK.budget.monthly_usd]
