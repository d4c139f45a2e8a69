"""Two loaders of one checkpoint at a time: whatever they do, what is complete is right."""

import threading
from collections.abc import Callable

import pytest
from weights_loader.errors import LoaderError
from weights_loader.notes import Notes
from weights_loader.store import Store

from tests.support.hub import FIRST, SECOND, Hub, safetensors
from tests.support.weights_loader import FOLDER, PART, Stage

pytestmark = pytest.mark.real

WEIGHTS = "model.safetensors"


def _in_threads(*actions: Callable[[], object]) -> list[LoaderError]:
    failures = []

    def act(action: Callable[[], object]) -> None:
        try:
            action()
        except LoaderError as error:
            failures.append(error)

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_two_loaders_at_once_leave_one_right_checkpoint(stage: Stage, hub: Hub) -> None:
    hub.slow_seconds = 0.002

    failures = _in_threads(stage.load, stage.load)
    hub.slow_seconds = 0
    stage.load()  # what a Job does after a try that failed

    assert all(error.exit_code == 1 for error in failures)
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]
    assert stage.manifest()["commit"] == FIRST


def test_a_second_loader_goes_on_with_the_commit_of_the_first(stage: Stage, hub: Hub) -> None:
    notes = Notes(stage.bucket.store(), FOLDER)
    hub.has({**hub.commits[FIRST], "config.json": b'{"new": 1}'}, SECOND)

    first, second = notes.pin(FIRST), notes.pin(SECOND)
    stage.load()

    assert (first, second) == (FIRST, FIRST)
    assert stage.manifest()["commit"] == FIRST


def test_an_object_that_another_loader_made_meanwhile_is_read_before_it_counts(
    stage: Stage, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one was wrong: its object must not be taken for the one that was checked here."""
    wrong = safetensors(len(hub.commits[FIRST][WEIGHTS]), seed=7)
    store = stage.bucket.store()
    real = type(store).upload
    key = f"{FOLDER}/{WEIGHTS}"
    raced = []

    def upload(self: Store, *arguments: object, **more: object) -> object:
        begun = real(self, *arguments, **more)  # ty: ignore[invalid-argument-type]
        if key in arguments and not raced:
            raced.append(key)
            stage.bucket.put(key, wrong)
        return begun

    monkeypatch.setattr(type(store), "upload", upload)

    stage.load()

    assert raced
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]


def test_the_object_of_the_quicker_loader_stays(
    stage: Stage, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stage.bucket.store()
    real = type(store).upload
    key = f"{FOLDER}/{WEIGHTS}"
    tags = []

    def upload(self: Store, *arguments: object, **more: object) -> object:
        begun = real(self, *arguments, **more)  # ty: ignore[invalid-argument-type]
        if key in arguments and not tags:
            stage.bucket.put(key, hub.commits[FIRST][WEIGHTS])
            tags.append(store.find(key))
        return begun

    monkeypatch.setattr(type(store), "upload", upload)

    stage.load()

    assert store.find(key) == tags[0]
    assert ".complete" in stage.files()


def test_an_upload_that_another_loader_ended_is_no_failure(
    stage: Stage, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = hub.commits[FIRST][WEIGHTS]
    store = stage.bucket.store()
    real = type(store).upload
    key = f"{FOLDER}/{WEIGHTS}"
    raced = []

    def upload(self: Store, *arguments: object, **more: object) -> object:
        begun = real(self, *arguments, **more)  # ty: ignore[invalid-argument-type]
        if key in arguments and not raced:
            raced.append(key)
            begun.abandon()
            stage.bucket.put(key, right)
        return begun

    monkeypatch.setattr(type(store), "upload", upload)

    stage.load()

    assert stage.files()[WEIGHTS] == right
    assert hub.sent < len(right) + PART + 1000
