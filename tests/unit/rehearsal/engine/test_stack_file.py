"""The rehearsal reads a copy of the stack file: same settings, its own encryption."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.engine.stack_file import (
    StackFileError,
    read_config,
    read_salt,
    rehearsal_copy,
)

SALT = "v1:own:v1:own:own"


def write(tmp_path: Path, text: str) -> tuple[Path, Path]:
    original = tmp_path / "Pulumi.dev.yaml"
    original.write_text(text)
    return original, tmp_path / "copy.yaml"


def test_settings_comments_and_spelling_go_over_as_they_stand(tmp_path: Path) -> None:
    text = "# why\nconfig:\n  a:version: 1.30\n  a:on: yes\n  a:list: [ 1,2 ]  # two\n"
    original, copy = write(tmp_path, text)
    assert rehearsal_copy(original, copy, SALT) == []
    assert copy.read_text() == f"encryptionsalt: {SALT}\n{text}"
    assert original.read_text() == text


def test_the_real_encryption_header_is_replaced(tmp_path: Path) -> None:
    original, copy = write(
        tmp_path,
        "secretsprovider: awskms://alias/real?region=us-east-1\nencryptedkey: AAAA\n"
        "encryptionsalt: >-\n  v1:real\n  more\nconfig:\n  a:encryptionsalt: stays\n",
    )
    rehearsal_copy(original, copy, SALT)
    assert "real" not in copy.read_text()
    assert read_salt(copy) == SALT
    assert read_config(copy) == {"a:encryptionsalt": "stays"}


def test_secret_settings_are_named_so_that_markers_replace_them(tmp_path: Path) -> None:
    original, copy = write(tmp_path, "config:\n  a:key:\n    secure: v1:abc\n  a:size: 1\n")
    assert rehearsal_copy(original, copy, SALT) == ["a:key"]


def test_a_secret_inside_a_larger_setting_is_refused_by_name(tmp_path: Path) -> None:
    original, copy = write(tmp_path, "config:\n  a:pools: [{key: {secure: v1:abc}}]\n")
    with pytest.raises(StackFileError, match="a:pools holds a secret inside a larger value"):
        rehearsal_copy(original, copy, SALT)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("config: [1]\n", "has no config section of settings, got list"),
        ("- 1\n", "has no config section"),
        ("config: {a: [}\n", "is not YAML"),
    ],
)
def test_what_is_no_stack_file_is_refused_with_the_reason(
    text: str, reason: str, tmp_path: Path
) -> None:
    original, copy = write(tmp_path, text)
    with pytest.raises(StackFileError, match=reason):
        rehearsal_copy(original, copy, SALT)


def test_a_stack_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match=r"nowhere\.yaml: there is no such stack file"):
        rehearsal_copy(tmp_path / "nowhere.yaml", tmp_path / "copy.yaml", SALT)


def test_an_empty_stack_file_has_no_settings(tmp_path: Path) -> None:
    original, copy = write(tmp_path, "")
    rehearsal_copy(original, copy, SALT)
    assert read_config(copy) == {}


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}:[a-z]{1,8}", fullmatch=True),
        st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text())),
    )
)
def test_no_setting_ever_changes_in_the_copy(
    tmp_path_factory: pytest.TempPathFactory, config: dict[str, object]
) -> None:
    import yaml  # noqa: PLC0415 - only here

    original, copy = write(tmp_path_factory.mktemp("any"), yaml.safe_dump({"config": config}))
    rehearsal_copy(original, copy, SALT)
    assert read_config(copy) == config
