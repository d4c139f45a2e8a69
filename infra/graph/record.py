"""Records the graph of a stack: the real program, `infra/__main__.py`, without an engine.

Owns running it as the language host does: working directory and `sys.path[0]` are the program's
folder, configuration is what the engine would hand over for `stacks/Pulumi.<stack>.yaml`. A stack
that extends another one reads that one's outputs: it is recorded first.
Does not own what the configuration means; that is `infra.config` and `infra.spec`.
"""

import json
import os
import runpy
from collections.abc import Generator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.graph.model import Graph
from infra.graph.recorder import ORGANIZATION, environment, record_program
from infra.graph.values import SECRET_TEXT
from infra.spec.files import read_stack_file
from infra.unresolved import ALLOW as ALLOW_UNRESOLVED
from infra.wire import Properties

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """What `Pulumi.yaml` says."""

    name: str
    folder: Path
    program: Path
    """Folder of the program, `main`."""
    stacks: Path
    """Folder of the stack files, `stackConfigDir`."""
    config: Mapping[str, object]
    """Values and defaults for every stack, by full key."""


def record_stack(
    stack: str, *, config: Mapping[str, str] | None = None, folder: Path = PROJECT_FOLDER
) -> Graph:
    """Run the program for a stack and return everything that it declares.

    Args:
        stack: name of a stack file.
        config: values that replace those of the stack file, in the engine's form (objects as JSON).
        folder: the project's folder, where `Pulumi.yaml` lies.

    Raises:
        SpecError: there is no such stack file, or it has mistakes.
        GraphError: the program broke rules of `infra.graph.strict`.
        ValueError: stacks extend each other in a circle.
    """
    return _record(stack, config or {}, project_file(folder), ())


def project_file(folder: Path = PROJECT_FOLDER) -> ProjectFile:
    """Read `Pulumi.yaml`."""
    content = yaml.safe_load((folder / "Pulumi.yaml").read_text(encoding="utf-8"))
    name = content["name"]
    return ProjectFile(
        name=name,
        folder=folder,
        program=folder / content.get("main", "."),
        stacks=folder / content.get("stackConfigDir", "."),
        config={
            _full_key(key, name): _declared(value)
            for key, value in (content.get("config") or {}).items()
            if _declared(value) is not None
        },
    )


def stack_config(stack: str, project: ProjectFile) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return a stack's configuration as the engine hands it over, and the keys that are secret."""
    values = dict(project.config)
    for key, value in read_stack_file(stack, project.stacks).items():
        values[_full_key(key, project.name)] = value
    texts = {key: _text(_decrypted(value)) for key, value in values.items()}
    secrets = tuple(key for key, value in values.items() if value != _decrypted(value))
    return texts, secrets


def _record(
    stack: str, overrides: Mapping[str, str], project: ProjectFile, waiting: tuple[str, ...]
) -> Graph:
    if stack in waiting:
        circle = " → ".join((*waiting, stack))
        message = f"extends: stacks must not extend each other in a circle, got {circle}"
        raise ValueError(message)
    config, secrets = stack_config(stack, project)
    config |= {_full_key(key, project.name): value for key, value in overrides.items()}
    references = _base_outputs(config.get(f"{project.name}:extends"), project, (*waiting, stack))
    with _as_the_language_host(project, config, secrets):
        return record_program(
            lambda: runpy.run_path(str(project.program), run_name="__main__"),
            stack=stack,
            project=project.name,
            config=config,
            secret_keys=secrets,
            references=references,
            folder=os.fspath(project.folder),
        )


def _base_outputs(
    base: str | None, project: ProjectFile, waiting: tuple[str, ...]
) -> dict[str, Properties]:
    if base is None:
        return {}
    recorded = _record(base, {}, project, waiting)
    return {f"{ORGANIZATION}/{project.name}/{base}": recorded.outputs}


@contextmanager
def _as_the_language_host(
    project: ProjectFile, config: Mapping[str, str], secrets: tuple[str, ...]
) -> Generator[None]:
    """Set working directory and environment; `runpy` itself puts a folder first in `sys.path`."""
    variables = {
        "PULUMI_CONFIG": json.dumps(dict(config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(secrets),
        "PWD": os.fspath(project.program),
        ALLOW_UNRESOLVED: "1",  # nothing is changed by a recording
    }
    with environment(variables), chdir(project.program):
        yield


def _full_key(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _declared(value: object) -> object:
    """Return the value or default of an entry of `Pulumi.yaml`, which may be a schema."""
    if isinstance(value, Mapping):
        return value.get("value", value.get("default"))
    return value


def _decrypted(value: object) -> object:
    """Replace `{secure: ciphertext}` by a marker, wherever it stands; nothing is decrypted."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:
            return SECRET_TEXT
        return {key: _decrypted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decrypted(item) for item in value]
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
