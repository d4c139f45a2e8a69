"""Runbooks and the table of alerts: one for each alert, and nothing made up in either."""

import re
from pathlib import Path

import pytest

from components.observability.document import DOCUMENT, document, shown_seconds
from components.observability.rules.rule import AlertRule
from infra.doctor.runbooks import read
from tests.support.alerting import runbooks
from tests.support.alerting.closing import OWN
from tests.support.alerting.promtool import ALWAYS, SCENARIOS, every_alert

ALERTS = every_alert()
OF_EVERY_ALERT = {"severity", "environment", "stack"}
LABELS = {one.alert: set(one.labels) for one in (*SCENARIOS, *OWN)} | {ALWAYS: set()}
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.fixture(params=ALERTS, ids=[alert.alert for alert in ALERTS])
def alert(request: pytest.FixtureRequest) -> AlertRule:
    """Return each alert."""
    return request.param


def of(alert: AlertRule) -> runbooks.Page:
    return runbooks.page(runbooks.ROOT / alert.runbook)


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    there = {path.name for path in runbooks.FOLDER.glob("*.md")} - runbooks.OF_NO_ALERT

    assert there == {Path(alert.runbook).name for alert in ALERTS}


def test_a_runbook_says_what_it_means_what_users_see_how_to_confirm_and_how_to_mend(
    alert: AlertRule,
) -> None:
    runbook = of(alert)

    assert runbook.title == alert.alert
    assert tuple(runbook.sections) == runbooks.SECTIONS
    assert all(text.strip() for text in runbook.sections.values())
    assert read(runbooks.ROOT, alert.runbook).commands


def test_its_first_line_is_the_rule_of_production(alert: AlertRule) -> None:
    after = "" if alert.alert == ALWAYS else f", {shown_seconds(alert.for_seconds)}"

    assert of(alert).severity == f"Severity: {alert.severity.value}{after}. When: {alert.when}."


def test_its_commands_need_no_more_than_the_labels_of_the_alert(alert: AlertRule) -> None:
    runbook = read(runbooks.ROOT, alert.runbook)

    assert runbooks.labels_in(runbook.query) <= LABELS[alert.alert]
    for command in runbook.commands:
        assert runbooks.labels_in(command) <= LABELS[alert.alert] | OF_EVERY_ALERT, command
        assert not re.search(r"\b[A-Z]{4,}\b", command), f"nothing is left to fill in: {command}"


def test_its_links_lead_somewhere(alert: AlertRule) -> None:
    text = (runbooks.ROOT / alert.runbook).read_text()

    for target in LINK.findall(text):
        assert (runbooks.FOLDER / target).exists(), target


def test_what_an_alert_says_has_the_labels_that_it_fires_with(alert: AlertRule) -> None:
    """A template of a label that is not there says nothing, and nobody is told."""
    used = set(re.findall(r"\$labels\.(\w+)", alert.summary + alert.description))

    assert used <= LABELS[alert.alert]


def test_the_table_of_alerts_is_that_of_the_rules() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run `make golden`"


def test_the_table_has_every_alert_and_links_to_its_runbook() -> None:
    for alert in ALERTS:
        assert f"[{alert.alert}](runbooks/{alert.kebab}.md)" in document()
