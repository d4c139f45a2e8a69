"""`tokenworks doctor` as whoever is on call meets it."""

import shlex
import sys
from pathlib import Path

import pytest

from components.observability.rules.groups import all_alerts
from infra.cli import main
from infra.spec.files import load_stack_file
from tests.unit.doctor.scene import RULES, FakeKubectl, active

ALERTS = [alert.alert for alert in all_alerts(load_stack_file("aws-prod"))]
WELL = {name: [] for name in ALERTS} | {"DeadMansSwitch": [active()]}


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    return FakeKubectl(tmp_path, monkeypatch)


def doctor(stack: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["tokenworks", "doctor", stack])
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_a_platform_on_which_nothing_is_wrong_is_fine(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl.has_rules(WELL)

    assert doctor("aws-prod") == 0
    assert capsys.readouterr().out == f"{len(ALERTS)} alerts: {len(ALERTS)} fine\n"
    assert len(kubectl.asked()) == 1


def test_an_alert_that_fires_comes_with_what_confirms_it_and_its_runbook(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl.has_rules(WELL | {"ModelDown": [active(model="qwen2-5-7b")]})
    kubectl.says("-n models get", "qwen2-5-7b-1  0/1  CrashLoopBackOff")

    assert doctor("aws-prod") == 1
    shown = capsys.readouterr().out
    assert "firing (page): ModelDown" in shown
    assert "something of {'model': 'qwen2-5-7b'}, since 2026-11-27T12:00:00Z" in shown
    assert "CrashLoopBackOff" in shown
    assert "how to mend: docs/runbooks/model-down.md" in shown
    assert any("tokenworks.dev/model=qwen2-5-7b" in " ".join(call) for call in kubectl.asked())


def test_what_fires_stands_before_what_is_only_pending(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    later = active(state="pending", model="a")
    kubectl.has_rules(WELL | {"ModelDegraded": [later], "RequestsQueueing": [active(model="a")]})

    assert doctor("aws-prod") == 1
    shown = capsys.readouterr().out
    assert shown.index("firing (ticket): RequestsQueueing") < shown.index(
        "pending (ticket): ModelDegraded"
    )


def test_a_silent_dead_mans_switch_is_no_good_sign(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl.has_rules(WELL | {"DeadMansSwitch": []})

    assert doctor("aws-prod") == 1
    assert "silent (ticket): DeadMansSwitch" in capsys.readouterr().out


def test_rules_that_are_missing_or_broken_are_unknown_and_not_fine(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    some = {name: alerts for name, alerts in WELL.items() if name not in {"GpuHot", "ModelDown"}}
    kubectl.has_rules(some, GpuHot="many-to-many matching not allowed")

    assert doctor("aws-prod") == 1
    shown = capsys.readouterr().out
    assert "unknown: Prometheus has no such rule\n  1 alerts: ModelDown" in shown
    assert "unknown: many-to-many matching not allowed\n  1 alerts: GpuHot" in shown
    assert f"{len(ALERTS) - 2} fine, 2 unknown" in shown


@pytest.mark.parametrize(
    "said",
    [
        "Error from server (ServiceUnavailable): no endpoints available for service",
        "<html>a proxy in between</html>",
        '{"status": "error", "error": "query timed out"}',
        "",
    ],
)
def test_without_prometheus_everything_is_unknown_and_it_is_said_why(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    kubectl.says(f"get --raw {RULES}", said, status=1)

    assert doctor("aws-prod") == 1
    shown = capsys.readouterr().out
    assert f"unknown: Prometheus cannot be asked: {said or 'no answer'}" in shown
    assert f"{len(ALERTS)} alerts: {len(ALERTS)} unknown" in shown


def test_a_label_that_holds_a_command_is_a_word_and_nothing_more(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    model = f"x; touch {trap}; $(touch {trap})"
    kubectl.has_rules(WELL | {"ModelDown": [active(model=model)]})

    assert doctor("aws-prod") == 1
    assert not trap.exists()
    assert shlex.quote(model) in capsys.readouterr().out


def test_a_command_that_needs_a_label_that_is_not_there_is_not_run(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl.has_rules(WELL | {"ModelDown": [active()]})

    assert doctor("aws-prod") == 1
    assert "not run: the alert has no label 'model'" in capsys.readouterr().out


def test_of_many_cases_the_commands_are_run_for_the_first_alone(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl.has_rules(WELL | {"ModelDown": [active(model=f"model-{n}") for n in range(9)]})

    assert doctor("aws-prod") == 1
    assert "the commands were run for the first 3" in capsys.readouterr().out
    assert not any("model-5" in " ".join(call) for call in kubectl.asked())


def test_a_stack_without_a_platform_is_refused_with_the_one_that_has_it(
    kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor("aws-prod-models") == 2
    assert "tokenworks doctor aws-prod" in capsys.readouterr().err
    assert kubectl.asked() == []


def test_without_kubectl_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert doctor("aws-prod") == 2
    assert "https://kubernetes.io/docs/tasks/tools/" in capsys.readouterr().err
