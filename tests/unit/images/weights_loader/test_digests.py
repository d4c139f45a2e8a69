"""Checksums, parts, and what a hub says about a revision."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weights_loader.copying import parts
from weights_loader.digests import Digest
from weights_loader.hub_files import HubFile, Json, read_snapshot

EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""`git hash-object /dev/null`."""
HELLO_BLOB = "ce013625030ba8dba906f756967f9e9ca394464a"
"""`echo hello | git hash-object --stdin`."""


@pytest.mark.parametrize(("content", "blob"), [(b"", EMPTY_BLOB), (b"hello\n", HELLO_BLOB)])
def test_a_file_outside_lfs_has_the_hash_that_git_gives_it(content: bytes, blob: str) -> None:
    digest = Digest(HubFile("config.json", len(content), "", blob))

    digest.update(content)

    assert digest.mistake() == ""
    assert digest.sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_is_too_short_is_said_to_be() -> None:
    digest = Digest(HubFile("config.json", 7, "", HELLO_BLOB))

    digest.update(b"hello\n")

    assert digest.mistake() == "must have 7 bytes, got 6"


@pytest.mark.parametrize(
    ("content", "right"),
    [
        (b"\x02\0\0\0\0\0\0\0{}", True),
        (b"\x03\0\0\0\0\0\0\0{}", False),
        (b"\x02\0\0\0\0\0\0\0[]", False),
        (b"\x80\x04\x95", False),
        (b"", False),
    ],
)
def test_safetensors_begin_with_the_length_of_a_header_that_fits(
    content: bytes,
    right: bool,  # noqa: FBT001  a table
) -> None:
    digest = Digest(HubFile("a.safetensors", len(content), hashlib.sha256(content).hexdigest(), ""))

    for at in range(len(content)):
        digest.update(content[at : at + 1])

    assert (digest.mistake() == "") is right


@given(st.lists(st.binary(max_size=40)), st.integers(1, 50))
def test_parts_are_the_content_and_all_but_the_last_are_whole(
    chunks: list[bytes], part_bytes: int
) -> None:
    content = b"".join(chunks)

    *whole, last = list(parts(iter(chunks), len(content), part_bytes))

    assert b"".join(part for part, _ in (*whole, last)) == content
    assert [len(part) for part, _ in whole] == [part_bytes] * len(whole)
    assert len(last[0]) <= part_bytes
    assert [is_last for _, is_last in (*whole, last)] == [False] * len(whole) + [True]
    assert last[0] or not content


@pytest.mark.parametrize(
    ("more", "licence"),
    [
        ({"cardData": {"license": "mit"}, "tags": ["license:other"]}, "mit"),
        ({"cardData": {"license": "other", "license_name": "llama3.1"}}, "llama3.1"),
        ({"tags": ["en", "license:apache-2.0"]}, "apache-2.0"),
        ({"cardData": None, "tags": None}, None),
    ],
)
def test_the_licence_is_the_cards_and_unknown_where_nobody_says(
    more: dict[str, Json], licence: str | None
) -> None:
    assert read_snapshot("https://hub", {"sha": "c", "siblings": [], **more}).licence == licence


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"siblings": []},
        {"sha": "c", "siblings": [{"rfilename": "a", "blobId": "b"}]},
        {"sha": "c", "siblings": [{"rfilename": "a", "size": 1}]},
        {"sha": "c", "siblings": [{"rfilename": "a", "blobId": "b", "lfs": {"size": 1}}]},
    ],
)
def test_an_answer_without_commit_sizes_or_checksums_is_none(answer: Json) -> None:
    with pytest.raises(ValueError, match=r"names no commit|no size or no checksum"):
        read_snapshot("https://hub", answer)
