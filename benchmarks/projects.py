"""Project folders to measure: the real program or its flat twin, for a stack of any size.

Owns the larger stack file, every pool and model of the original several times, and the folders
that the engine runs. Does not own the programs: the real one is reached by a link.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from benchmarks.flat import flat_program
from benchmarks.trace import trace_stack
from infra.graph.record import PROJECT_FOLDER
from infra.spec.stack_file import NAMESPACE

PROJECT_FILE = "Pulumi.yaml"
PROGRAM_KEY = "main"
STACKS_KEY = "stackConfigDir"
FLAT_FOLDER = "flat"
POOLS = f"{NAMESPACE}gpuPools"
MODELS = f"{NAMESPACE}models"
TENANTS = f"{NAMESPACE}tenants"


class NotMeasurableError(ValueError):
    """A stack that this benchmark cannot enlarge."""


def multiplied(config: Mapping[str, object], times: int) -> dict[str, object]:
    """Return a stack's settings with each pool and model `times` times, a model for each pool.

    Raises:
        NotMeasurableError: the stack file lists no pools or no models of its own.
    """
    if times == 1:
        return dict(config)
    pools, models = _listed(config, POOLS), _listed(config, MODELS)
    tenants = _listed(config, TENANTS) if TENANTS in config else []
    return {
        **config,
        TENANTS: [_using_copies(tenant, times) for tenant in tenants],
        POOLS: [_renamed(pool, i, "name") for i in range(times) for pool in pools],
        MODELS: [_renamed(model, i, "name", "pool") for i in range(times) for model in models],
    }


def write_real_project(folder: Path, stack: str, times: int) -> Path:
    """Make a project that runs the real program for a larger stack; return its folder."""
    project = yaml.safe_load((PROJECT_FOLDER / PROJECT_FILE).read_text(encoding="utf-8"))
    stack_file = Path(project[STACKS_KEY]) / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load((PROJECT_FOLDER / stack_file).read_text(encoding="utf-8"))
    content["config"] = multiplied(content["config"], times)
    _write(folder / PROJECT_FILE, yaml.safe_dump(project))
    _write(folder / stack_file, yaml.safe_dump(content))
    (folder / project[PROGRAM_KEY]).symlink_to(PROJECT_FOLDER / project[PROGRAM_KEY])
    return folder


def write_flat_project(folder: Path, stack: str, real: Path) -> Path:
    """Make a project that runs the flat twin of another project's program; return its folder.

    Raises:
        NotFlatError: the program uses something that the flat twin cannot say yet.
    """
    project = yaml.safe_load((real / PROJECT_FILE).read_text(encoding="utf-8"))
    stack_file = Path(project[STACKS_KEY]) / f"Pulumi.{stack}.yaml"
    _write(folder / PROJECT_FILE, yaml.safe_dump({**project, PROGRAM_KEY: FLAT_FOLDER}))
    _write(folder / stack_file, (real / stack_file).read_text(encoding="utf-8"))
    _write(folder / FLAT_FOLDER / "__main__.py", flat_program(trace_stack(stack, real)))
    return folder


def _listed(config: Mapping[str, object], key: str) -> list[dict[str, object]]:
    given = config.get(key)
    if isinstance(given, list) and given and all(isinstance(item, dict) for item in given):
        return given
    message = f"{key}: must be a list in the stack file itself to be enlarged, got {given!r}"
    raise NotMeasurableError(message)


def _renamed(item: Mapping[str, object], index: int, *keys: str) -> dict[str, object]:
    return {**item, **{key: f"{item[key]}-{index}" for key in keys}}


def _using_copies(tenant: Mapping[str, object], times: int) -> dict[str, object]:
    """Let a tenant use every copy of the models that it names."""
    named = tenant.get("models")
    if not isinstance(named, list):
        return dict(tenant)
    return {**tenant, "models": [f"{name}-{i}" for i in range(times) for name in named]}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
