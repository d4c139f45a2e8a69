"""Resumable uploads into Cloud Storage: what the protocol may do to whoever uses it."""

from collections.abc import Generator

import pytest
from weights_loader.errors import UnreachableError

from tests.support.cloud_storage import CloudStorage
from tests.support.hub import FIRST, Hub
from tests.support.weights_loader import PART, GsBucket, Stage, gs_bucket

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("asked_seconds")]

WEIGHTS = "model.safetensors"


@pytest.fixture(name="gs")
def _gs(monkeypatch: pytest.MonkeyPatch) -> Generator[GsBucket]:
    with gs_bucket(monkeypatch) as bucket:
        yield bucket


@pytest.fixture(name="place")
def _place(gs: GsBucket) -> CloudStorage:
    return gs.place


def _load(hub: Hub, gs: GsBucket) -> bytes:
    stage = Stage(hub, gs)
    stage.load()
    return stage.files()[WEIGHTS]


def test_a_part_of_which_only_some_bytes_were_kept_is_sent_from_there(
    hub: Hub, gs: GsBucket, place: CloudStorage
) -> None:
    right = hub.commits[FIRST][WEIGHTS]
    hub.has({"config.json": b"", WEIGHTS: right})
    place.keeps = [PART, 0, PART]
    stage = Stage(hub, gs, part_bytes=2 * PART)

    stage.load()

    assert stage.files()[WEIGHTS] == right
    assert place.keeps == []
    assert place.received > hub.sent
    assert hub.sent == len(right)


def test_an_answer_that_is_lost_is_asked_for(hub: Hub, gs: GsBucket, place: CloudStorage) -> None:
    right = hub.commits[FIRST][WEIGHTS]
    place.drops = 3

    assert _load(hub, gs) == right
    assert place.received == hub.sent


def test_a_session_that_is_forgotten_is_begun_anew(
    hub: Hub, gs: GsBucket, place: CloudStorage
) -> None:
    hub.gives = 2 * PART + PART // 2
    with pytest.raises(UnreachableError):
        _load(hub, gs)
    hub.gives = None
    place.sessions = [None for _ in place.sessions]

    assert _load(hub, gs) == hub.commits[FIRST][WEIGHTS]


def test_an_api_that_is_busy_is_asked_again(hub: Hub, gs: GsBucket, place: CloudStorage) -> None:
    place.statuses = [503, 429]

    assert _load(hub, gs) == hub.commits[FIRST][WEIGHTS]


def test_the_note_about_a_session_lies_outside_the_checkpoint_and_small_files_need_none(
    hub: Hub, gs: GsBucket, place: CloudStorage
) -> None:
    _load(hub, gs)

    sessions = [name for name in place.objects if name.endswith(".session")]
    assert sessions == [f".loading/acme/tiny/main/{WEIGHTS}.session"]
