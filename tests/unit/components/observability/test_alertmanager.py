"""Who is told of which alert, and that no way to anybody is in the configuration."""

import json
from typing import Any

import pytest

from components.observability.alertmanager import FOLDER, NOBODY, alertmanager_config
from infra.spec.observability import (
    AdaptedSpec,
    EmailSpec,
    ObservabilitySpec,
    PagerDutySpec,
    SlackSpec,
    Wanted,
    WebhookSpec,
)
from tests.unit.components import examples

EMAIL = EmailSpec(
    to="oncall@example.com",
    sender="alerts@example.com",
    smarthost="smtp.example.com:587",
    username="alerts",
    alerts=Wanted.TICKET,
)
EVERYBODY = examples.OBSERVABILITY.model_copy(
    update={
        "slack": SlackSpec(channel="#llm-alerts", alerts=Wanted.ALL),
        "pagerduty": PagerDutySpec(alerts=Wanted.PAGE),
        "email": EMAIL,
        "webhook": WebhookSpec(alerts=Wanted.TICKET),
        "dingtalk": AdaptedSpec(alerts=Wanted.PAGE),
        "feishu": AdaptedSpec(alerts=Wanted.TICKET),
        "dead_mans_switch": True,
    }
)


def config(spec: ObservabilitySpec = EVERYBODY) -> dict[str, Any]:
    return json.loads(json.dumps(alertmanager_config(spec)))


def told(labels: dict[str, str], spec: ObservabilitySpec = EVERYBODY) -> list[str]:
    """Return who gets an alert, as Alertmanager walks its routes."""

    def walk(route: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for child in route.get("routes", []):
            if not all(_matches(one, labels) for one in child.get("matchers", [])):
                continue
            found += walk(child)
            if not child.get("continue"):
                break
        return found or [route["receiver"]]

    return walk(config(spec)["route"])


def _matches(matcher: str, labels: dict[str, str]) -> bool:
    name, _, value = matcher.partition("=")
    assert not name.endswith("!"), matcher
    return labels.get(name) == value.strip('"')


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"alertname": "ModelDown", "severity": "page"}, ["slack", "pagerduty", "dingtalk"]),
        ({"alertname": "GpuIdle", "severity": "ticket"}, ["slack", "email", "webhook", "feishu"]),
        ({"alertname": "DeadMansSwitch", "severity": "ticket"}, ["dead-mans-switch"]),
        ({"alertname": "Stray"}, [NOBODY]),
    ],
)
def test_an_alert_reaches_those_who_want_it(labels: dict[str, str], receivers: list[str]) -> None:
    assert told(labels) == receivers


def test_without_receivers_everything_goes_to_nobody() -> None:
    for severity in ("page", "ticket"):
        assert told({"alertname": "A", "severity": severity}, examples.OBSERVABILITY) == [NOBODY]
    assert told({"alertname": "DeadMansSwitch"}, examples.OBSERVABILITY) == [NOBODY]
    assert config(examples.OBSERVABILITY)["receivers"] == [{"name": NOBODY}]


def test_every_receiver_that_a_route_names_is_there() -> None:
    found = config()
    children = [child for route in found["route"]["routes"] for child in route.get("routes", [])]
    named = {found["route"]["receiver"]}
    named |= {route["receiver"] for route in (*found["route"]["routes"], *children)}

    assert named == {one["name"] for one in found["receivers"]}


def test_ways_to_people_are_files_and_nothing_else() -> None:
    """Names of settings that would hold a secret are Alertmanager's own."""
    text = json.dumps(config())

    for plain in ('"api_url"', '"url"', '"routing_key"', '"service_key"', '"auth_password"'):
        assert plain not in text
    for key in (*EVERYBODY.receivers, "dead-mans-switch"):
        assert f'"{FOLDER}/{key}"' in text


def test_mail_goes_over_tls_and_without_a_user_there_is_no_password() -> None:
    (mail,) = next(one for one in config()["receivers"] if one["name"] == "email")["email_configs"]
    open_relay = EVERYBODY.model_copy(update={"email": EMAIL.model_copy(update={"username": None})})

    assert mail["require_tls"] is True
    assert mail["auth_username"] == "alerts"
    assert "auth_password_file" not in json.dumps(config(open_relay))


def test_pages_are_said_again_sooner_than_tickets_and_the_switch_every_minute() -> None:
    switch, page, ticket = config()["route"]["routes"]

    assert (page["repeat_interval"], ticket["repeat_interval"]) == ("1h", "24h")
    assert (switch["group_wait"], switch["group_interval"], switch["repeat_interval"]) == (
        *("0s", "1m"),
        "50s",
    )


def test_nothing_is_kept_quiet_by_a_label_that_neither_has() -> None:
    """Two alerts without a label count as equal in it."""
    for rule in config()["inhibit_rules"]:
        for label in set(rule["equal"]) - {"stack"}:
            assert f'{label}!=""' in rule["source_matchers"]
            assert f'{label}!=""' in rule["target_matchers"]
