"""A look and an `up`: what they refuse, and what they say where they cannot know."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import Answer, forge
from tests.support.delivery.machine import Machine
from tests.support.delivery.workflows import step
from tests.support.delivery.world import IDENTITY, REPOSITORY, World

pytestmark = pytest.mark.thorough  # dozens of processes each

PROPOSED = "error: no changes were expected for preview but changes were proposed"
CHANGES = 7
"""How the engine ends then: tests/real/test_engine.py."""
GATES = "inputs.gate == 'preview' && 'required_reviewers' || 'branch_policy'"
BECOME = "Become the role of this environment"
GATE = "Refuse an environment without its gate"


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return the world of the step that a test names by its job and its name."""
    with forge() as answering:
        yield World(step("stack.yml", *request.param), answering, Machine(tmp_path))


def at(job: str, name: str) -> pytest.MarkDecorator:
    """Give a test the world of this step."""
    return pytest.mark.parametrize("world", [(job, name)], indirect=True)


def previews(world: World, says: str, code: int) -> None:
    """Let the preview say something and end so."""
    world.machine.program("pulumi", f'echo "{says}" >&2\nexit {code}')


@at("look", "Look")
def test_changes_are_no_failure_and_ask_for_an_approval(world: World) -> None:
    previews(world, f"+ one more\n{PROPOSED}", CHANGES)

    done = world.run({})

    assert done.code == 0, done.output
    assert world.machine.written("output") == "changes=true\n"
    assert "`aws-prod`: changes" in world.machine.written("summary")
    assert "    + one more" in world.machine.written("summary")


@at("look", "Look")
def test_where_drift_is_looked_for_a_change_is_a_failure(world: World) -> None:
    previews(world, PROPOSED, CHANGES)

    done = world.run({"inputs.drift": "true"})

    assert done.code == 1
    assert "somebody changed it in the cloud, or a merge is not up yet" in done.output


@at("look", "Look")
@pytest.mark.parametrize("drift", ["true", "false"])
def test_a_preview_that_fails_is_unknown_and_not_the_absence_of_changes(
    world: World, drift: str
) -> None:
    previews(world, f"{PROPOSED}\nerror: the API server cannot be reached", 255)

    done = world.run({"inputs.drift": drift})

    assert done.code == 255
    assert world.machine.written("output") == "changes=unknown\n"
    assert "`aws-prod`: unknown" in world.machine.written("summary")
    assert "    error: the API server cannot be reached" in world.machine.written("summary")


@at("look", "Look")
def test_without_a_backend_pulumi_is_not_asked_at_all(world: World) -> None:
    """It would take a service of its maker's for the backend."""
    previews(world, "asked", 0)

    done = world.run({"vars.PULUMI_BACKEND_URL": ""})

    assert done.code != 0
    assert "PULUMI_BACKEND_URL" in done.output
    assert world.machine.calls() == []


@at("look", "Look")
def test_a_long_preview_fits_into_a_summary(world: World) -> None:
    world.machine.program("pulumi", "head --bytes=3000000 /dev/zero | tr '\\0' 'a' | fold")

    assert world.run({}).code == 0
    assert len(world.machine.written("summary")) <= 1024 * 1024


@at("up", "Up")
def test_an_up_that_fails_fails_the_job(world: World) -> None:
    previews(world, "error: quota", 255)

    assert world.run({}).code == 255


@at("up", "Up")
@pytest.mark.parametrize("account", ["deployer@project.iam.gserviceaccount.com", ""])
def test_models_come_up_as_the_account_that_their_environment_names(
    world: World, account: str
) -> None:
    """One that is empty is no account, and must not be there: a provider would take it for one."""
    world.machine.program("pulumi", 'echo "as ${GOOGLE_IMPERSONATE_SERVICE_ACCOUNT-nobody else}"')

    done = world.run({"vars.GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": account})

    assert done.code == 0
    assert f"as {account or 'nobody else'}\n" in done.output


@at("up", "Up")
def test_an_up_without_a_backend_is_none(world: World) -> None:
    previews(world, "asked", 0)

    assert world.run({"vars.PULUMI_BACKEND_URL": ""}).code != 0
    assert world.machine.calls() == []


@at("up", GATE)
@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ([], "required_reviewers, branch_policy"),
        (["required_reviewers"], "branch_policy"),
        (["branch_policy", "wait_timer"], "required_reviewers"),
    ],
)
def test_an_environment_that_lets_everybody_in_is_refused(
    world: World, there: list[str], missing: str
) -> None:
    world.gates("aws-prod", *there)

    done = world.run({})

    assert done.code == 2
    assert f"environment aws-prod: has no {missing};" in done.output


@at("look", GATE)
def test_a_change_is_previewed_behind_somebody_who_read_it(world: World) -> None:
    world.gates("aws-prod-preview", "branch_policy")

    done = world.run({"inputs.gate": "preview", GATES: "required_reviewers"})

    assert done.code == 2
    assert "environment aws-prod-preview: has no required_reviewers;" in done.output


@at("look", GATE)
def test_a_gate_that_cannot_be_asked_for_counts_as_none(world: World) -> None:
    done = world.run({GATES: "branch_policy"})

    assert done.code != 0
    assert "404" in done.output


@at("up", "Refuse a commit that the branch has left behind")
@pytest.mark.parametrize("answer", [Answer(body=b"later"), Answer(403), Answer(body=b"")])
def test_an_old_approval_brings_no_old_platform_back(world: World, answer: Answer) -> None:
    world.forge.on("GET", f"/repos/{REPOSITORY}/commits/main", answer)

    done = world.run({"github.sha": "earlier"})

    assert done.code != 0


@at("look", "Install")
def test_an_engine_whose_hash_nobody_gave_is_not_even_fetched(world: World) -> None:
    world.machine.program("make")

    done = world.run({})

    assert done.code == 2
    assert "repository variable PULUMI_SHA256: not set" in done.output
    assert world.machine.calls() == []


@at("look", "Install")
def test_an_engine_of_another_hash_is_not_unpacked(world: World) -> None:
    world.machine.program("make")
    world.gives_pulumi(world.step.environment["PULUMI_VERSION"])

    done = world.run({"vars.PULUMI_SHA256": "0" * 64})

    assert done.code != 0
    assert not (world.machine.temp / "pulumi").exists()
    assert world.machine.written("path") == ""


@at("look", BECOME)
@pytest.mark.parametrize(
    ("stack", "unset", "says"),
    [
        ("azure-dev", "", "must begin with aws- or gcp-"),
        ("aws-prod", "AWS_ROLE_ARN", "is not a variable of this environment"),
        ("gcp-prod", "GCP_IDENTITY_PROVIDER", "is not a variable of this environment"),
        ("gcp-prod", "GCP_SERVICE_ACCOUNT", "is not a variable of this environment"),
    ],
)
def test_without_a_role_nobody_is_become(world: World, stack: str, unset: str, says: str) -> None:
    world.gives_identity()
    world.machine.program("sleep", "exit 1")

    done = world.run({"inputs.stack": stack} | ({f"vars.{unset}": ""} if unset else {}))

    assert done.code != 0
    assert says in done.output
    assert world.machine.written("env") == ""


@at("look", BECOME)
@pytest.mark.parametrize("answer", [Answer(403), Answer(body={"message": "no"})])
def test_an_identity_that_is_not_given_is_none(world: World, answer: Answer) -> None:
    world.machine.program("sleep", "exit 1")
    world.forge.on("GET", "/identity", answer)

    done = world.run({})

    assert done.code != 0
    assert world.machine.written("env") == ""
    assert not (world.machine.temp / "identity").exists()


@pytest.mark.parametrize(
    "named",
    [("stack.yml", "look", BECOME), ("images.yml", "push", "Become whoever may push")],
    ids=["stack", "images"],
)
def test_the_identity_of_a_long_job_is_renewed(tmp_path: Path, named: tuple[str, str, str]) -> None:
    """It ends within minutes: an `up` of a cluster, or a build of an image, takes longer."""
    with forge() as answering:
        world = World(step(*named), answering, Machine(tmp_path))
        world.gives_identity()
        once = tmp_path / "slept"
        world.machine.program("sleep", f"[ ! -e {once} ] && touch {once}")

        assert world.run({}).code == 0

        deadline = time.monotonic() + 30
        while world.forge.calls().count("GET /identity") < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert world.forge.calls().count("GET /identity") == 2
        assert IDENTITY in (world.machine.temp / "identity").read_text(encoding="utf-8")
