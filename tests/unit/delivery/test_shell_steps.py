"""Every shell step of every workflow is run here, each in its scene; a new one needs one."""

import base64
import hashlib
import io
import json
import shlex
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import Answer, forge
from tests.support.delivery.machine import Machine, git
from tests.support.delivery.preview_scenes import brings_a_preview_up, sweeps
from tests.support.delivery.release_scenes import (
    publishes_the_section_of_the_version,
    takes_the_tag_of_the_version_alone,
)
from tests.support.delivery.workflows import ROOT, github_steps, step
from tests.support.delivery.world import BACKEND, IDENTITY, REPOSITORY, SIGN_IN, TOKEN, World

VERSION = step("stack.yml", "look", "Install").environment["PULUMI_VERSION"]
LOOK = "preview --stack aws-prod --refresh --policy-pack policies --expect-no-changes --diff"
QUIET = "--non-interactive --color never"


def checks_out_main(world: World) -> None:
    commit = world.commit("main")
    _checks_out(world, commit, {"github.sha": commit})


def checks_out_the_merge(world: World) -> None:
    _checks_out(world, world.commit("merge"), {})


def _checks_out(world: World, commit: str, values: dict[str, str]) -> None:
    world.machine.program("git", 'exec /usr/bin/git "$@"')

    done = world.run(values)

    assert done.code == 0, done.output
    _is_at(world, commit)
    credentials = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert f"::add-mask::{credentials}" in done.output
    assert credentials not in "".join(world.machine.calls())


def checks_out_the_merge_and_its_base(world: World) -> None:
    checks_out_the_merge(world)

    assert git(world.machine.work, "rev-parse", "HEAD^1") == world.commit("main")


def _is_at(world: World, commit: str) -> None:
    work = world.machine.work
    assert git(work, "rev-parse", "HEAD") == commit
    kept = [path for path in (work / ".git").rglob("*") if path.is_file()]
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes()]
    config = (work / ".git" / "config").read_text(encoding="utf-8")
    assert "extraHeader" not in config


def makes(*arguments: str, **values: str) -> Callable[[World], None]:
    """Return a scene in which `make` is asked for this and nothing else."""

    def scene(world: World) -> None:
        world.machine.program("make")

        done = world.run({key.replace("_", ".", 1): value for key, value in values.items()})

        assert done.code == 0, done.output
        assert world.machine.calls() == [" ".join(["make", *arguments])]

    return scene


def lints_and_tests(world: World) -> None:
    world.has_images()

    assert world.run({}).code == 0
    assert [call.split()[0] for call in world.machine.calls()] == ["make", "hadolint", "pytest"]
    for path in shlex.split(world.step.script.splitlines()[-1]):
        assert not path.startswith("tests/") or (ROOT / path).exists(), path


def makes_room(world: World) -> None:
    world.machine.program("sudo", "cat >/dev/null </dev/null")

    assert world.run({"inputs.stack": "aws-dev"}).code == 0
    assert "sudo systemctl restart docker" in world.machine.calls()


def builds_every_image(world: World) -> None:
    world.has_images()
    world.machine.program("docker")

    assert world.run({}).code == 0
    assert [call.split()[-2] for call in world.machine.calls()] == [
        "images/one/Dockerfile",
        "images/two/Dockerfile",
    ]


def installs_scanner_and_signer(world: World) -> None:
    world.machine.program("go", 'if [ "$1" = env ]; then echo /gopath; fi')
    world.machine.program("make")

    assert world.run({"inputs.stack": "aws-dev"}).code == 0
    assert world.machine.written("path") == "/gopath/bin\n"
    assert "make setup" in world.machine.calls()


def becomes_somebody_on_both_clouds(world: World) -> None:
    world.gives_identity()
    world.machine.program("sleep", "exit 1")  # the identity is asked for once, and not every 4 min

    for stack in ("aws-prod", "gcp-prod"):
        done = world.run({"inputs.stack": stack, "vars.PREVIEW_OF": stack})
        assert done.code == 0, done.output

    given = world.machine.written("env")
    role = "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/tokenworks-aws-prod-preview"
    assert role in given.splitlines()
    temp = world.machine.temp
    assert f"AWS_WEB_IDENTITY_TOKEN_FILE={temp}/identity" in given.splitlines()
    assert f"GOOGLE_APPLICATION_CREDENTIALS={temp}/identity.json" in given.splitlines()
    assert (temp / "identity").read_text(encoding="utf-8").strip() == IDENTITY
    for name in ("identity", "identity.json"):
        assert stat.S_IMODE((temp / name).stat().st_mode) == 0o600
    (asked,) = [one for one in world.forge.asked if one.path == "/identity"]
    assert asked.query == {"version": "1", "audience": "sts.amazonaws.com"}
    account = json.loads((temp / "identity.json").read_text(encoding="utf-8"))
    assert account["type"] == "external_account"
    source = account["credential_source"]
    assert source["headers"] == {"Authorization": f"bearer {SIGN_IN}"}
    assert source["url"].endswith("/providers/g")
    assert (
        "preview@project.iam.gserviceaccount.com:generateAccessToken"
        in (account["service_account_impersonation_url"])
    )


def installs_a_pulumi_that_is_the_right_one(world: World) -> None:
    archive = world.gives_pulumi(VERSION)
    world.machine.program("make")

    done = world.run({"vars.PULUMI_SHA256": hashlib.sha256(archive).hexdigest()})

    assert done.code == 0, done.output
    assert "make setup" in world.machine.calls()
    temp = world.machine.temp
    assert (temp / "pulumi" / "pulumi").stat().st_mode & stat.S_IXUSR
    assert world.machine.written("path").splitlines() == [
        f"{world.machine.work}/.venv/bin",
        f"{temp}/pulumi",
    ]


def finds_a_gate(world: World) -> None:
    at = f"{world.step.file}/{world.step.job}"
    environment = {
        "stack.yml/up": "aws-prod",
        "stack.yml/look": "aws-prod-read",
        "images.yml/push": "images",
        "preview-stack.yml/up": "previews",
        "sweep.yml/sweep": "previews-sweep",
    }[at]
    expression = "inputs.gate == 'preview' && 'required_reviewers' || 'branch_policy'"
    world.gates(environment, "wait_timer", "required_reviewers", "branch_policy")

    done = world.run({"inputs.stack": "aws-prod", expression: "branch_policy"})

    assert done.code == 0, done.output


def looks(world: World) -> None:
    world.machine.program("pulumi", 'echo "nothing to do at $PULUMI_BACKEND_URL"')

    done = world.run({})

    assert done.code == 0, done.output
    assert world.machine.calls() == [f"pulumi {LOOK} {QUIET}"]
    assert world.machine.written("output") == "changes=false\n"
    assert "`aws-prod`: no change" in world.machine.written("summary")
    assert f"    nothing to do at {BACKEND}" in world.machine.written("summary")


def is_at_the_newest_commit(world: World) -> None:
    commit = world.commit("main")
    world.forge.on("GET", f"/repos/{REPOSITORY}/commits/main", Answer(body=commit.encode()))

    done = world.run({"github.sha": commit})

    assert done.code == 0, done.output


def brings_it_up(world: World) -> None:
    world.machine.program("pulumi", 'echo "up at $PULUMI_BACKEND_URL"')

    done = world.run({})

    assert done.code == 0
    assert f"up at {BACKEND}" in done.output
    up = f"pulumi up --stack aws-prod --refresh --policy-pack policies --yes {QUIET}"
    assert world.machine.calls() == [up]


def reviews_for_real(world: World) -> None:
    """A change of a document: the real command finds that no stack is touched."""
    world.has_project()

    done = world.run({})

    assert done.code == 0, done.output
    left = world.machine.work / "review"
    assert {path.name for path in left.iterdir()} == {
        *("number", "head", "comment.md", "report.html", "problems", "code")
    }
    assert (left / "number").read_text(encoding="utf-8") == "7\n"
    assert (left / "code").read_text(encoding="utf-8") == "0\n"
    said = (left / "comment.md").read_text(encoding="utf-8")
    assert said.startswith("<!-- tokenworks-review -->")
    assert said in world.machine.written("summary")


def ends_as_the_review_did(world: World) -> None:
    (world.machine.work / "review").mkdir()
    (world.machine.work / "review" / "code").write_text("1\n", encoding="utf-8")

    assert world.run({}).code == 1


def comments(world: World) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("number", "7")
        archive.writestr("comment.md", "words")
    here = f"/repos/{REPOSITORY}"
    one = {"artifacts": [{"id": 5, "expired": False}]}
    pull = {"state": "open", "head": {"sha": "c0ffee"}}
    world.forge.on("GET", f"{here}/actions/runs/99/artifacts", Answer(body=one))
    world.forge.on("GET", f"{here}/actions/artifacts/5/zip", Answer(body=packed.getvalue()))
    world.forge.on("GET", f"{here}/pulls/7", Answer(body=pull))
    world.forge.pages(f"{here}/issues/7/comments", [])
    world.forge.on("POST", f"{here}/issues/7/comments", Answer(201, {"id": 1}))

    done = world.run(
        {
            "github.event.workflow_run.id": "99",
            "github.event.workflow_run.html_url": "https://example.com",
            "github.event.workflow_run.head_sha": "c0ffee",
        }
    )

    assert done.code == 0, done.output
    assert len(world.forge.changes()) == 1


SCENES: dict[str, Callable[[World], None]] = {
    "images.yml/build/Check out the merge": checks_out_the_merge,
    "images.yml/build/Lint, and test what a container engine is not needed for": lints_and_tests,
    "images.yml/build/Room for an engine of more than 10 GiB": makes_room,
    "images.yml/build/Build": builds_every_image,
    "images.yml/push/Refuse an environment without its gate": finds_a_gate,
    "images.yml/push/Check out": checks_out_main,
    "images.yml/push/Room for an engine of more than 10 GiB": makes_room,
    "images.yml/push/Install scanner and signer": installs_scanner_and_signer,
    "images.yml/push/Become whoever may push": becomes_somebody_on_both_clouds,
    "images.yml/push/Build, scan, push, sign": makes(
        "images",
        "STACK=aws-dev",
        "IMAGE=model-server",
        inputs_stack="aws-dev",
        inputs_image="model-server",
        vars_IMAGE_REPOSITORIES="{}",
    ),
    "nightly.yml/test-all/Check out": checks_out_main,
    "nightly.yml/test-all/Test": makes("test-all", "PART=2/4", matrix_part="2/4"),
    "nightly.yml/rehearse/Check out": checks_out_main,
    "nightly.yml/rehearse/Rehearse": makes("rehearse", "STACK=gcp-prod", matrix_stack="gcp-prod"),
    "preview-stack.yml/up/Check out": checks_out_main,
    "preview-stack.yml/up/Refuse an environment without its gate": finds_a_gate,
    "preview-stack.yml/up/Install": installs_a_pulumi_that_is_the_right_one,
    "preview-stack.yml/up/Become the role of this environment": becomes_somebody_on_both_clouds,
    "preview-stack.yml/up/Up": brings_a_preview_up,
    "release.yml/prove/Check out": checks_out_main,
    "release.yml/prove/Refuse a tag that is not the version": takes_the_tag_of_the_version_alone,
    "release.yml/prove/Prove the upgrade from the last release": makes("upgrade-proof"),
    "release.yml/prove/Check and test": makes("check", "test"),
    "release.yml/prove/Record the release": makes("release-record"),
    "release.yml/publish/Publish the notes": publishes_the_section_of_the_version,
    "review-comment.yml/comment/Write or update the one comment": comments,
    "review.yml/review/Check out the merge and its base": checks_out_the_merge_and_its_base,
    "review.yml/review/Install": makes("setup"),
    "review.yml/review/Review": reviews_for_real,
    "review.yml/review/Let the outcome of the review be that of this job": ends_as_the_review_did,
    "stack.yml/look/Check out": checks_out_main,
    "stack.yml/look/Refuse an environment without its gate": finds_a_gate,
    "stack.yml/look/Install": installs_a_pulumi_that_is_the_right_one,
    "stack.yml/look/Become the role of this environment": becomes_somebody_on_both_clouds,
    "stack.yml/look/Look": looks,
    "stack.yml/up/Check out": checks_out_main,
    "stack.yml/up/Refuse an environment without its gate": finds_a_gate,
    "stack.yml/up/Refuse a commit that the branch has left behind": is_at_the_newest_commit,
    "stack.yml/up/Install": installs_a_pulumi_that_is_the_right_one,
    "stack.yml/up/Become the role of this environment": becomes_somebody_on_both_clouds,
    "stack.yml/up/Up": brings_it_up,
    "sweep.yml/sweep/Check out": checks_out_main,
    "sweep.yml/sweep/Refuse an environment without its gate": finds_a_gate,
    "sweep.yml/sweep/Install": installs_a_pulumi_that_is_the_right_one,
    "sweep.yml/sweep/Become the role of this environment": becomes_somebody_on_both_clouds,
    "sweep.yml/sweep/Sweep": sweeps,
}


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return the world of one step."""
    with forge() as answering:
        yield World(request.param, answering, Machine(tmp_path))


@pytest.mark.thorough
@pytest.mark.parametrize("world", github_steps(), indirect=True, ids=str)
def test_a_shell_step_does_what_it_says(world: World) -> None:
    SCENES[str(world.step)](world)

    assert world.ran


def test_every_shell_step_has_a_scene() -> None:
    """A new step is run by a test, or it does not get in."""
    names = [str(one) for one in github_steps()]

    assert sorted(names) == sorted(SCENES)
