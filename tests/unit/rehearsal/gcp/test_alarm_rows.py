"""The package `gcp` as the engine speaks to it: alert policies of Cloud Monitoring."""

from collections.abc import Iterator

import pytest

from infra.replies import text
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, Scene, scene
from tests.unit.rehearsal.gcp.test_store_rows import unchanged

ALERT_POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"
FILTER = 'resource.type = "memorystore.googleapis.com/Instance" AND metric.type = "m"'


def condition(wanted: str = FILTER, threshold: float = 0.8, **more: Value) -> Properties:
    """Return a condition of a policy."""
    return {
        "displayName": "memory",
        "conditionThreshold": {
            "filter": wanted,
            "comparison": "COMPARISON_GT",
            "thresholdValue": threshold,
            "duration": "300s",
            "aggregations": [{"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_MAX"}],
            **more,
        },
    }


def alert_policy_inputs(**more: Value) -> Properties:
    """Return the inputs of a policy."""
    return {
        "displayName": "counters-memory",
        "combiner": "OR",
        "conditions": [condition()],
        "documentation": {"content": "raise it", "mimeType": "text/markdown"},
        "alertStrategy": {"autoClose": "1800s"},
        "userLabels": {"tier": "one"},
        **more,
    }


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud."""
    with scene() as made:
        yield made


@pytest.fixture
def policy(running: Scene) -> Iterator[Made]:
    """A policy."""
    made = running.engine.create(ALERT_POLICY, alert_policy_inputs())
    yield made
    running.engine.delete(made)
    assert running.engine.read(made) is None


def test_a_policy_comes_back_as_it_was_declared_with_a_name_of_googles(
    running: Scene, policy: Made
) -> None:
    wanted = alert_policy_inputs()
    api = running.cloud.project.call(
        "monitoring.projects.alertPolicies.get", name=policy.physical_id
    )

    assert {name: policy[name] for name in wanted} == wanted
    assert policy.physical_id == policy["name"]
    assert policy.physical_id.startswith(f"projects/{PROJECT}/alertPolicies/")
    assert text(api, "conditions.0.name").startswith(f"{policy.physical_id}/conditions/")
    assert policy["enabled"] is True
    unchanged(running, policy)


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": [condition(threshold=0.9)]},
        {"displayName": "another"},
        {"userLabels": {"tier": "two"}},
        {"enabled": False},
        {"documentation": {"content": "look", "mimeType": "text/markdown"}},
        {"notificationChannels": [f"projects/{PROJECT}/notificationChannels/1"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_but_the_project_changes_in_place(
    running: Scene, policy: Made, change: Properties
) -> None:
    assert list(running.engine.diff(policy, **change).replaces) == []
    changed = running.engine.update(policy, preview=False, **change)

    assert {name: changed[name] for name in change} == change
    unchanged(running, changed)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            {"conditions": [condition('metric.type = "m"')]},
            'must specify a restriction on "resource.type" in the filter',
        ),
        ({"combiner": "MAYBE"}, "combiner: must be one of"),
        ({"conditions": [condition(comparison="MORE")]}, "comparison: must be one of"),
    ],
)
def test_what_cloud_monitoring_would_not_take_is_refused(
    running: Scene, wrong: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        running.engine.create(ALERT_POLICY, alert_policy_inputs(**wrong))
