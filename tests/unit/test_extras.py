"""With one cloud's packages alone, its stacks work and the other cloud's are refused.

Each test is a process of its own in which the packages of one cloud cannot be imported, as if its
extra was not installed. Real installations are in `tests/real/test_extras.py`.
"""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from infra.extras import PACKAGES, missing_packages

ROOT = Path(__file__).parents[2]
STACKS = {
    path.stem.removeprefix("Pulumi.").partition("-")[0]: path.stem.removeprefix("Pulumi.")
    for path in sorted((ROOT / "stacks").glob("Pulumi.*-dev.yaml"))
}
"""Cloud to its stack."""
MORE_OF_A_CLOUD = {"aws": ("botocore",), "gcp": ("google.oauth2", "google_auth_httplib2")}
"""Packages that come with those of `PACKAGES`."""
PROCESS = """
import json, sys
from importlib.abc import MetaPathFinder
lacking, asked = json.loads(sys.argv[1]), []
class Lacking(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(f"{one}.") for one in lacking):
            asked.append(name)
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Lacking())
sys.argv = ["tokenworks", *sys.argv[3:]]
try:
    exec(DO)
finally:
    sys.stderr.flush()
    print("asked for:", *asked)
"""
COMMAND = "from infra.cli import main; main()"
REHEARSAL = "from infra.rehearsal import failure, rehearse, takedown"
PRELOADED = "from infra.rehearsal.language_host import preloaded; preloaded.load(sys.argv[1])"
NEXT_STEP = (
    "`uv sync --inexact --extra {cloud}` adds them to what is installed; "
    "`make setup` installs those of both clouds"
)
PULUMI = """#!/bin/sh
case "$*" in
  *"stack export"*) echo '{"version": 3, "deployment": {}}' ;;
  *preview*) echo '{"steps": []}' ;;
esac
"""


def _lacking(cloud: str, do: str, *arguments: str, path: str = "") -> tuple[int, str, str]:
    """Return exit code, output, and errors of a process without the packages of a cloud."""
    lacking = json.dumps([*PACKAGES[cloud].values(), *MORE_OF_A_CLOUD[cloud]])
    done = subprocess.run(
        [sys.executable, "-c", PROCESS.replace("DO", repr(do)), lacking, "--", *arguments],
        env={"PATH": path, "AWS_EC2_METADATA_DISABLED": "true", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=180,  # a busy machine takes its time to import an SDK
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _other(cloud: str) -> str:
    (other,) = PACKAGES.keys() - {cloud}
    return other


@pytest.fixture
def engine(tmp_path: Path) -> str:
    """A folder with an engine in whose state nothing is pending."""
    program = tmp_path / "pulumi"
    program.write_text(PULUMI, encoding="utf-8")
    program.chmod(0o755)
    return f"{tmp_path}:/usr/bin:/bin"


@pytest.mark.parametrize("cloud", STACKS)
@pytest.mark.thorough
@pytest.mark.parametrize(
    "command",
    [["explain"], ["preflight", "--facts", "typical"], ["recover"], ["render", "--out", "there"]],
    ids=lambda command: command[0],
)
def test_a_command_works_without_the_other_clouds_packages(
    command: list[str], cloud: str, engine: str, tmp_path: Path
) -> None:
    options = [str(tmp_path / "there") if word == "there" else word for word in command[1:]]

    code, said, errors = _lacking(
        _other(cloud), COMMAND, command[0], STACKS[cloud], *options, path=engine
    )

    assert code == 0, errors
    assert said.endswith("asked for:\n")


@pytest.mark.parametrize("cloud", STACKS)
@pytest.mark.parametrize("do", [REHEARSAL, PRELOADED], ids=["rehearse", "sdks"])
@pytest.mark.thorough
def test_a_rehearsal_loads_nothing_of_the_other_cloud(do: str, cloud: str) -> None:
    assert _lacking(_other(cloud), do, cloud) == (0, "asked for:\n", "")


@pytest.mark.parametrize("cloud", STACKS)
@pytest.mark.parametrize(
    "command",
    [
        ["recover"],
        *(
            pytest.param(command, marks=pytest.mark.thorough)
            for command in (["preflight"], ["rehearse"], ["render", "--out", "/nowhere"])
        ),
    ],
    ids=lambda command: command[0],
)
def test_a_stack_whose_clouds_packages_are_missing_is_one_report(
    command: list[str], cloud: str
) -> None:
    code, _said, errors = _lacking(cloud, COMMAND, command[0], STACKS[cloud], *command[1:])

    assert code == 2
    assert errors.splitlines() == [
        f"stack {STACKS[cloud]}: 1 mistake",
        "",
        f"cloud.provider: its packages are not installed: {', '.join(PACKAGES[cloud])}",
        f"  got:     {cloud}",
        f"  allowed: {_other(cloud)}",
        f"  next:    {NEXT_STEP.format(cloud=cloud)}",
    ]


@pytest.mark.parametrize("cloud", STACKS)
@pytest.mark.thorough
def test_what_a_stack_says_is_explained_without_any_clouds_packages(cloud: str) -> None:
    code, said, errors = _lacking(cloud, COMMAND, "explain", STACKS[cloud])

    assert (code, errors) == (0, "")
    assert said.endswith("asked for:\n")


def test_here_nothing_is_missing() -> None:
    assert {cloud: missing_packages(cloud) for cloud in PACKAGES} == {"aws": [], "gcp": []}


def test_the_packages_of_a_cloud_are_those_of_its_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]

    assert {cloud: {line.partition("==")[0] for line in extras[cloud]} for cloud in extras} == {
        cloud: set(packages) for cloud, packages in PACKAGES.items()
    }


@pytest.mark.parametrize("cloud", PACKAGES)
def test_a_package_is_imported_by_the_name_that_is_looked_for(cloud: str) -> None:
    for package, module in PACKAGES[cloud].items():
        files = {str(file) for file in metadata.files(package) or ()}
        assert f"{module.replace('.', '/')}/__init__.py" in files
