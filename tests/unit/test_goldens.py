"""Every stack declares what its golden says. After a wanted change: `make golden`, review it."""

import difflib

import pytest

from infra.graph.golden import golden
from tests.support.goldens import FOLDER, golden_file
from tests.support.graphs import graph_of
from tests.support.stacks import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_declares_what_its_golden_says(stack: str) -> None:
    file = golden_file(stack)
    expected = file.read_text(encoding="utf-8") if file.is_file() else ""

    actual = golden(graph_of(stack))

    changes = difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), str(file.name), "the program", lineterm="", n=5
    )
    assert expected == actual, "\n".join(["run `make golden` and review:", *changes])


def test_there_is_a_golden_for_every_stack_and_no_other() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(STACKS)


def test_there_are_stacks_to_compare() -> None:
    assert STACKS, "no stack file found: the comparison above would pass without comparing"
