"""The one comment of a review: on which pull request, over how many pages, and when not at all."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.delivery.forge import Answer, Asked, Forge, Responder, forge
from tests.support.delivery.machine import Done, Machine
from tests.support.delivery.workflows import step

pytestmark = pytest.mark.thorough  # dozens of processes each

MARKER = "<!-- tokenworks-review -->"
LIMIT = 65_536
"""Characters of a comment that GitHub takes."""
TOKEN = "token-of-the-run"
REPOSITORY = "/repos/owner/platform"
BOT = "github-actions[bot]"
STEP = step("review-comment.yml", "comment", "Write or update the one comment")
VALUES = {
    "github.token": TOKEN,
    "github.repository": "owner/platform",
    "github.event.workflow_run.id": "99",
    "github.event.workflow_run.html_url": "https://github.com/owner/platform/actions/runs/99",
    "github.event.workflow_run.head_sha": "c0ffee",
}


def artifact(**files: str | bytes) -> bytes:
    """Return an archive as GitHub gives it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_md", ".md"), text)
    return packed.getvalue()


def comment(number: int, body: str, login: str = "somebody") -> object:
    """Return a comment as GitHub lists it."""
    return {"id": number, "user": {"login": login}, "body": body}


@dataclass(frozen=True, slots=True)
class Scene:
    """GitHub, where its archives lie, and a runner."""

    github: Forge
    blobs: Forge
    machine: Machine

    def has(self, archive: bytes, comments: list[object], head: str = "c0ffee") -> None:
        """Let pull request 7 have these comments, and the run this artifact."""
        stale: object = {"id": 4, "expired": True}
        fresh: object = {"id": 5, "expired": False}
        self.github.on(
            "GET",
            f"{REPOSITORY}/actions/runs/99/artifacts",
            Answer(body={"artifacts": [stale, fresh]}),
        )
        self.github.on(
            "GET",
            f"{REPOSITORY}/actions/artifacts/5/zip",
            Answer(302, headers={"location": f"{self.blobs.address}/review.zip"}),
        )
        self.blobs.on("GET", "/review.zip", Answer(body=archive))
        pull: object = {"state": "open", "head": {"sha": head}}
        self.github.on("GET", f"{REPOSITORY}/pulls/7", Answer(body=pull))
        self.github.pages(f"{REPOSITORY}/issues/7/comments", comments)
        self.github.on("POST", f"{REPOSITORY}/issues/7/comments", self._takes(201))
        for number in range(1, 260):
            path = f"{REPOSITORY}/issues/comments/{number}"
            self.github.on("PATCH", path, self._takes(200))

    def _takes(self, status: int) -> Responder:
        def answer(asked: Asked) -> Answer:
            if len(str(asked.said["body"])) > LIMIT:
                return Answer(422, {"message": "body is too long (maximum is 65536 characters)"})
            return Answer(status, {"id": 1})

        return answer

    def run(self) -> Done:
        """Run the step."""
        return self.machine.run(STEP, VALUES, GITHUB_API_URL=self.github.address)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Return GitHub without anything, and a machine."""
    with forge() as github, forge() as blobs:
        yield Scene(github, blobs, Machine(tmp_path))


def only_change(scene: Scene) -> tuple[str, str]:
    """Return the one change that GitHub was asked for, and the body that it has then."""
    (asked,) = scene.github.changes()
    return f"{asked.method} {asked.path}", str(asked.said["body"])


def test_a_first_review_becomes_a_comment_with_the_marker_in_front(scene: Scene) -> None:
    scene.has(artifact(number="7\n", comment_md=f"{MARKER}\n\nAll is well: π.\n"), [])

    done = scene.run()

    assert done.code == 0, done.output
    change, body = only_change(scene)
    assert change == f"POST {REPOSITORY}/issues/7/comments"
    assert body.startswith(f"{MARKER}\n\n")
    assert body.count(MARKER) == 1
    assert "All is well: π." in body
    assert "[Report and log](https://github.com/owner/platform/actions/runs/99)" in body


def test_among_250_comments_the_one_of_before_is_found_on_the_third_page(scene: Scene) -> None:
    comments = [comment(number, "a word") for number in range(1, 251)]
    comments[230] = comment(231, f"{MARKER}\n\nof yesterday", BOT)
    scene.has(artifact(number="7", comment_md="of today"), comments)

    done = scene.run()

    assert done.code == 0, done.output
    change, body = only_change(scene)
    assert change == f"PATCH {REPOSITORY}/issues/comments/231"
    assert "of today" in body
    assert "of yesterday" not in body


def test_after_250_comments_of_others_a_new_one_is_written(scene: Scene) -> None:
    comments = [comment(number, "a word", BOT) for number in range(1, 251)]
    scene.has(artifact(number="7", comment_md="of today"), comments)

    assert scene.run().code == 0
    assert only_change(scene)[0] == f"POST {REPOSITORY}/issues/7/comments"


def test_200_comments_are_two_full_pages_and_an_empty_one(scene: Scene) -> None:
    comments = [comment(number, "a word") for number in range(1, 201)]
    scene.has(artifact(number="7", comment_md="of today"), comments)

    assert scene.run().code == 0
    assert only_change(scene)[0] == f"POST {REPOSITORY}/issues/7/comments"
    assert scene.github.calls().count(f"GET {REPOSITORY}/issues/7/comments") == 3


def test_a_comment_of_somebody_else_with_the_marker_is_not_touched(scene: Scene) -> None:
    forged = [comment(1, f"{MARKER}\n\nforged"), comment(2, f"> {MARKER}", BOT)]
    scene.has(artifact(number="7", comment_md="of today"), forged)

    assert scene.run().code == 0
    assert only_change(scene)[0] == f"POST {REPOSITORY}/issues/7/comments"


@pytest.mark.parametrize("letter", ["a", "π", "🚂", "\n"])
def test_a_text_of_any_length_becomes_a_comment_that_is_not_refused(
    scene: Scene, letter: str
) -> None:
    scene.has(artifact(number="7", comment_md="begin" + letter * 300_000), [])

    done = scene.run()

    assert done.code == 0, done.output
    _, body = only_change(scene)
    assert len(body) <= LIMIT
    assert "begin" in body
    assert "\N{REPLACEMENT CHARACTER}" not in body
    assert body.endswith("</sub>\n")


def test_bytes_that_are_no_text_do_not_stop_the_comment(scene: Scene) -> None:
    scene.has(artifact(number="7", comment_md=b"before \xff\xfe after"), [])

    assert scene.run().code == 0
    assert "after" in only_change(scene)[1]


def test_where_comments_cannot_be_listed_none_is_written(scene: Scene) -> None:
    """Without the list, a second comment would be written at each push."""
    scene.has(artifact(number="7", comment_md="of today"), [])
    scene.github.on("GET", f"{REPOSITORY}/issues/7/comments", Answer(503))

    done = scene.run()

    assert done.code != 0
    assert "503" in done.output
    assert scene.github.changes() == []


def test_a_list_that_fails_on_its_second_page_writes_nothing(scene: Scene) -> None:
    def breaks(asked: Asked) -> Answer:
        full: list[object] = [comment(number, "a word") for number in range(100)]
        return Answer(body=full) if asked.query["page"] == "1" else Answer(403)

    scene.has(artifact(number="7", comment_md="of today"), [])
    scene.github.on("GET", f"{REPOSITORY}/issues/7/comments", breaks)

    assert scene.run().code != 0
    assert scene.github.changes() == []


def test_a_list_that_fails_once_is_asked_again(scene: Scene) -> None:
    answers = [Answer(502), Answer(body=[])]
    scene.has(artifact(number="7", comment_md="of today"), [])
    scene.github.on("GET", f"{REPOSITORY}/issues/7/comments", lambda _: answers.pop(0))

    done = scene.run()

    assert done.code == 0, done.output
    assert len(scene.github.changes()) == 1


def test_a_comment_that_is_refused_fails_the_job_and_is_not_sent_twice(scene: Scene) -> None:
    scene.has(artifact(number="7", comment_md="of today"), [])
    scene.github.on("POST", f"{REPOSITORY}/issues/7/comments", Answer(502))

    done = scene.run()

    assert done.code != 0
    assert "502" in done.output
    assert len(scene.github.changes()) == 1


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (artifact(comment_md="no number"), "names no pull request"),
        (artifact(number="; rm -rf /", comment_md="words"), "names no pull request"),
        (artifact(number="7"), "has no comment"),
        (b"no archive", "names no pull request"),
    ],
)
def test_an_artifact_that_is_not_what_it_should_be_is_refused(
    scene: Scene, archive: bytes, says: str
) -> None:
    scene.has(archive, [])

    done = scene.run()

    assert done.code == 1
    assert says in done.output
    assert scene.github.changes() == []


def test_a_run_without_an_artifact_says_so(scene: Scene) -> None:
    path = f"{REPOSITORY}/actions/runs/99/artifacts"
    scene.github.on("GET", path, Answer(body={"artifacts": []}))

    done = scene.run()

    assert done.code == 1
    assert "left no review" in done.output


def test_the_comment_goes_to_no_pull_request_that_has_another_head(scene: Scene) -> None:
    """The artifact is a stranger's word: it may name anybody's pull request."""
    scene.has(artifact(number="7", comment_md="of today"), [], head="another")

    done = scene.run()

    assert done.code == 0
    assert "nothing to say" in done.output
    assert scene.github.changes() == []


def test_the_token_goes_to_the_api_alone_and_through_no_argument(scene: Scene) -> None:
    scene.has(artifact(number="7", comment_md="of today"), [])
    scene.machine.program("curl", 'exec /usr/bin/curl "$@"')

    assert scene.run().code == 0
    assert all(TOKEN in asked.headers["authorization"] for asked in scene.github.asked)
    assert [asked.headers.get("authorization") for asked in scene.blobs.asked] == [None]
    assert TOKEN not in "\n".join(scene.machine.calls())
