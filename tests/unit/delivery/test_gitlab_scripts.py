"""Every script of GitLab's pipeline is run here, each in its scene; shellcheck reads them."""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import Answer, forge
from tests.support.delivery.machine import Done, Machine, git
from tests.support.delivery.preview_scenes import DAY, KEY, came_up, has_dev
from tests.support.delivery.preview_scenes import SHOWS as PREVIEW_SHOWS
from tests.support.delivery.workflows import GITLAB, ROOT, gitlab_steps, pipeline, step
from tests.support.delivery.world import BACKEND, IDENTITY, PREVIEWS, PROVIDER, World
from tests.support.stacks import STACKS

pytestmark = pytest.mark.thorough  # dozens of processes each

ROLE = "arn:aws:iam::123456789012:role/tokenworks-preview"
QUIET = "--non-interactive --color never"
VERSION = str(step(GITLAB.name, "look aws-dev").environment["PULUMI_VERSION"])


def pipeline_run(world: World, **more: str) -> Done:
    """Run a job's script with what a project and its environments say."""
    world.machine.program("apt-get")
    said = {
        "CI_API_V4_URL": world.forge.address,
        "CI_DEFAULT_BRANCH": "main",
        "CI_JOB_ID": "4711",
        "PULUMI_BACKEND_URL": BACKEND,
        "AWS_ROLE_ARN": ROLE,
        "AWS_TOKEN": IDENTITY,
        "GCP_TOKEN": IDENTITY,
        "GCP_IDENTITY_PROVIDER": PROVIDER,
        "GCP_SERVICE_ACCOUNT": "preview@project.iam.gserviceaccount.com",
    }
    return world.run({}, **(said | more))


def reviews(world: World) -> None:
    base = world.has_project()
    world.machine.program("make")

    done = pipeline_run(world, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.code == 0, done.output
    said = (world.machine.work / "review" / "comment.md").read_text(encoding="utf-8")
    assert said.startswith("<!-- tokenworks-review -->")


def has_no_requests(world: World) -> None:
    """What it does with some is in test_gitlab_comments.py."""
    world.forge.on("GET", "/user", Answer(body={"id": 1}))
    world.forge.pages("/projects/9/merge_requests", [])

    done = pipeline_run(world, REVIEW_TOKEN="t", CI_PROJECT_ID="9")

    assert done.code == 0, done.output
    assert world.forge.changes() == []


def makes(*arguments: str, **variables: str) -> Callable[[World], None]:
    """Return a scene in which `make` is asked for this, after what the job installs."""

    def scene(world: World) -> None:
        world.machine.program("make")

        assert pipeline_run(world, **variables).code == 0
        assert world.machine.calls()[-1] == " ".join(["make", *arguments])
        assert [call for call in world.machine.calls() if call.startswith("make")] == [
            " ".join(["make", *arguments])
        ]

    return scene


def with_engine(world: World, body: str) -> str:
    """Let there be Pulumi, which does this, and what else a job has; return its hash."""
    world.machine.program("make")
    world.machine.program("engine", body)
    return hashlib.sha256(world.gives_pulumi(VERSION)).hexdigest()


SHOWS = (
    'echo "role $AWS_ROLE_ARN file $AWS_WEB_IDENTITY_TOKEN_FILE at $PULUMI_BACKEND_URL"\n'
    'cat "${AWS_WEB_IDENTITY_TOKEN_FILE:-$GOOGLE_APPLICATION_CREDENTIALS}"\n'
)


def looks(world: World) -> None:
    sha = with_engine(world, SHOWS)

    done = pipeline_run(world, PULUMI_SHA256=sha)

    assert done.code == 0, done.output
    stack = world.step.environment["STACK"]
    said = f"preview --stack {stack} --refresh --policy-pack policies --expect-no-changes --diff"
    assert f"engine {said} {QUIET}" in world.machine.calls()
    assert (world.machine.work / "look.env").read_text(encoding="utf-8") == "CHANGES=false\n"
    _is_somebody(done, stack)


def _is_somebody(done: Done, stack: str) -> None:
    assert f"at {BACKEND}" in done.output
    if stack.startswith("aws-"):
        assert f"role {ROLE}" in done.output
        assert IDENTITY in done.output
    else:
        account = json.loads(done.output[done.output.index("{") :])
        assert account["audience"] == f"//iam.googleapis.com/{PROVIDER}"
        assert "preview@project" in account["service_account_impersonation_url"]
        file = Path(account["credential_source"]["file"])
        assert file.read_text(encoding="utf-8") == IDENTITY
        assert file.parent.stat().st_mode & 0o077 == 0


def at_main(world: World) -> str:
    """Let the work folder be a clone of main, and return its commit."""
    commit = world.commit("main")
    git(world.machine.work, "init", "--quiet")
    git(world.machine.work, "remote", "add", "origin", "https://github.com/owner/platform")
    return commit


def brings_up(world: World) -> None:
    sha = with_engine(world, SHOWS)
    commit = at_main(world)

    done = pipeline_run(world, PULUMI_SHA256=sha, CI_COMMIT_SHA=commit, CHANGES="true")

    assert done.code == 0, done.output
    stack = world.step.environment["STACK"]
    up = f"engine up --stack {stack} --refresh --policy-pack policies --yes {QUIET}"
    assert up in world.machine.calls()
    _is_somebody(done, stack)


def builds_images(world: World) -> None:
    world.has_images()
    world.machine.program("podman")

    done = pipeline_run(world)

    assert done.code == 0, done.output
    calls = [call for call in world.machine.calls() if not call.startswith("apt-get")]
    assert [call.split()[0] for call in calls] == [
        *("make", "hadolint", "pytest", "podman", "podman")
    ]


def pushes_images(world: World) -> None:
    world.machine.program("go", 'if [ "$1" = env ]; then echo /gopath; fi')
    world.machine.program("make", 'echo "path $PATH role $AWS_ROLE_ARN"')

    done = pipeline_run(world, IMAGES_STACK="aws-dev", IMAGE="model-server")

    assert done.code == 0, done.output
    assert world.machine.calls()[-1] == "make images STACK=aws-dev IMAGE=model-server"
    assert "path /gopath/bin:" in done.output
    assert f"role {ROLE}" in done.output


def brings_a_preview_up(world: World) -> None:
    sha = with_engine(world, PREVIEW_SHOWS)
    has_dev(world)

    done = pipeline_run(world, PULUMI_SHA256=sha, **OF_PREVIEWS)

    came_up(world, done, "engine")
    assert f"aws-pr-7 stands until {DAY}" in done.output


def gives_kubectl(world: World) -> str:
    """Let there be a kubectl, and return its hash."""
    body = b"#!/bin/sh\n"
    version = world.step.environment["KUBECTL_VERSION"]
    path = f"/release/v{version}/bin/linux/amd64/kubectl"
    world.forge.on("GET", path, Answer(body=body))
    return hashlib.sha256(body).hexdigest()


def sweeps(world: World) -> None:
    sha, kubectl = with_engine(world, ""), gives_kubectl(world)
    world.machine.program(
        "tokenworks", 'echo "at $PULUMI_BACKEND_URL with $(command -v kubectl pulumi)"'
    )

    done = pipeline_run(world, PULUMI_SHA256=sha, KUBECTL_SHA256=kubectl, **OF_PREVIEWS)

    assert done.code == 0, done.output
    assert world.machine.calls()[-1] == "tokenworks sweep --apply"
    assert f"at {PREVIEWS} with /" in done.output
    assert done.output.splitlines()[-1].endswith("/pulumi/pulumi")


OF_PREVIEWS = {
    "PREVIEW_OF": "aws-dev",
    "PREVIEW_BACKEND_URL": PREVIEWS,
    "PREVIEW_SECRETS_PROVIDER": KEY,
    "CI_COMMIT_BRANCH": "preview/7",
}
SCENES: dict[str, Callable[[World], None]] = {
    "review": reviews,
    "comments": has_no_requests,
    "test-all": makes("test-all", "PART=3/4", PART="3/4"),
    "rehearse": makes("rehearse", "STACK=gcp-dev", STACK="gcp-dev"),
    "build images": builds_images,
    "push images": pushes_images,
    "preview stack": brings_a_preview_up,
    "sweep": sweeps,
    **{f"look {stack}": looks for stack in STACKS},
    **{f"up {stack}": brings_up for stack in STACKS},
}


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return the world of one job's script."""
    with forge() as answering:
        yield World(step(GITLAB.name, request.param), answering, Machine(tmp_path))


def of(job: str) -> pytest.MarkDecorator:
    """Give a test the world of this job."""
    return pytest.mark.parametrize("world", [job], indirect=True)


@pytest.mark.parametrize("world", list(SCENES), indirect=True)
def test_a_script_does_what_it_says(world: World) -> None:
    SCENES[world.step.job](world)

    assert world.ran


def test_every_script_has_a_scene() -> None:
    assert sorted(one.job for one in gitlab_steps()) == sorted(SCENES)
    whole = str(pipeline())
    assert "after_script" not in whole, "run by nothing here"
    assert "hooks" not in whole, "run by nothing here"


def test_shellcheck_finds_nothing_in_a_script(tmp_path: Path) -> None:
    files = []
    for one in gitlab_steps():
        file = tmp_path / f"{one.job.replace(' ', '-')}.sh"
        file.write_text(f"#!/bin/bash\nset -eo pipefail\n{one.script}\n", encoding="utf-8")
        files.append(str(file))

    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "shellcheck", *files], capture_output=True, text=True, check=False
    )

    assert done.stdout == ""
    assert done.returncode == 0


@of("look aws-dev")
@pytest.mark.parametrize(("schedule", "code"), [("", 0), ("drift", 1)])
def test_changes_fail_a_look_only_where_drift_is_looked_for(
    world: World, schedule: str, code: int
) -> None:
    sha = with_engine(world, "exit 7")

    done = pipeline_run(world, PULUMI_SHA256=sha, SCHEDULE=schedule)

    assert done.code == code, done.output
    assert (world.machine.work / "look.env").read_text(encoding="utf-8") == "CHANGES=true\n"


@of("look aws-dev")
def test_a_preview_that_fails_is_unknown(world: World) -> None:
    sha = with_engine(world, "echo 'error: no route' >&2\nexit 255")

    done = pipeline_run(world, PULUMI_SHA256=sha)

    assert done.code == 255
    assert "aws-dev: unknown" in done.output
    assert not (world.machine.work / "look.env").exists()


@of("look aws-dev")
@pytest.mark.parametrize("sha", ["", "0" * 64])
def test_an_engine_that_nobody_vouches_for_is_not_run(world: World, sha: str) -> None:
    with_engine(world, SHOWS)

    assert pipeline_run(world, PULUMI_SHA256=sha).code != 0
    assert not [call for call in world.machine.calls() if call.startswith("engine")]


@of("look gcp-dev")
@pytest.mark.parametrize(
    "unset", ["PULUMI_BACKEND_URL", "GCP_IDENTITY_PROVIDER", "GCP_SERVICE_ACCOUNT"]
)
def test_a_look_without_a_setting_names_it(world: World, unset: str) -> None:
    with_engine(world, SHOWS)

    done = pipeline_run(world, **{unset: ""})

    assert done.code != 0
    assert unset in done.output


@of("up aws-prod")
def test_a_stack_without_changes_is_left_alone(world: World) -> None:
    with_engine(world, SHOWS)

    done = pipeline_run(world, CHANGES="false")

    assert done.code == 0
    assert not [call for call in world.machine.calls() if call.startswith("engine")]


@of("up aws-prod")
def test_an_old_approval_brings_no_old_platform_back(world: World) -> None:
    sha = with_engine(world, SHOWS)
    at_main(world)
    earlier = world.commit("change")

    done = pipeline_run(world, PULUMI_SHA256=sha, CI_COMMIT_SHA=earlier, CHANGES="true")

    assert done.code == 1
    assert "by now" in done.output
    assert not [call for call in world.machine.calls() if call.startswith("engine")]
