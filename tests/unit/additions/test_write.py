"""A stack file is written whole, with its rights, or is as it was."""

import os
from pathlib import Path

import pytest

from infra.additions.insertion import Item
from infra.additions.stack_source import StackSource, read_stack, write_stack
from infra.spec.mistakes import SpecError
from tests.support.stack_folder import copied_stacks

STACK = "aws-dev"
MODEL = Item(
    {"name": "new", "source": "Qwen/Qwen2.5-7B-Instruct", "pool": "l4", "context": 4096}, {}
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_stacks(tmp_path / "stacks")


def sides(folder: Path) -> tuple[StackSource, StackSource]:
    before = read_stack(STACK, folder)
    return before, before.extended("models", MODEL, ())


def test_the_file_keeps_its_rights_and_nothing_is_left_beside_it(folder: Path) -> None:
    file = folder / f"Pulumi.{STACK}.yaml"
    file.chmod(0o640)
    before, after = sides(folder)
    there = set(folder.iterdir())

    write_stack(before, after)

    assert file.read_bytes() == after.text.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert set(folder.iterdir()) == there


def test_a_link_stays_a_link_and_what_it_names_is_written(folder: Path, tmp_path: Path) -> None:
    file, real = folder / f"Pulumi.{STACK}.yaml", tmp_path / "real.yaml"
    file.rename(real)
    file.symlink_to(real)

    write_stack(*(pair := sides(folder)))

    assert file.is_symlink()
    assert real.read_bytes() == pair[1].text.encode()


def test_a_write_that_breaks_off_leaves_the_file_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = sides(folder)
    there = set(folder.iterdir())

    def full(_descriptor: int) -> None:
        message = "no space left on device"
        raise OSError(message)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_stack(before, after)

    assert (folder / f"Pulumi.{STACK}.yaml").read_bytes() == before.text.encode()
    assert set(folder.iterdir()) == there


def test_what_somebody_else_wrote_meanwhile_is_not_lost(folder: Path) -> None:
    before, after = sides(folder)
    file = folder / f"Pulumi.{STACK}.yaml"
    theirs = before.text + "# theirs\n"
    file.write_text(theirs, encoding="utf-8")

    with pytest.raises(SpecError, match="changed by somebody else"):
        write_stack(before, after)

    assert file.read_text(encoding="utf-8") == theirs
