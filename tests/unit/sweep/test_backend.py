"""The backend of whoever sweeps: how its `pulumi` is asked, and what becomes of odd answers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.cloud_error import CloudApiError
from infra.destroy.found import Found, Left, Look, Marks
from infra.sweep import backend
from infra.sweep.backend import PulumiBackend
from infra.sweep.run import BackendError
from infra.wire import Properties
from tests.unit.sweep.test_judge import state, vpc

PULUMI = """#!/bin/sh
echo "$@" >> "{folder}/commands"
case "$*" in
  *" stack ls "*) answer=ls ;;
  *" stack export "*) answer=export ;;
  *" stack rm "*) answer=rm ;;
  *" destroy "*) answer=destroy ;;
esac
cat "{folder}/$answer.says" 2>/dev/null
cat "{folder}/$answer.complains" >&2 2>/dev/null
exit "$(cat "{folder}/$answer.ends" 2>/dev/null || echo 0)"
"""
URN = "urn:pulumi:pr-7::tokenworks::pulumi:providers:"


def provider(cloud: str = "aws", **inputs: str) -> Properties:
    """Return the provider of a stack, which says where its things are."""
    kind = f"pulumi:providers:{cloud}"
    return {"urn": f"{URN}{cloud}::it", "type": kind, "custom": True, "inputs": {**inputs}}


PREVIEW = state(provider(region="eu-west-1"), vpc())
"""A stack that has no cluster."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, an engine that writes down what it is told, and an account that is empty."""
    program = tmp_path / "pulumi"
    program.write_text(PULUMI.format(folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(backend, "look_of", lambda _region, _project: lambda _marks: Found())
    return tmp_path


def answers(
    project: Path, command: str, says: object, *, ends: int = 0, complains: str = ""
) -> None:
    """Let the engine answer a command with this; what is no text, as JSON."""
    printed = says if isinstance(says, str) else json.dumps(says)
    (project / f"{command}.says").write_text(printed, encoding="utf-8")
    (project / f"{command}.complains").write_text(complains, encoding="utf-8")
    (project / f"{command}.ends").write_text(str(ends), encoding="utf-8")


def commands(project: Path) -> list[str]:
    """Return how the engine was asked, without what is the same each time."""
    said = (project / "commands").read_text(encoding="utf-8").splitlines()
    always = f"--non-interactive --cwd {project} "
    assert all(line.startswith(always) for line in said)
    return [line.removeprefix(always) for line in said]


def test_stacks_have_their_own_names_whatever_the_backend_puts_in_front(project: Path) -> None:
    names = ["organization/tokenworks/pr-8", "pr-7", "acme/aws-prod"]
    answers(project, "ls", [{"name": name, "current": False} for name in names])

    assert PulumiBackend(project).stacks() == ["aws-prod", "pr-7", "pr-8"]
    assert commands(project) == ["stack ls --json"]


def test_a_backend_without_stacks_has_none(project: Path) -> None:
    answers(project, "ls", [])

    assert PulumiBackend(project).stacks() == []


def test_a_state_is_read_without_showing_its_secrets(project: Path) -> None:
    answers(project, "export", PREVIEW)

    assert PulumiBackend(project).state("pr-7") == PREVIEW
    assert commands(project) == ["stack export --stack pr-7"]


@pytest.mark.parametrize(
    ("command", "ask", "says", "quoted"),
    [
        ("ls", lambda one: one.stacks(), "", "pulumi stack ls: no JSON: ''"),
        ("ls", lambda one: one.stacks(), "NAME  LAST UPDATE", "no JSON: 'NAME  LAST UPDATE'"),
        ("ls", lambda one: one.stacks(), "null", "pulumi stack ls: no list of stacks: None"),
        ("ls", lambda one: one.stacks(), {"stacks": []}, "no list of stacks: {'stacks': []}"),
        ("ls", lambda one: one.stacks(), [{"current": True}], "a stack without a name: name:"),
        ("ls", lambda one: one.stacks(), ["pr-7"], "a stack without a name: name:"),
        ("export", lambda one: one.state("pr-7"), "", "pulumi stack export: no JSON: ''"),
        ("export", lambda one: one.state("pr-7"), "[]", "pulumi stack export: no state: []"),
    ],
)
def test_an_odd_answer_is_no_answer(
    project: Path, command: str, ask: Callable[[PulumiBackend], object], says: object, quoted: str
) -> None:
    answers(project, command, says)

    with pytest.raises(BackendError) as refused:
        ask(PulumiBackend(project))

    assert quoted in str(refused.value)


def test_an_engine_that_refuses_is_quoted(project: Path) -> None:
    answers(project, "export", PREVIEW, ends=255, complains="error: incorrect passphrase\n")

    with pytest.raises(BackendError, match=r"^pulumi stack export: error: incorrect passphrase$"):
        PulumiBackend(project).state("pr-7")


def test_without_the_engine_a_person_is_told_where_to_run_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackendError, match="not on PATH"):
        PulumiBackend(tmp_path).stacks()


@pytest.mark.parametrize(("has_file", "option"), [(True, " --preserve-config"), (False, "")])
def test_a_stack_is_destroyed_and_then_removed_and_a_file_that_was_there_stays(
    project: Path, *, has_file: bool, option: str
) -> None:
    answers(project, "export", PREVIEW)
    if has_file:
        (project / "stacks").mkdir()
        (project / "stacks" / "Pulumi.pr-7.yaml").touch()
    said: list[str] = []

    PulumiBackend(project, said.append).remove("pr-7")

    assert commands(project)[-2:] == [
        "destroy --stack pr-7 --yes --refresh",
        f"stack rm --stack pr-7 --yes{option}",
    ]
    assert said == ["pr-7: network"]


def test_a_destroy_that_fails_leaves_the_stack_with_its_state(project: Path) -> None:
    answers(project, "export", PREVIEW)
    answers(project, "destroy", "", ends=255)

    with pytest.raises(BackendError, match="pulumi destroy of pr-7: exit code 255"):
        PulumiBackend(project).remove("pr-7")

    assert [line for line in commands(project) if " rm " in line] == []


def test_what_is_protected_is_not_even_tried(project: Path) -> None:
    answers(project, "export", state(provider(region="eu-west-1"), vpc(protect=True)))

    with pytest.raises(BackendError, match="vpc is protected in stack pr-7"):
        PulumiBackend(project).remove("pr-7")

    assert {line.partition(" --")[0] for line in commands(project)} == {"stack export"}


def test_an_engine_that_does_not_remove_an_empty_stack_is_quoted(project: Path) -> None:
    answers(project, "export", PREVIEW)
    answers(project, "rm", "", ends=255, complains="error: 'pr-7' still has resources")

    with pytest.raises(BackendError, match="pulumi stack rm: error: 'pr-7' still has resources"):
        PulumiBackend(project).remove("pr-7")


@pytest.mark.parametrize(
    ("its_provider", "there"),
    [
        (provider(region="eu-west-1"), ("eu-west-1", "")),
        (provider("gcp", region="europe-west4", project="p-1"), ("europe-west4", "p-1")),
    ],
)
def test_the_account_is_asked_where_the_stack_says_and_what_is_left_is_told(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    its_provider: Properties,
    there: tuple[str, str],
) -> None:
    asked: list[object] = []

    def look_of(*where: str) -> Look:
        def look(marks: Marks) -> Found:
            asked.append((where, marks.platform, marks.cluster))
            return Found([Left("volume", "vol-1", "tag tokenworks.dev/platform")])

        return look

    monkeypatch.setattr(backend, "look_of", look_of)
    answers(project, "export", state(its_provider, vpc()))
    said: list[str] = []

    PulumiBackend(project, said.append).remove("pr-7")

    assert asked == [(there, "pr-7", "tokenworks-pr-7")]
    assert said[-1] == "pr-7: left in the account: volume vol-1 (tag tokenworks.dev/platform)"


def test_a_state_that_does_not_say_where_it_is_is_not_destroyed(project: Path) -> None:
    answers(project, "export", state(vpc()))

    with pytest.raises(BackendError, match="nobody knows which account to look into"):
        PulumiBackend(project).remove("pr-7")

    assert commands(project) == ["stack export --stack pr-7"]


def test_credentials_that_are_not_there_are_said_before_anything_goes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_of(*_where: str) -> Look:
        operation = "credentials"
        raise CloudApiError(operation, "ProfileNotFound", "no profile `sweeper`")

    monkeypatch.setattr(backend, "look_of", look_of)
    answers(project, "export", PREVIEW)

    with pytest.raises(BackendError, match="no profile `sweeper`"):
        PulumiBackend(project).remove("pr-7")

    assert commands(project) == ["stack export --stack pr-7"]
