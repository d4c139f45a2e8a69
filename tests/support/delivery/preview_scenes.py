"""Scenes of preview stacks, on both forges: one comes up, and a night's sweep."""

from collections.abc import Callable

from tests.support.delivery.machine import Done
from tests.support.delivery.world import PREVIEWS, World

Run = Callable[..., Done]
"""Runs the step of a world; on GitHub `World.run`, on GitLab with what a project says."""
DEV = "config:\n  tokenworks:environment: dev\n"
KEY = "awskms://alias/previews?region=us-east-1"
DAY = "2026-11-30"
SHOWS = 'if [ "$1" = up ]; then echo "up at $PULUMI_BACKEND_URL"; fi'


def has_dev(world: World) -> None:
    """Let the change have the stack file that a preview is made of, and let a day be in two."""
    (world.machine.work / "stacks").mkdir(exist_ok=True)
    file = world.machine.work / "stacks" / "Pulumi.aws-dev.yaml"
    file.write_text(DEV, encoding="utf-8")
    world.machine.program("date", f"echo {DAY}")


def came_up(world: World, done: Done, engine: str) -> None:
    """Require that it came up as a stack of its own, with a day, at the backend of previews.

    Args:
        world: where.
        done: what the step did.
        engine: the program that wrote down how the engine was called.
    """
    assert done.code == 0, done.output
    assert [call for call in world.machine.calls() if call.startswith((engine, "date"))] == [
        "date --utc --date=+2 days +%F",
        f"{engine} stack select aws-pr-7 --create --secrets-provider {KEY} --non-interactive",
        (
            f"{engine} config set --stack aws-pr-7 --path tokenworks:preview.expires {DAY}"
            " --non-interactive"
        ),
        (
            f"{engine} up --stack aws-pr-7 --refresh --policy-pack policies --yes --non-interactive"
            " --color never"
        ),
    ]
    file = world.machine.work / "stacks" / "Pulumi.aws-pr-7.yaml"
    assert file.read_text(encoding="utf-8") == f"secretsprovider: {KEY}\n{DEV}"
    assert f"up at {PREVIEWS}" in done.output


def brings_a_preview_up(world: World) -> None:
    """The step of GitHub."""
    has_dev(world)
    world.machine.program("pulumi", SHOWS)

    done = world.run({})

    came_up(world, done, "pulumi")
    assert world.machine.written("summary") == f"## `aws-pr-7` stands until {DAY}\n"


def sweeps(world: World) -> None:
    """The step of GitHub."""
    world.machine.program("tokenworks", 'echo "pr-7: kept at $PULUMI_BACKEND_URL"')

    done = world.run({})

    assert done.code == 0, done.output
    assert world.machine.calls() == ["tokenworks sweep --apply"]
    assert world.machine.written("summary") == f"## Sweep\n\n    pr-7: kept at {PREVIEWS}\n"
