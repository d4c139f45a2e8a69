"""What is kept of the last release, in `tests/releases`: its stack files, and what they declared.

As a module, writes the record of the present version: `make release-record`, after a release.
"""

import logging
import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from infra.graph.model import Graph
from infra.graph.record import record_stack
from infra.upgrade.kept import read_graph, write_graph
from tests.support.graphs import graph_of
from tests.support.projects import ROOT, make_project

FOLDER = ROOT / "tests" / "releases"
STACKS = ("aws-prod", "aws-prod-models", "gcp-prod", "gcp-prod-models")
"""What an upgrade must not hurt: production, which has whatever the others have."""

ASKED: Mapping[str, Mapping[str, object]] = {
    "tokenworks:budget": {"receivers": ["llm-costs@example.com"]},
}
"""What `CHANGELOG.md` asks a person to write into a stack file of the last release, by section."""


def last_release() -> Path:
    """Return the folder of the newest release that is kept."""
    return max(FOLDER.iterdir(), key=lambda folder: [int(n) for n in folder.name.split(".")])


def kept_graph(stack: str, release: Path) -> Graph:
    """Return what a stack of a release declared."""
    return read_graph(release / f"{stack}.graph.json.gz")


def present_graph(stack: str, release: Path) -> Graph:
    """Return what the present code declares for the stack file of a release."""
    if all(kept_text(name, release) == stack_file(name).read_text("utf-8") for name in STACKS):
        return graph_of(stack)
    with TemporaryDirectory() as folder:
        return record_stack(stack, folder=project_of(release, Path(folder) / "it"))


def project_of(release: Path, folder: Path) -> Path:
    """Make a project of the present code with the stack files of a release."""
    kept = {name: yaml.safe_load(kept_text(name, release))["config"] for name in STACKS}
    for config in kept.values():
        for section, asked in ASKED.items():
            if section in config:
                config[section] = {**asked, **config[section]}
    return make_project(folder, kept)


def kept_text(stack: str, release: Path) -> str:
    """Return a stack file of a release."""
    return (release / "stacks" / stack_file(stack).name).read_text("utf-8")


def stack_file(stack: str) -> Path:
    """Return a present stack file."""
    return ROOT / "stacks" / f"Pulumi.{stack}.yaml"


def write(folder: Path = FOLDER) -> Path:
    """Keep the present version, in the place of others; return where."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    release = folder / version
    for other in folder.glob("*.*.*"):
        shutil.rmtree(other)
    (release / "stacks").mkdir(parents=True)
    for stack in STACKS:
        shutil.copy(stack_file(stack), release / "stacks")
        write_graph(graph_of(stack), release / f"{stack}.graph.json.gz")
    return release


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # what is unresolved, `pulumi preview` says
    sys.stdout.write(f"kept: {write().relative_to(ROOT)}\n")
