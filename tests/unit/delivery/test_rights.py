"""What jobs of the workflows may, and whose code they run: docs/delivery.md, section Threats."""

import re
from itertools import pairwise

import pytest

from infra.wire import Properties
from tests.support.delivery.workflows import (
    github_steps,
    jobs,
    mapping,
    permissions,
    steps_of,
    texts,
    workflows,
)

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
READS = {"contents": "read", "actions": "read"}
WRITES = {
    ("review-comment.yml", "comment"): {"pull-requests"},
    ("images.yml", "push"): {"id-token"},
    ("release.yml", "publish"): {"contents"},
    ("stack.yml", "look"): {"id-token"},
    ("stack.yml", "up"): {"id-token"},
    ("preview.yml", "stack"): {"id-token"},
    ("drift.yml", "stack"): {"id-token"},
    ("preview-stack.yml", "up"): {"id-token"},
    ("sweep.yml", "sweep"): {"id-token"},
}
"""Every job that may write something, and what; those of deploy.yml are asked below."""
ALL = [(file, name) for file in workflows() for name in jobs(file)]
OF_A_CHANGE = {"pull_request", "pull_request_target", "issue_comment", "pull_request_review"}
"""Events that somebody without rights on the repository can cause."""


def triggers(file: str) -> set[str]:
    on = workflows()[file]["on"]
    return set(on) if isinstance(on, dict) else set(texts(on))


def job_of(file: str, name: str) -> Properties:
    return jobs(file)[name]


@pytest.mark.parametrize(("file", "name"), ALL)
def test_a_job_may_what_it_needs_and_says_so(file: str, name: str) -> None:
    rights = permissions(file, job_of(file, name))

    assert isinstance(rights, dict), "the default of a repository may be to write everything"
    wanted = {"id-token"} if file == "deploy.yml" else WRITES.get((file, name), set())
    assert {right for right, level in rights.items() if level == "write"} == wanted
    assert {right: level for right, level in rights.items() if level != "write"}.items() <= (
        READS.items()
    )


@pytest.mark.parametrize(("file", "name"), ALL)
def test_a_job_ends_by_itself(file: str, name: str) -> None:
    job = job_of(file, name)

    if "uses" in job:  # GitHub takes no timeout there: that of the called job counts
        assert str(job["uses"]) == "./.github/workflows/stack.yml"
    else:
        assert isinstance(job["timeout-minutes"], int)
        assert job["timeout-minutes"] <= 180


@pytest.mark.parametrize(("file", "name"), ALL)
def test_who_a_job_is_can_only_be_said_behind_an_environment(file: str, name: str) -> None:
    job = job_of(file, name)
    rights = permissions(file, job)

    if isinstance(rights, dict) and "id-token" in rights and "uses" not in job:
        assert job["environment"]
        names = [str(step.get("name")) for step in steps_of(job)]
        (become,) = [name for name in names if name.startswith("Become ")]
        gate = names.index("Refuse an environment without its gate")
        assert gate < names.index(become)


@pytest.mark.parametrize("does", ["Refuse an environment without its gate", "Become "])
def test_a_gate_and_an_identity_are_the_same_in_every_workflow(does: str) -> None:
    """GitHub shares no step between workflows: each has its own copy."""
    copies = [step for step in github_steps() if step.name.startswith(does)]

    assert {step.file for step in copies} == {
        *("stack.yml", "images.yml", "preview-stack.yml", "sweep.yml")
    }
    assert len({step.script for step in copies}) == 1


def test_no_workflow_of_a_strangers_event_runs_with_the_rights_of_the_repository() -> None:
    """`pull_request_target` and comments run with secrets: no workflow here starts by them."""
    for file in workflows():
        assert triggers(file).isdisjoint(OF_A_CHANGE - {"pull_request"}), file


def test_a_job_that_runs_a_forks_code_cannot_say_who_it_is() -> None:
    for file in workflows():
        if "pull_request" not in triggers(file):
            continue
        for name, job in jobs(file).items():
            rights = permissions(file, job)
            assert isinstance(rights, dict)
            if "write" in rights.values():
                condition = str(job["if"])
                own = "github.event.pull_request.head.repo.full_name == github.repository"
                by_hand = "github.event_name == 'workflow_dispatch'"
                assert condition.startswith((own, by_hand)), f"{file}/{name}"
                assert "||" not in condition


def test_the_job_that_may_comment_runs_nothing_of_a_change() -> None:
    for file in workflows():
        if "workflow_run" not in triggers(file):
            continue
        for name, job in jobs(file).items():
            words = " ".join(str(step) for step in steps_of(job))
            assert re.search(r"\bgit\b|make |checkout|\bpip\b|\.venv", words) is None, (
                f"{file}/{name}"
            )


def test_no_workflow_knows_a_secret() -> None:
    """What is not stored can leak to nobody: clouds trust the job's own identity."""
    for file, workflow in workflows().items():
        assert "secrets." not in str(workflow), file
        assert "secrets" not in str(workflow.get("on")), file
        assert "inherit" not in str([job.get("secrets") for job in jobs(file).values()]), file


def test_nothing_that_somebody_typed_becomes_a_part_of_a_script() -> None:
    """A title of a pull request is text in a variable; inside a script it would be code."""
    assert [str(step) for step in github_steps() if "${{" in step.script] == []
    assert "eval " not in "".join(step.script for step in github_steps())


def test_actions_are_pinned_by_commit_and_called_workflows_are_of_this_commit() -> None:
    used = [
        str(step["uses"])
        for file, name in ALL
        for step in steps_of(job_of(file, name))
        if "uses" in step
    ]
    called = {str(jobs(file)[name]["uses"]) for file, name in ALL if "uses" in jobs(file)[name]}

    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []
    assert called == {"./.github/workflows/stack.yml"}


def test_a_failure_inside_of_a_pipe_is_a_failure() -> None:
    """The default shell is `bash -e` without pipefail: a request that failed would be no answer."""
    assert {str(step): step.shell for step in github_steps() if step.shell != "bash"} == {}


def test_one_update_of_a_stack_at_a_time_and_none_is_cut_off() -> None:
    up = mapping(job_of("stack.yml", "up")["concurrency"])

    assert up == {"group": "stack-${{ inputs.stack }}", "cancel-in-progress": False}
    of_a_preview = mapping(job_of("preview-stack.yml", "up")["concurrency"])
    assert of_a_preview["cancel-in-progress"] is False
    assert mapping(job_of("sweep.yml", "sweep")["concurrency"])["cancel-in-progress"] is False
    ups = [(step.file, step.job) for step in github_steps() if "pulumi up" in step.script]
    assert ups == [("preview-stack.yml", "up"), ("stack.yml", "up")]


def test_whatever_may_write_runs_once_at_a_time() -> None:
    for file, name in WRITES:
        job = job_of(file, name)
        if "uses" not in job:
            assert "concurrency" in job or "concurrency" in workflows()[file], f"{file}/{name}"


def test_layers_come_up_in_their_order_and_each_behind_its_own_approval() -> None:
    deploy = jobs("deploy.yml")

    for cloud in ("aws", "gcp"):
        names = [f"{cloud}-{stage}" for stage in ("dev", "staging", "prod", "prod-models")]
        for before, name in pairwise(names):
            assert deploy[name]["needs"] == before
            assert str(deploy[name]["if"]).startswith("!cancelled() && !failure() && ")
        for name in names:
            given = mapping(deploy[name]["with"])
            assert given["stack"] == name
            assert given["up"] is True
            assert given["gate"] == "read"
            assert f"'{name}'" in str(deploy[name]["if"])
            assert f"'{name}'" in str(given["runner"])
    assert job_of("stack.yml", "up")["environment"] == "${{ inputs.stack }}"
    gates = [
        step.environment["GATES"]
        for step in github_steps()
        if (step.file, step.job) == ("stack.yml", "up") and "GATES" in step.environment
    ]
    assert gates == ["required_reviewers branch_policy"]


def test_a_merge_comes_up_from_main_alone() -> None:
    on = mapping(workflows()["deploy.yml"]["on"])

    assert set(on) == {"push", "workflow_dispatch"}
    assert mapping(on["push"])["branches"] == ["main"]


def test_a_preview_is_of_the_commit_that_was_approved() -> None:
    """A reference could move between the approval and the checkout."""
    commits = [
        step.environment["COMMIT"]
        for step in github_steps()
        if step.file == "stack.yml" and "COMMIT" in step.environment
    ]

    assert commits
    assert set(commits) == {"${{ github.sha }}"}
