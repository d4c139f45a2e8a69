"""A project of its own for a test: the real program, with stack files that the test writes."""

import copy
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def stack_config(stack: str = "aws-dev") -> dict[str, object]:
    """Return the settings of one of our stack files, to be changed at will."""
    text = (ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(yaml.safe_load(text)["config"])


def two_stacks() -> dict[str, dict[str, object]]:
    """Return aws-dev's settings as two stacks: `aws-base`, and its models that extend it."""
    whole = stack_config()
    base = {key: value for key, value in whole.items() if key != "tokenworks:models"}
    base["tokenworks:layers"] = ["foundation", "platform"]
    models = {
        "tokenworks:extends": "aws-base",
        "tokenworks:layers": ["models"],
        "tokenworks:models": whole["tokenworks:models"],
    }
    return {"aws-base": base, "aws-base-models": models}


def make_project(folder: Path, stacks: Mapping[str, Mapping[str, object]]) -> Path:
    """Make a project folder with these stacks; `infra` is this checkout's, by a link."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    for linked in ("infra", "policies"):
        (folder / linked).symlink_to(ROOT / linked, target_is_directory=True)
    (folder / "stacks").mkdir()
    for name, config in stacks.items():
        write_stack(folder, name, config)
    return folder


def write_program(project: Path, text: str) -> None:
    """Let a project run a program of the test's own in the place of this checkout's."""
    program = project / "infra"
    program.unlink()
    program.mkdir()
    (program / "__main__.py").write_text(text, encoding="utf-8")


def with_engine(tag: str) -> str:
    """Return a program that is this checkout's, but for the tag of vLLM's image."""
    return f"""\
from infra.catalog import releases
from infra.config import running_spec
from infra.layers import build

lock = releases.read_lock()
image = lock.images["vllm"].model_copy(update={{"tag": "{tag}"}})
moved = lock.model_copy(update={{"images": {{**lock.images, "vllm": image}}}})
releases._lock = lambda: moved
build(running_spec())
"""


def write_stack(project: Path, name: str, config: Mapping[str, object]) -> None:
    """Write, or write again, a stack file of a project."""
    text = yaml.safe_dump({"config": dict(config)}, sort_keys=False)
    (project / "stacks" / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
