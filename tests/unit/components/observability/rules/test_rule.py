"""The form of rules, and the objects that they become."""

import pytest

from components.observability.rules.groups import all_alerts, rule_groups
from components.observability.rules.objects import group_spec, prometheus_rule_objects
from components.observability.rules.rule import AlertRule, RecordingRule, RuleGroup, Severity
from tests.unit.components.examples import stack_spec

SPEC = stack_spec()


def an_alert(name: str) -> AlertRule:
    return AlertRule(name, "up == 0", 300, Severity.PAGE, "down", "is down", "down for 5 minutes")


@pytest.mark.parametrize(
    ("name", "runbook"),
    [
        ("ModelDown", "docs/runbooks/model-down.md"),
        ("GpuMemoryFull", "docs/runbooks/gpu-memory-full.md"),
        ("DeadMansSwitch", "docs/runbooks/dead-mans-switch.md"),
    ],
)
def test_an_alert_names_its_runbook(name: str, runbook: str) -> None:
    assert an_alert(name).runbook == runbook


@pytest.mark.parametrize("name", ["model-down", "GPUHot", "modelDown", "Model_Down"])
def test_an_alert_whose_name_has_no_other_form_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"is not CamelCase, got '{name}'"):
        an_alert(name)


@pytest.mark.parametrize("name", ["model:ttft:p99", "tokenworks:ttft", "Tokenworks:a:b"])
def test_a_record_without_our_prefix_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of ours"):
        RecordingRule(name, "vector(1)")


def test_a_group_becomes_what_prometheus_reads() -> None:
    group = RuleGroup(
        "tokenworks-a",
        30,
        (RecordingRule("tokenworks:a:sum", "sum(a)", {"of": "b"}), an_alert("ModelDown")),
    )

    assert group_spec(group, SPEC) == {
        "name": "tokenworks-a",
        "interval": "30s",
        "rules": [
            {"record": "tokenworks:a:sum", "expr": "sum(a)", "labels": {"of": "b"}},
            {
                "alert": "ModelDown",
                "expr": "up == 0",
                "for": "300s",
                "labels": {"severity": "page", "environment": "dev", "stack": SPEC.platform_name},
                "annotations": {
                    "summary": "down",
                    "description": "is down",
                    "runbook": "docs/runbooks/model-down.md",
                },
            },
        ],
    }


def test_names_of_groups_and_alerts_are_unique() -> None:
    groups, alerts = rule_groups(SPEC), all_alerts(SPEC)

    assert len(prometheus_rule_objects(groups, SPEC)) == len(groups)
    assert len({alert.alert for alert in alerts}) == len(alerts)
