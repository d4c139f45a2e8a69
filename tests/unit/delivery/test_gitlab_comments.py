"""The one note of a review on each merge request, written by main's own code on a schedule."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import Answer, Asked, forge
from tests.support.delivery.machine import Done, Machine
from tests.support.delivery.workflows import GITLAB, step
from tests.support.delivery.world import World

pytestmark = pytest.mark.thorough  # dozens of processes each

MARKER = "<!-- tokenworks-review -->"
SECRET = "token-of-the-project"
OWN, FORK = 9, 33
"""Ids of the project and of a fork of it."""
ME = 77


def note(number: int, body: str, author: int = 1) -> object:
    """Return a note as GitLab lists it."""
    return {"id": number, "author": {"id": author}, "body": body}


def notes_of(request: int) -> str:
    """Return the path of a request's notes."""
    return f"/projects/{OWN}/merge_requests/{request}/notes"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a GitLab without merge requests."""
    with forge() as answering:
        made = World(step(GITLAB.name, "comments"), answering, Machine(tmp_path))
        answering.on("GET", "/user", Answer(body={"id": ME}))
        has(made)
        yield made


def has(world: World, *requests: int) -> None:
    """Let these merge requests be open, each with a head of its name."""
    open_ones = [{"iid": number, "sha": f"head{number}"} for number in requests]
    world.forge.pages(f"/projects/{OWN}/merge_requests", open_ones)


def reviewed(
    world: World, request: int, text: str, notes: list[object], project: int = OWN
) -> None:
    """Let a merge request have been reviewed, in a pipeline of this project."""
    here = f"/projects/{OWN}/merge_requests/{request}"
    pipelines = [
        {"id": 1, "project_id": project, "sha": "older", "source": "merge_request_event"},
        {"id": 2, "project_id": project, "sha": f"head{request}", "source": "push"},
        {
            "id": 100 + request,
            "project_id": project,
            "sha": f"head{request}",
            "source": "merge_request_event",
        },
    ]
    jobs = [
        {"id": 40, "name": "build images", "status": "success", "web_url": "https://x/40"},
        {"id": 200 + request, "name": "review", "status": "failed", "web_url": "https://x/r"},
    ]
    world.forge.on("GET", f"{here}/pipelines", Answer(body=pipelines))
    world.forge.on("GET", f"/projects/{project}/pipelines/{100 + request}/jobs", Answer(body=jobs))
    artifact = f"/projects/{project}/jobs/{200 + request}/artifacts/review/comment.md"
    world.forge.on("GET", artifact, Answer(body=text.encode()))
    world.forge.pages(f"{here}/notes", notes)
    world.forge.on("POST", f"{here}/notes", Answer(201, {"id": 1}))
    for number in range(1, 260):
        world.forge.on("PUT", f"{here}/notes/{number}", Answer(200, {"id": number}))


def run(world: World) -> Done:
    """Run the job."""
    world.machine.program("apt-get")
    return world.run(
        {}, REVIEW_TOKEN=SECRET, CI_PROJECT_ID=str(OWN), CI_API_V4_URL=world.forge.address
    )


def changes(world: World) -> list[str]:
    """Return what GitLab was asked to change."""
    return [f"{asked.method} {asked.path}" for asked in world.forge.changes()]


def test_a_first_review_becomes_a_note(world: World) -> None:
    has(world, 7)
    reviewed(world, 7, f"{MARKER}\n\nAll is well: π.\n", [])

    done = run(world)

    assert done.code == 0, done.output
    assert changes(world) == [f"POST {notes_of(7)}"]
    body = str(world.forge.changes()[0].said["body"])
    assert body.startswith(f"{MARKER}\n\n")
    assert body.count(MARKER) == 1
    assert "All is well: π." in body
    assert "(https://x/r)" in body


def test_among_250_notes_the_one_of_before_is_updated(world: World) -> None:
    notes = [note(number, "a word") for number in range(1, 251)]
    notes[230] = note(231, f"{MARKER}\n\nof yesterday", ME)
    has(world, 7)
    reviewed(world, 7, "of today", notes)

    assert run(world).code == 0
    assert changes(world) == [f"PUT {notes_of(7)}/231"]


def test_a_note_of_somebody_else_with_the_marker_is_not_touched(world: World) -> None:
    has(world, 7)
    reviewed(world, 7, "of today", [note(1, f"{MARKER}\n\nforged"), note(2, f"> {MARKER}", ME)])

    assert run(world).code == 0
    assert changes(world) == [f"POST {notes_of(7)}"]


def test_a_note_that_says_so_already_is_left_alone(world: World) -> None:
    """The schedule runs often; each change of a note would be news to whoever watches."""
    has(world, 7)
    reviewed(world, 7, "of today", [])
    assert run(world).code == 0
    said = str(world.forge.changes()[0].said["body"])
    world.forge.asked.clear()
    reviewed(world, 7, "of today", [note(5, said, ME)])

    assert run(world).code == 0
    assert changes(world) == []


def test_a_request_of_a_fork_gets_its_note_from_the_forks_pipeline(world: World) -> None:
    has(world, 7)
    reviewed(world, 7, "of a fork", [], project=FORK)

    assert run(world).code == 0
    assert changes(world) == [f"POST {notes_of(7)}"]


def test_every_open_request_gets_its_own_note_and_no_other(world: World) -> None:
    has(world, 3, 4, 8)
    reviewed(world, 3, "of three", [])
    world.forge.on("GET", f"/projects/{OWN}/merge_requests/4/pipelines", Answer(body=[]))
    reviewed(world, 8, "of eight", [])

    assert run(world).code == 0
    assert changes(world) == [f"POST {notes_of(3)}", f"POST {notes_of(8)}"]
    bodies = [str(asked.said["body"]) for asked in world.forge.changes()]
    assert "of three" in bodies[0]
    assert "of eight" in bodies[1]


def test_more_than_a_page_of_requests_is_asked_for_before_anything_is_written(world: World) -> None:
    def breaks(asked: Asked) -> Answer:
        full = [{"iid": 7, "sha": "head7"}] * 100
        return Answer(body=full) if asked.query["page"] == "1" else Answer(403)

    reviewed(world, 7, "of today", [])
    world.forge.on("GET", f"/projects/{OWN}/merge_requests", breaks)

    assert run(world).code != 0
    assert changes(world) == []


@pytest.mark.parametrize("what", ["pipelines/107/jobs", "jobs/207/artifacts/review/comment.md"])
def test_a_fork_that_cannot_be_read_leaves_the_others_their_notes(world: World, what: str) -> None:
    has(world, 7, 8)
    reviewed(world, 7, "private", [], project=FORK)
    reviewed(world, 8, "of eight", [])
    world.forge.on("GET", f"/projects/{FORK}/{what}", Answer(404))

    done = run(world)

    assert done.code == 0, done.output
    assert "!7: " in done.output
    assert changes(world) == [f"POST {notes_of(8)}"]


@pytest.mark.parametrize("letter", ["π", "🚂", "\n"])
def test_a_text_of_any_length_becomes_a_note_of_65536_characters_at_most(
    world: World, letter: str
) -> None:
    has(world, 7)
    reviewed(world, 7, "begin" + letter * 300_000, [])

    done = run(world)

    assert done.code == 0, done.output
    body = str(world.forge.changes()[0].said["body"])
    assert len(body) <= 65_536
    assert "\N{REPLACEMENT CHARACTER}" not in body
    assert body.endswith("</sub>")


@pytest.mark.parametrize(
    "path", ["/user", f"/projects/{OWN}/merge_requests", notes_of(7)], ids=["me", "open", "notes"]
)
def test_where_gitlab_does_not_answer_nothing_is_written(world: World, path: str) -> None:
    has(world, 7)
    reviewed(world, 7, "of today", [])
    world.forge.on("GET", path, Answer(403))

    done = run(world)

    assert done.code != 0
    assert "403" in done.output
    assert changes(world) == []


def test_a_note_that_is_refused_fails_the_job_and_is_not_sent_twice(world: World) -> None:
    has(world, 7)
    reviewed(world, 7, "of today", [])
    world.forge.on("POST", notes_of(7), Answer(502))

    assert run(world).code != 0
    assert changes(world) == [f"POST {notes_of(7)}"]


def test_the_second_page_of_notes_is_not_done_without(world: World) -> None:
    def breaks(asked: Asked) -> Answer:
        full = [note(number, "a word") for number in range(100)]
        return Answer(body=full) if asked.query["page"] == "1" else Answer(403)

    has(world, 7)
    reviewed(world, 7, "of today", [])
    world.forge.on("GET", notes_of(7), breaks)

    assert run(world).code != 0
    assert changes(world) == []


def test_without_a_token_nothing_is_asked(world: World) -> None:
    world.machine.program("apt-get")

    done = world.run({}, CI_PROJECT_ID=str(OWN), CI_API_V4_URL=world.forge.address)

    assert done.code != 0
    assert "REVIEW_TOKEN" in done.output
    assert world.forge.asked == []


def test_the_token_is_in_no_argument(world: World) -> None:
    has(world, 7)
    reviewed(world, 7, "of today", [])

    assert run(world).code == 0
    assert SECRET not in "\n".join(world.machine.calls())
    assert all(SECRET in asked.headers["authorization"] for asked in world.forge.asked)
