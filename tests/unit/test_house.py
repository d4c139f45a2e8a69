"""Rules of the house that no linter knows."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE_LINES = 350
ROOMS = ("benchmarks", "components", "infra", "policies", "tests")


def test_no_module_directly_in_infra_bears_a_name_of_the_standard_library() -> None:
    """With `main: infra` that folder is on sys.path first: `infra/platform.py` breaks pulumi."""
    names = {path.stem for path in (ROOT / "infra").iterdir() if not path.name.startswith("_")}

    assert names & sys.stdlib_module_names == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_is_longer_than_a_reader_can_hold(room: str) -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / room).rglob("*.py")
    }

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE_LINES} == {}
