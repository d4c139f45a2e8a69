"""Loads of a whole checkpoint, from a hub into a bucket of each cloud."""

import hashlib
import json
import logging

import pytest
from weights_loader.errors import RefusedError, UnreachableError

from components.serving import start_server
from tests.support.hub import FIRST, SECOND, Hub, safetensors, serving
from tests.support.weights_loader import FOLDER, PART, S3Bucket, Stage

pytestmark = pytest.mark.real

WEIGHTS = "model.safetensors"
WANTED = {"config.json", "tokenizer.json", "LICENSE", WEIGHTS}


def _size(hub: Hub, paths: set[str], commit: str = FIRST) -> int:
    return sum(len(hub.commits[commit][path]) for path in paths)


def test_the_engines_files_come_as_they_are_and_the_word_complete_comes_with_them(
    stage: Stage, hub: Hub
) -> None:
    copied = stage.load()

    found = stage.files()
    assert found.keys() == WANTED | {".manifest.json", ".complete"}
    assert {path: found[path] for path in WANTED} == {
        path: hub.commits[FIRST][path] for path in WANTED
    }
    assert copied == hub.sent == _size(hub, WANTED)
    digest = hashlib.sha256(found[WEIGHTS]).hexdigest()
    assert stage.bucket.metadata(f"{FOLDER}/{WEIGHTS}") == {"sha256": digest}


def test_the_manifest_says_what_came_from_where_under_which_licence(stage: Stage, hub: Hub) -> None:
    stage.load()

    manifest = stage.manifest()
    files = {str(file["path"]): file for file in _rows(manifest["files"])}
    assert manifest["repository"] == "acme/tiny"
    assert (manifest["revision"], manifest["commit"]) == ("main", FIRST)
    assert manifest["source"] == hub.url
    assert manifest["licence"] == "apache-2.0"
    assert manifest["loader"] == "0.1.0"
    assert manifest["leftOut"] == ["README.md", "pytorch_model.bin"]
    assert files.keys() == WANTED
    for path, content in hub.commits[FIRST].items():
        if path in WANTED:
            assert files[path]["sha256"] == hashlib.sha256(content).hexdigest()
            assert files[path]["size"] == len(content)
    word = json.loads(stage.files()[".complete"])
    assert word["manifest"] == hashlib.sha256(stage.files()[".manifest.json"]).hexdigest()


def _rows(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def test_a_server_takes_the_bucket_after_a_load_and_not_before(
    stage: Stage, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    asked = (
        start_server.why_not_s3
        if isinstance(stage.bucket, S3Bucket)
        else start_server.why_not_cloud_storage
    )
    hub.gives = PART + PART // 2
    with pytest.raises(UnreachableError):
        stage.load()
    before = asked("acme-weights", f"{FOLDER}/{start_server.MARKER}")
    hub.gives = None

    stage.load()

    assert before == "no .complete there"
    assert asked("acme-weights", f"{FOLDER}/{start_server.MARKER}") == ""


def test_a_second_load_transfers_nothing_and_asks_no_hub(stage: Stage, hub: Hub) -> None:
    stage.load()
    before, objects = len(hub.asked), stage.bucket.objects()

    copied = stage.load()

    assert copied == 0
    assert len(hub.asked) == before
    assert stage.bucket.objects() == objects


def test_a_cut_load_goes_on_with_at_most_one_part_twice(stage: Stage, hub: Hub) -> None:
    hub.gives = 2 * PART + PART // 2
    with pytest.raises(UnreachableError, match="safe to start again"):
        stage.load()
    cut = stage.files()
    hub.gives = None

    stage.load()

    assert ".complete" not in cut
    assert WEIGHTS not in cut
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]
    twice = hub.sent - _size(hub, WANTED)
    assert 0 < twice <= PART
    assert any(wanted == f"bytes={2 * PART}-" for _, _, wanted in hub.asked)


def test_a_load_that_is_cut_again_and_again_loses_a_part_each_time_at_most(
    stage: Stage, hub: Hub
) -> None:
    cuts = 0
    for _ in range(4):
        hub.gives = PART + PART // 4
        try:
            stage.load()
        except UnreachableError:
            cuts += 1
    twice = hub.sent - _size(hub, WANTED)

    assert cuts == 2
    assert ".complete" in stage.files()
    assert twice <= cuts * PART
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]


def test_a_connection_that_is_cut_goes_on_where_it_was_cut(stage: Stage, hub: Hub) -> None:
    hub.has({**hub.commits[FIRST], "LICENSE": b"", "config.json": b"", "tokenizer.json": b""})
    hub.cuts = [300_000, 200_000, 1]

    stage.load()

    assert hub.sent == len(hub.commits[FIRST][WEIGHTS])
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]


def test_what_is_there_and_was_found_right_is_neither_read_nor_fetched_again(
    stage: Stage, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    stage.load()
    stage.bucket.delete(f"{FOLDER}/.complete")
    before = hub.sent
    caplog.set_level(logging.INFO)

    copied = stage.load()

    assert copied == 0
    assert hub.sent == before
    assert ".complete" in stage.files()


def test_an_object_of_the_right_size_and_other_content_is_replaced(stage: Stage, hub: Hub) -> None:
    right = hub.commits[FIRST][WEIGHTS]
    stage.bucket.put(f"{FOLDER}/{WEIGHTS}", safetensors(len(right), seed=7))

    stage.load()

    assert stage.files()[WEIGHTS] == right


def test_an_object_that_somebody_brought_is_kept_when_it_is_right(stage: Stage, hub: Hub) -> None:
    stage.bucket.put(f"{FOLDER}/{WEIGHTS}", hub.commits[FIRST][WEIGHTS])

    copied = stage.load()

    assert copied == _size(hub, WANTED - {WEIGHTS})
    assert ".complete" in stage.files()


@pytest.mark.parametrize("path", [WEIGHTS, "config.json"])
def test_a_wrong_checksum_is_refused_and_nothing_is_called_complete(
    stage: Stage, hub: Hub, path: str
) -> None:
    right = hub.commits[FIRST][path]
    hub.spoiled[path] = right[:-1] + b"!"

    with pytest.raises(RefusedError, match=f"{path}: (sha256|git's hash) must be"):
        stage.load()

    assert path not in stage.files()
    assert ".complete" not in stage.files()
    assert ".manifest.json" not in stage.files()


def test_a_mirror_with_the_right_content_takes_the_place_of_a_hub_with_a_wrong_one(
    stage: Stage, hub: Hub
) -> None:
    hub.spoiled[WEIGHTS] = safetensors(len(hub.commits[FIRST][WEIGHTS]), seed=7)
    with serving(Hub(commits=hub.commits, branches=hub.branches)) as mirror:
        stage.load(HUB_ENDPOINTS=f"{hub.url} {mirror.url}")

    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]
    assert mirror.sent == len(hub.commits[FIRST][WEIGHTS])


def test_a_beginning_that_was_wrong_is_found_at_the_end_and_comes_anew(
    stage: Stage, hub: Hub
) -> None:
    right = hub.commits[FIRST][WEIGHTS]
    hub.spoiled[WEIGHTS] = safetensors(len(right), seed=7)
    hub.gives = 2 * PART + PART // 2
    with pytest.raises(UnreachableError):
        stage.load()
    hub.gives = None
    hub.spoiled.clear()

    stage.load()

    assert stage.files()[WEIGHTS] == right
    assert ".complete" in stage.files()


def test_a_file_that_calls_itself_safetensors_must_begin_as_one(stage: Stage, hub: Hub) -> None:
    hub.has({**hub.commits[FIRST], WEIGHTS: b"\x80\x04pickle" * 1000})

    with pytest.raises(RefusedError, match="no safetensors file"):
        stage.load()

    assert ".complete" not in stage.files()


def test_a_repository_of_pickles_is_refused_before_anything_is_written(
    stage: Stage, hub: Hub
) -> None:
    hub.has({"config.json": b"{}", "pytorch_model.bin": b"pickle", "extra.pt": b"pickle"})

    with pytest.raises(RefusedError, match=r"got only pickles: extra\.pt, pytorch_model\.bin"):
        stage.load()

    assert stage.files() == {}


def test_a_complete_checkpoint_stays_when_the_branch_moves_on(stage: Stage, hub: Hub) -> None:
    stage.load()
    hub.has({**hub.commits[FIRST], "config.json": b'{"new": 1}'}, SECOND)

    copied = stage.load()

    assert copied == 0
    assert stage.manifest()["commit"] == FIRST


def test_a_load_that_was_cut_goes_on_at_its_commit_when_the_branch_moves_on(
    stage: Stage, hub: Hub
) -> None:
    hub.gives = PART + PART // 2
    with pytest.raises(UnreachableError):
        stage.load()
    hub.gives = None
    hub.has({**hub.commits[FIRST], "config.json": b'{"new": 1}'}, SECOND)

    stage.load()

    assert stage.manifest()["commit"] == FIRST
    assert stage.files()["config.json"] == hub.commits[FIRST]["config.json"]


def test_a_commit_that_is_gone_from_the_hub_gives_way_to_the_branch(stage: Stage, hub: Hub) -> None:
    hub.gives = PART + PART // 2
    with pytest.raises(UnreachableError):
        stage.load()
    hub.gives = None
    hub.has({**hub.commits.pop(FIRST), WEIGHTS: safetensors(3 * PART + 1000, seed=9)}, SECOND)

    stage.load()

    assert stage.manifest()["commit"] == SECOND
    assert stage.files()[WEIGHTS] == hub.commits[SECOND][WEIGHTS]


def test_a_pinned_commit_is_loaded_whatever_the_branch_is(stage: Stage, hub: Hub) -> None:
    hub.has({**hub.commits[FIRST], "config.json": b'{"new": 1}'}, SECOND)

    stage.load(HUB_REVISION=FIRST)

    folder = f"acme/tiny/{FIRST}"
    assert stage.files(folder)["config.json"] == hub.commits[FIRST]["config.json"]
    assert stage.manifest(folder)["commit"] == FIRST


def test_an_object_that_was_lost_from_a_complete_checkpoint_comes_again(
    stage: Stage, hub: Hub
) -> None:
    stage.load()
    stage.bucket.delete(f"{FOLDER}/{WEIGHTS}")
    hub.has({**hub.commits[FIRST], "config.json": b'{"new": 1}'}, SECOND)

    copied = stage.load()

    assert copied == len(hub.commits[FIRST][WEIGHTS])
    assert stage.files()[WEIGHTS] == hub.commits[FIRST][WEIGHTS]


def test_weights_of_another_revision_in_the_folder_are_refused(stage: Stage) -> None:
    stage.bucket.put(f"{FOLDER}/model-00001-of-00002.safetensors", safetensors(100))

    with pytest.raises(RefusedError, match=r"got model-00001-of-00002\.safetensors; delete"):
        stage.load()

    assert ".complete" not in stage.files()


def test_shards_are_those_of_the_index(stage: Stage, hub: Hub) -> None:
    shards = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    index = json.dumps({"weight_map": {"a": shards[0], "b": shards[1]}}).encode()
    both = {name: safetensors(5000, seed) for seed, name in enumerate(shards)}
    hub.has(
        {
            "config.json": b"{}",
            "model.safetensors.index.json": index,
            "consolidated.safetensors": safetensors(9000),
            **both,
        }
    )

    stage.load()

    assert {path for path in stage.files() if path.endswith(".safetensors")} == set(shards)
