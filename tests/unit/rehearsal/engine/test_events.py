"""What the engine writes into its event log becomes steps, counts and messages."""

import json
from pathlib import Path

from infra.rehearsal.engine.events import EventLog
from infra.rehearsal.engine.results import OperationResult, ResourceEvent, StepStatus

URN = "urn:pulumi:dev::tokenworks::kubernetes:apps/v1:Deployment::qwen"


def step(kind: str, op: str, timestamp: int, urn: str = URN, **more: object) -> str:
    metadata = {"op": op, "urn": urn, "type": "kubernetes:apps/v1:Deployment", **more}
    return json.dumps({"timestamp": timestamp, kind: {"metadata": metadata}}) + "\n"


def diagnostic(message: str, severity: str = "warning", **more: object) -> str:
    event = {"message": message, "severity": severity, "prefix": f"{severity}: ", **more}
    return json.dumps({"diagnosticEvent": event}) + "\n"


def read(tmp_path: Path, text: str) -> EventLog:
    (tmp_path / "events").write_text(text)
    log = EventLog(tmp_path / "events")
    log.read()
    return log


def test_a_step_is_told_when_it_starts_and_when_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "events"
    log = EventLog(path)
    assert log.read() == []
    path.write_text(step("resourcePreEvent", "create", 100))
    kind = "kubernetes:apps/v1:Deployment"
    assert log.read() == [ResourceEvent("create", URN, kind, StepStatus.STARTED)]
    with path.open("a") as file:
        file.write(step("resOutputsEvent", "create", 107))
    assert log.read() == [ResourceEvent("create", URN, kind, StepStatus.DONE)]
    (only,) = log.steps
    assert (only.name, only.status, only.seconds) == ("qwen", StepStatus.DONE, 7)


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "events"
    line = step("resourcePreEvent", "create", 1)
    log = EventLog(path)
    path.write_text(line[:50])
    assert log.read() == []
    path.write_text(line)
    assert len(log.read()) == 1


def test_an_update_names_what_changes_and_shows_both_sides(tmp_path: Path) -> None:
    old, new = {"inputs": {"spec": {"replicas": 1}}}, {"inputs": {"spec": {"replicas": 2}}}
    diff = {"spec.replicas": {"diffKind": "update"}}
    text = step("resourcePreEvent", "update", 1, old=old, new=new, detailedDiff=diff)
    (only,) = read(tmp_path, text).steps
    assert only.changed == ("spec.replicas",)
    assert only.old is not None
    assert only.new is not None
    assert only.old.inputs == {"spec": {"replicas": 1}}
    assert only.new.inputs == {"spec": {"replicas": 2}}


def test_a_failed_step_stays_failed(tmp_path: Path) -> None:
    text = step("resourcePreEvent", "create", 1) + step("resOpFailedEvent", "create", 2)
    (only,) = read(tmp_path, text).steps
    assert only.status is StepStatus.FAILED


def test_the_same_resource_may_take_two_steps(tmp_path: Path) -> None:
    text = step("resourcePreEvent", "create-replacement", 1)
    text += step("resourcePreEvent", "delete-replaced", 2)
    assert [one.op for one in read(tmp_path, text).steps] == [
        "create-replacement",
        "delete-replaced",
    ]


def test_messages_lose_their_colours_and_our_own_plugins_warning(tmp_path: Path) -> None:
    text = diagnostic("<{%fg 1%}>no room<{%reset%}>\n", "error", urn=URN)
    text += diagnostic("using pulumi-language-python from $PATH at /x/bin/pulumi-language-python")
    text += diagnostic("using pulumi-resource-kubernetes from $PATH at /x/bin")
    text += diagnostic("still waiting", "info", ephemeral=True)
    text += diagnostic("the price of $PATH at home")
    told = [(d.severity, d.urn, d.message) for d in read(tmp_path, text).diagnostics]
    assert told == [("error", URN, "no room"), ("warning", "", "the price of $PATH at home")]


def test_a_mandatory_policy_is_an_error_and_an_advisory_one_a_warning(tmp_path: Path) -> None:
    events = [
        {"policyEvent": {"policyName": name, "message": "no\n", "enforcementLevel": level}}
        for name, level in (("must", "mandatory"), ("may", "advisory"))
    ]
    told = read(tmp_path, "".join(json.dumps(event) + "\n" for event in events)).diagnostics
    assert [(d.severity, d.message) for d in told] == [
        ("error", "must: no"),
        ("warning", "may: no"),
    ]


def result(tmp_path: Path, log: EventLog, exit_code: int) -> OperationResult:
    output = tmp_path / "output.log"
    output.write_text("line one\nerror: the stack is locked\n")
    return OperationResult(
        operation="up",
        stack="dev",
        exit_code=exit_code,
        changes=log.changes,
        steps=log.steps,
        diagnostics=tuple(log.diagnostics),
        seconds=1.0,
        log=output,
    )


def test_what_stays_the_same_is_no_change(tmp_path: Path) -> None:
    event = {"summaryEvent": {"resourceChanges": {"same": 3, "update": 1, "delete": 0}}}
    log = read(tmp_path, json.dumps(event) + "\n")
    assert result(tmp_path, log, 0).changed == {"update": 1}


def test_a_failure_without_a_message_shows_what_the_command_printed_last(tmp_path: Path) -> None:
    log = read(tmp_path, "")
    assert result(tmp_path, log, 0).errors == ()
    assert result(tmp_path, log, 255).errors == ("line one\nerror: the stack is locked",)
    log = read(tmp_path, diagnostic("no room", "error"))
    assert result(tmp_path, log, 255).errors == ("no room",)
