"""Scenes of the steps of a release: the tag, and what is published about it."""

from tests.support.delivery.forge import Answer
from tests.support.delivery.world import REPOSITORY, World

CHANGELOG = "# Changelog\n\n## Unreleased\n\n- later\n\n## 1.2.3\n\n- new\n\n## 1.2.2\n\n- old\n"


def takes_the_tag_of_the_version_alone(world: World) -> None:
    (world.machine.work / "pyproject.toml").write_text('version = "1.2.3"\n', encoding="utf-8")
    changelog = world.machine.work / "CHANGELOG.md"
    changelog.write_text(CHANGELOG, encoding="utf-8")

    assert world.run({"github.ref_name": "v1.2.3"}).code == 0
    refused = world.run({"github.ref_name": "v1.2.4"})
    assert (refused.code, refused.output) == (
        1,
        "the tag must be v1.2.3, as pyproject.toml has it; got v1.2.4\n",
    )
    changelog.write_text("# Changelog\n", encoding="utf-8")
    assert world.run({"github.ref_name": "v1.2.3"}).code == 1


def publishes_the_section_of_the_version(world: World) -> None:
    here = f"/repos/{REPOSITORY}"
    contents = Answer(body=CHANGELOG.encode())
    world.forge.on("GET", f"{here}/contents/CHANGELOG.md", contents)
    world.forge.on("POST", f"{here}/releases", Answer(201, {"id": 1}))
    on_main(world, "behind")

    done = world.run({"github.sha": "c0ffee", "github.ref_name": "v1.2.3"})
    silent = world.run({"github.sha": "c0ffee", "github.ref_name": "v9.9.9"})

    assert done.code == 0, done.output
    (made,) = world.forge.changes()
    assert made.said == {
        "tag_name": "v1.2.3",
        "target_commitish": "c0ffee",
        "name": "v1.2.3",
        "body": "\n- new\n\n",
    }
    assert (silent.code, "nothing to say about 9.9.9" in silent.output) == (1, True)
    on_main(world, "diverged")
    elsewhere = world.run({"github.sha": "c0ffee", "github.ref_name": "v1.2.3"})
    assert (elsewhere.code, len(world.forge.changes())) == (1, 1)


def on_main(world: World, status: str) -> None:
    """Let the forge say how the commit of the tag stands to main."""
    answer = Answer(body={"status": status})
    world.forge.on("GET", f"/repos/{REPOSITORY}/compare/main...c0ffee", answer)
