"""GitLab's pipeline: its form, since GitLab's own reader cannot be had here, and who may what."""

import re

import pytest

from infra.wire import Value
from tests.support.delivery.workflows import (
    GITLAB_WORDS,
    gitlab_jobs,
    gitlab_steps,
    mapping,
    mappings,
    pipeline,
    texts,
)

WORDS = {
    *("artifacts", "before_script", "environment", "extends", "id_tokens", "interruptible"),
    *("needs", "parallel", "resource_group", "rules", "script", "stage", "tags", "timeout"),
    "variables",
}
"""What a job may say; a word that is not here is a mistake, or has no test."""
RULE_WORDS = {"if", "when", "changes", "allow_failure"}
OF_A_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
MAIN = "$CI_PIPELINE_SOURCE =~ /^(push|web)$/ && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
PREVIEW = '$CI_COMMIT_BRANCH =~ /^preview\\// && $CI_COMMIT_REF_PROTECTED == "true"'
PREVIEW_STACK = (
    '$CI_COMMIT_BRANCH =~ /^preview\\/[0-9]+$/ && $CI_COMMIT_REF_PROTECTED == "true" && $PREVIEW_OF'
)
CREDENTIALED = [name for name, job in gitlab_jobs().items() if "id_tokens" in job]
UPS = [name for name in gitlab_jobs() if name.startswith("up ")]


def conditions(name: str) -> list[str]:
    """Return when a job runs; what says never is left out."""
    rules = mappings(gitlab_jobs()[name]["rules"])
    return [str(rule["if"]) for rule in rules if rule.get("when") != "never"]


def minutes(value: Value) -> int:
    """Return a time as it is written here: minutes with an m."""
    found = re.fullmatch(r"(\d+)m", str(value))
    assert found is not None, value
    return int(found.group(1))


@pytest.mark.parametrize("name", [*gitlab_jobs()])
def test_a_job_has_the_form_of_a_job(name: str) -> None:
    whole, job = pipeline(), gitlab_jobs()[name]

    assert set(job) <= WORDS
    assert job["stage"] in texts(whole["stages"])
    assert texts(job["script"])
    for parent in texts(mapping(whole[name]).get("extends")):
        assert parent in whole
    for rule in mappings(job["rules"]):
        assert "if" in rule
        assert set(rule) <= RULE_WORDS
        assert rule.get("when") in (None, "never", "manual")


@pytest.mark.parametrize("name", [*gitlab_jobs()])
def test_a_job_waits_for_jobs_that_are_there_and_earlier(name: str) -> None:
    stages, job = texts(pipeline()["stages"]), gitlab_jobs()[name]

    for need in mappings(job.get("needs") or []):
        needed = gitlab_jobs()[str(need["job"])]
        assert stages.index(str(needed["stage"])) < stages.index(str(job["stage"]))


def test_every_top_level_word_is_one_of_gitlabs_or_a_job() -> None:
    for name, value in pipeline().items():
        assert (
            name in GITLAB_WORDS
            or "script" in mapping(value)
            or name.startswith(".")
            or ("extends" in mapping(value))
        ), name


@pytest.mark.parametrize("name", [*gitlab_jobs()])
def test_a_job_ends_by_itself(name: str) -> None:
    default = mapping(pipeline()["default"])["timeout"]

    assert 0 < minutes(gitlab_jobs()[name].get("timeout", default)) <= 180


@pytest.mark.parametrize("name", CREDENTIALED)
def test_who_a_job_is_can_only_be_said_behind_an_environment_and_not_by_a_request(
    name: str,
) -> None:
    assert mapping(gitlab_jobs()[name]["environment"])["name"]
    for condition in conditions(name):
        assert condition.startswith((MAIN, '$CI_PIPELINE_SOURCE == "schedule"')) or (
            condition in (PREVIEW, PREVIEW_STACK)
        )


def test_a_schedule_runs_on_main_alone() -> None:
    sources = [str(rule["if"]) for rule in mappings(mapping(pipeline()["workflow"])["rules"])]

    for source in sources:
        if "schedule" in source:
            assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in source
    assert OF_A_REQUEST in sources
    assert len(sources) == 4


def test_whatever_a_request_runs_has_no_credentials() -> None:
    of_requests = [name for name in gitlab_jobs() if OF_A_REQUEST in conditions(name)]

    assert sorted(of_requests) == ["build images", "review"]
    for name in of_requests:
        assert {"id_tokens", "environment"}.isdisjoint(gitlab_jobs()[name])


def test_the_one_stored_secret_is_known_to_one_job_that_runs_mains_code() -> None:
    knows = [step.job for step in gitlab_steps() if "REVIEW_TOKEN" in step.script]

    assert knows == ["comments"]
    assert conditions("comments") == [
        '$CI_PIPELINE_SOURCE == "schedule" && $SCHEDULE == "comments"'
    ]
    assert mapping(gitlab_jobs()["comments"]["environment"])["name"] == "review-comments"
    script = str(gitlab_jobs()["comments"]["script"])
    assert re.search(r"\bgit\b|make |\bpip\b|\.venv|eval", script) is None


@pytest.mark.parametrize("name", UPS)
def test_an_up_waits_for_somebody_runs_alone_and_is_not_cut_off(name: str) -> None:
    job = gitlab_jobs()[name]

    (approved,) = [rule for rule in mappings(job["rules"]) if rule.get("when") != "never"]
    assert approved == {"if": MAIN, "when": "manual"}
    assert job["resource_group"] == "$STACK"
    assert job["interruptible"] is False
    assert mapping(job["environment"]) == {"name": "$STACK"}
    assert mapping(job["variables"])["STACK"] == name.removeprefix("up ")


def test_a_preview_stack_waits_for_somebody_and_a_sweep_runs_mains_code() -> None:
    job = gitlab_jobs()["preview stack"]

    assert [rule for rule in mappings(job["rules"]) if rule["when"] != "manual"] == []
    assert conditions("preview stack") == [PREVIEW_STACK]
    assert conditions("sweep") == [
        '$CI_PIPELINE_SOURCE == "schedule" && $SCHEDULE == "sweep" && $PREVIEW_OF'
    ]
    for name, environment in (("preview stack", "previews"), ("sweep", "previews-sweep")):
        assert mapping(gitlab_jobs()[name]["environment"]) == {"name": environment}
        assert gitlab_jobs()[name]["interruptible"] is False
        assert gitlab_jobs()[name]["resource_group"]


def test_layers_come_up_in_their_order() -> None:
    for cloud in ("aws", "gcp"):
        names = [f"{cloud}-{stage}" for stage in ("dev", "staging", "prod", "prod-models")]
        for place, name in enumerate(names):
            needs = [str(need["job"]) for need in mappings(gitlab_jobs()[f"up {name}"]["needs"])]
            assert needs == [f"look {name}", *[f"up {one}" for one in names[:place][-1:]]]


@pytest.mark.parametrize("kind", ["look", "up"])
def test_a_stack_that_is_not_named_has_no_job(kind: str) -> None:
    """`aws-prod` is a part of the name `aws-prod-models`."""
    for name in gitlab_jobs():
        if not name.startswith(f"{kind} "):
            continue
        stack = name.removeprefix(f"{kind} ")
        first = mappings(gitlab_jobs()[name]["rules"])[0]
        found = re.fullmatch(r"\$STACKS !~ /(.+)/", str(first["if"]))
        assert found is not None
        assert first["when"] == "never"
        assert re.search(found.group(1), f"aws-dev {stack}")
        assert not re.search(found.group(1), f"{stack}-models other-{stack}")
