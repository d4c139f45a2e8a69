"""A rehearsal and a real `up` share every line of the program; what differs is in one table.

`docs/rehearsal.md`, section "Where it differs from a real `up`", is held to the source both ways.
"""

import ast
import re
from pathlib import Path

import pytest
import yaml

from infra.rehearsal.clouds import CloudDoor, rehearsed_cloud
from infra.rehearsal.engine import environment, session
from infra.rehearsal.engine.environment import LET_IN, PLUGINS, EngineFolders, engine_environment
from infra.rehearsal.engine.stack_file import read_config, rehearsal_copy
from infra.rehearsal.site import PUBLIC_AUTHORITY_VARIABLE
from infra.spec.cloud import CloudProvider
from tests.support.program import (
    ROOT,
    environment_reads,
    program_modules,
    said_strings,
    tree_of,
)

PAGE = ROOT / "docs" / "rehearsal.md"
SECTION = "## Where it differs from a real `up`"
ASKED_BY_THE_PROGRAM = {("infra.unresolved", "TOKENWORKS_ALLOW_UNRESOLVED")}
WORDS_OF_A_REHEARSAL = re.compile(r"rehears|simulat|127\.0\.0\.1|localhost|kwok", re.IGNORECASE)
THE_SAME_ANYWHERE = {"--stack", "--cwd", "--policy-pack", "--expect-no-changes"}
"""Options that only say which stack, which project, and what is wanted."""
OF_PREPARATIONS = {"--json", "--file", "--no-select", "--secret", "--all", "--"}
"""Options of commands that prepare or read a state, and run no program."""
NOT_IN_THE_ENGINE = {"--facts"}
"""Of the simulated account's own program."""
MARKERS = {
    "accessKeyId": "a",
    "secretAccessKey": "b",
    "accessToken": "c",
    "project": "p",
}


def table() -> set[str]:
    """Return every code word in the first column of the page's table."""
    text = PAGE.read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])}


def test_the_program_is_large_and_found_from_its_first_line() -> None:
    found = program_modules()

    assert {"infra.layers.foundation", "components.aws.cluster", "infra.unresolved"} <= set(found)
    assert len(found) > 200


def test_no_module_of_the_program_imports_the_rehearsal() -> None:
    assert [name for name in program_modules() if name.startswith("infra.rehearsal")] == []


def test_the_program_asks_its_surroundings_one_question() -> None:
    found = {
        (name, variable)
        for name, path in program_modules().items()
        for variable in environment_reads(path)
    }

    assert found == ASKED_BY_THE_PROGRAM


def test_no_module_of_the_program_names_a_rehearsal_or_a_loopback_address() -> None:
    found = {
        f"{name}: {text[:60]}"
        for name, path in program_modules().items()
        for text in said_strings(path)
        if WORDS_OF_A_REHEARSAL.search(text)
    }

    assert found == set()


@pytest.mark.parametrize("word", ["is_dry_run", "argv", "getuser", "gethostname", "isatty"])
def test_nothing_else_tells_the_program_where_it_runs(word: str) -> None:
    """A preview is one in both; the rest would be a way to ask."""
    asks = {
        name
        for name, path in program_modules().items()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) == word
    }

    assert asks == ({"infra.unresolved"} if word == "is_dry_run" else set())


def test_every_setting_reaches_the_program_as_the_stack_file_has_it(tmp_path: Path) -> None:
    for original in sorted((ROOT / "stacks").glob("Pulumi.*.yaml")):
        copy = tmp_path / original.name

        rehearsal_copy(original, copy, "v1:salt")

        assert read_config(copy) == yaml.safe_load(original.read_text(encoding="utf-8"))["config"]


def test_the_table_names_all_that_the_engine_is_given(tmp_path: Path) -> None:
    given = set(
        engine_environment(
            EngineFolders(tmp_path),
            debug_providers={"aws": 1},
            credentials={},
            preloaded=tmp_path,
            surroundings={},
        )
    )
    for provider in CloudProvider:
        door = CloudDoor("http://127.0.0.1:1", MARKERS, "a-region")
        given |= set(rehearsed_cloud(provider).credentials(door))
    variables = {word for word in table() if re.fullmatch(r"[A-Z][A-Z_0-9]+", word)}
    once = {"PULUMI_DEBUG_GRPC"}  # for one preview, to compare graphs

    assert variables == given | once | {PUBLIC_AUTHORITY_VARIABLE}
    assert variables.isdisjoint(LET_IN)


def test_the_table_names_every_plugin_that_is_played() -> None:
    assert {word for word in table() if word.startswith("pulumi-")} == set(PLUGINS)


def test_the_table_names_every_option_of_the_engines_commands() -> None:
    path = Path(session.__file__)
    used = {text for text in said_strings(path) if text.startswith("--")}
    options = {word for word in table() if word.startswith("--")}

    assert used - THE_SAME_ANYWHERE - OF_PREPARATIONS == options - NOT_IN_THE_ENGINE


def test_a_new_question_would_be_found(tmp_path: Path) -> None:
    """What the other tests look with, on a module that asks in every way."""
    module = tmp_path / "module.py"
    module.write_text(
        '"""Of a rehearsal."""\n'
        "import os\nfrom os import environ, getenv\n"
        'NAME = "TOKENWORKS_A"\n'
        'os.environ.get(NAME)\nos.environ["TOKENWORKS_B"]\ngetenv("TOKENWORKS_C")\n'
        'environ.get(NAME + "x")\n"TOKENWORKS_D" in environ\ndict(os.environ)\n'
        'x = "in a rehearsal"\n',
        encoding="utf-8",
    )

    assert sorted(environment_reads(module)) == [
        *("?", "?", "?", "TOKENWORKS_A", "TOKENWORKS_B", "TOKENWORKS_C"),
    ]
    assert [text for text in said_strings(module) if WORDS_OF_A_REHEARSAL.search(text)] == [
        "in a rehearsal"
    ]
    assert environment.ALLOW_UNRESOLVED == "TOKENWORKS_ALLOW_UNRESOLVED"
