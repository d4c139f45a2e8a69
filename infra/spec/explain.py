"""Every effective value of a stack, and where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from infra.spec.effective import Origins
from infra.spec.files import STACKS_FOLDER, read_stack_file
from infra.spec.loader import Loaded, ReadBase, load
from infra.spec.mistakes import Path


@dataclass(frozen=True)
class Explained:
    """One effective setting."""

    setting: str
    """The setting, `gpuPools[l4].machineType`."""
    value: object
    """Its value: a scalar, a list of scalars, or None where there is none."""
    origin: str
    """Where the value was written, or what it follows from."""


def explain_stack(name: str, folder: FilePath = STACKS_FOLDER) -> list[Explained]:
    """Return every effective setting of a stack file.

    Raises:
        SpecError: The stack has mistakes; it carries all of them.
    """
    config = read_stack_file(name, folder)
    return explain(name, config, lambda base: read_stack_file(base, folder))


def explain(name: str, config: Mapping[str, object], read_base: ReadBase) -> list[Explained]:
    """Return every effective setting of a stack, in the order of a stack file.

    Raises:
        SpecError: The stack has mistakes; it carries all of them.
    """
    loaded = load(name, config, read_base)
    return list(_explained(loaded))


def _explained(loaded: Loaded) -> Iterator[Explained]:
    values = loaded.spec.model_dump(mode="json", by_alias=True, exclude={"name"})
    if not loaded.spec.extends:
        values.pop("extends")
    for path, setting, value in _leaves(values, (), ""):
        yield Explained(setting, value, _origin(loaded.origins, path))


def _leaves(value: object, path: Path, setting: str) -> Iterator[tuple[Path, str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), f"{setting}.{key}" if setting else key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), f"{setting}[{item['name']}]")
    else:
        yield path, setting, value


def _origin(origins: Origins, path: Path) -> str:
    # A whole group may have one origin: an absent `spot` is a default as a whole.
    return next(origins[path[:end]] for end in range(len(path), 0, -1) if path[:end] in origins)
