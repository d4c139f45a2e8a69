"""The start program as it reaches the pods."""

import ast
import sys
from pathlib import Path

import pytest

from components.serving import health_check, start_script, start_server
from components.serving.start_script import StartScript
from infra.graph.model import Resource
from infra.graph.recorder import record_program
from tests.unit.components.examples import body, namespace_ref, with_kubernetes

PACKAGED = {
    "start.py": Path(start_server.__file__),
    "health.py": Path(health_check.__file__),
}


def _config_map() -> Resource:
    graph = record_program(
        lambda: StartScript("start", namespace=namespace_ref(), opts=with_kubernetes()),
        stack="aws-dev",
    )
    return graph.named("start-program")


def test_the_pods_get_the_packaged_programs_as_they_are() -> None:
    data = {name: path.read_text(encoding="utf-8") for name, path in PACKAGED.items()}

    assert _config_map().inputs["data"] == data


@pytest.mark.parametrize("program", ["program", "health_program"])
def test_another_program_is_another_object_and_none_ever_changes(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """A running server's pods keep the program that their settings were written for."""
    before = _config_map()
    monkeypatch.setattr(start_script, program, lambda: "print('another')")
    after = _config_map()

    assert before.inputs["immutable"] is True
    assert body(before, "metadata")["name"] != body(after, "metadata")["name"]


@pytest.mark.parametrize("path", PACKAGED.values(), ids=PACKAGED)
def test_the_programs_need_nothing_that_an_image_may_lack(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        (item.module if isinstance(item, ast.ImportFrom) else item.names[0].name) or ""
        for item in tree.body
        if isinstance(item, ast.Import | ast.ImportFrom)
    }

    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
