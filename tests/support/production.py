"""Production as a project of its own: both stacks, to be changed at will by a test."""

from pathlib import Path

from tests.support.projects import make_project, stack_config, write_stack

BASE = "aws-prod"
MODELS = "aws-prod-models"
STACKS = (BASE, MODELS)


def production(folder: Path) -> Path:
    """Make a project with the two stacks of production."""
    return make_project(folder, {name: stack_config(name) for name in STACKS})


def models() -> list[dict[str, object]]:
    """Return the models of production as its stack file has them."""
    found = stack_config(MODELS)["tokenworks:models"]
    assert isinstance(found, list)
    return found


def write_models(project: Path, changed: list[dict[str, object]]) -> None:
    """Write the models of production anew."""
    write_stack(project, MODELS, {**stack_config(MODELS), "tokenworks:models": changed})
