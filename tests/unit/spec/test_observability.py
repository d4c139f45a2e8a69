"""What measures the platform, and whom it wakes, in a stack file."""

import pytest

from infra.spec.observability import Wanted
from tests.unit.spec.stacks import Config, a_gcp_stack, a_stack, loaded, mistakes, only

EMAIL = {"to": "oncall@example.com", "sender": "a@example.com", "smarthost": "smtp.example.com:587"}


def _stack(environment: str = "dev", /, **section: object) -> Config:
    return a_stack(environment=environment, observability=section)


def test_every_stack_measures_and_production_twice() -> None:
    found = [loaded(a_stack(environment=name)).observability for name in ("dev", "staging", "prod")]

    assert [(one.enabled, one.metrics.replicas) for one in found] == [
        (True, 1),
        (True, 1),
        (True, 2),
    ]


def test_samples_are_kept_the_longer_the_more_depends_on_them() -> None:
    days = [
        loaded(a_stack(environment=name)).observability.metrics.retention_days
        for name in ("dev", "staging", "prod")
    ]

    assert days == [7, 15, 30]


def test_a_receiver_needs_no_settings_and_the_pager_gets_what_cannot_wait() -> None:
    spec = loaded(_stack(slack={}, pagerduty={}, webhook={}, email=EMAIL)).observability

    assert spec.receivers == {
        "slack": Wanted.ALL,
        "pagerduty": Wanted.PAGE,
        "email": Wanted.ALL,
        "webhook": Wanted.ALL,
    }
    assert spec.email is not None
    assert (spec.email.port, spec.email.username) == (587, None)


@pytest.mark.parametrize(
    "section",
    [
        {},
        {"slack": {"alerts": "ticket"}},
        {"feishu": {"alerts": "ticket"}},
        {"deadMansSwitch": True},
    ],
)
def test_production_whose_alerts_wake_nobody_is_refused(section: dict[str, object]) -> None:
    mistake = only(_stack("prod", **section))

    assert mistake.setting == "observability.pagerduty"
    assert "alerts of prod would go nowhere" in mistake.problem


@pytest.mark.parametrize(
    "section",
    [
        {"enabled": False},
        {"slack": {}},
        {"webhook": {"alerts": "page"}},
        {"email": EMAIL},
        {"dingtalk": {}},
        {"feishu": {"alerts": "page"}},
    ],
)
def test_production_with_somebody_to_wake_or_without_any_of_it_is_fine(
    section: dict[str, object],
) -> None:
    assert mistakes(_stack("prod", **section)) == ()


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_elsewhere_nobody_need_be_told(environment: str) -> None:
    spec = loaded(_stack(environment)).observability

    assert (spec.receivers, spec.has_receivers) == ({}, False)


def test_a_store_of_the_cloud_is_asked_for_and_stays_where_prometheus_can_write_to_it() -> None:
    assert not loaded(a_stack()).observability.keeps_managed_metrics
    assert loaded(_stack(metrics={"managed": True})).observability.keeps_managed_metrics
    off = loaded(_stack(enabled=False, metrics={"managed": True})).observability
    assert not off.keeps_managed_metrics
    mistake = only(a_gcp_stack(observability={"metrics": {"managed": True}}))
    assert mistake.setting == "observability.metrics.managed"
    assert "takes no remote write" in mistake.problem


def test_a_stack_without_it_has_no_receivers_whatever_it_says() -> None:
    assert not loaded(_stack(enabled=False, slack={})).observability.has_receivers


@pytest.mark.parametrize(
    ("section", "setting"),
    [
        ({"remoteWrite": {"url": "http://metrics.example.com/push"}}, "remoteWrite.url"),
        ({"remoteWrite": {"url": "https://user:key@metrics.example.com/"}}, "remoteWrite.url"),
        ({"remoteWrite": {"url": "https://m.example.com/write?key=x"}}, "remoteWrite.url"),
        ({"slack": {"channel": "alerts"}}, "slack.channel"),
        ({"email": {**EMAIL, "to": "oncall"}}, "email.to"),
        ({"email": {**EMAIL, "sender": "a@b"}}, "email.sender"),
        ({"email": {**EMAIL, "smarthost": "smtp.example.com"}}, "email.smarthost"),
        ({"email": {**EMAIL, "smarthost": "smtp.example.com:70000"}}, "email.smarthost"),
        ({"slack": {"alerts": "critical"}}, "slack.alerts"),
        ({"dingtalk": {"url": "https://oapi.dingtalk.com/robot/send"}}, "dingtalk.url"),
        ({"slack": {"url": "https://hooks.slack.com/x"}}, "slack.url"),
        ({"metrics": {"retentionDays": 0}}, "metrics.retentionDays"),
        ({"metrics": {"storageGib": 5}}, "metrics.storageGib"),
        ({"traces": {"samplePercent": 0.0}}, "traces.samplePercent"),
        ({"traces": {"samplePercent": 101.0}}, "traces.samplePercent"),
        ({"traces": {"retentionDays": 365}}, "traces.retentionDays"),
    ],
)
def test_what_cannot_be_is_one_mistake(section: dict[str, object], setting: str) -> None:
    assert only(_stack("dev", **section)).setting == f"observability.{setting}"


def test_several_people_may_get_mail() -> None:
    assert mistakes(_stack(email={**EMAIL, "to": "a@example.com, b@example.com"})) == ()


def test_a_share_of_requests_is_followed_where_there_are_users_and_none_in_dev() -> None:
    found = [loaded(a_stack(environment=name)).observability for name in ("dev", "staging", "prod")]

    assert [one.follows_requests for one in found] == [False, True, True]
    assert [one.traces.sample_share for one in found] == [1.0, 0.1, 0.01]


def test_nobody_is_followed_where_nothing_is_observed() -> None:
    spec = loaded(_stack("staging", enabled=False)).observability

    assert spec.traces.enabled
    assert not spec.follows_requests


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_what_it_costs_is_measured_where_a_stack_asks_for_it_alone(environment: str) -> None:
    found = [
        loaded(_stack(environment, pagerduty={}, **section)).observability.measures_cost
        for section in ({}, {"cost": {"enabled": True}})
    ]

    assert found == [False, True]


def test_opencost_without_a_prometheus_is_refused() -> None:
    mistake = only(_stack(enabled=False, cost={"enabled": True}))

    assert mistake.setting == "observability.cost.enabled"
    assert "reads the Prometheus" in mistake.problem
