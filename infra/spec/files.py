"""Stack files on disk: read with line numbers, loaded into a spec.

Owns where stack files lie and how YAML is read. Repeated keys are mistakes here, because YAML
readers take the last one in silence.
"""

from pathlib import Path as FilePath

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from infra.spec.loader import load_stack
from infra.spec.mistakes import Mistake, Path, SpecError
from infra.spec.stack import StackSpec
from infra.spec.stack_file import NAMESPACE, StackFile
from infra.spec.suggest import did_you_mean

STACKS_FOLDER = FilePath(__file__).resolve().parents[2] / "stacks"
"""`stackConfigDir` of Pulumi.yaml."""


def load_stack_file(name: str, folder: FilePath = STACKS_FOLDER) -> StackSpec:
    """Return the effective spec of a stack file.

    Raises:
        SpecError: The file, or the stack that it extends, has mistakes; it carries all of them.
    """
    return load_stack(
        name, read_stack_file(name, folder), lambda base: read_stack_file(base, folder)
    )


def stack_names(folder: FilePath = STACKS_FOLDER) -> tuple[str, ...]:
    """Return the names of all stack files."""
    files = sorted(folder.glob("Pulumi.*.yaml"))
    return tuple(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def read_stack_file(name: str, folder: FilePath = STACKS_FOLDER) -> StackFile:
    """Return the settings of a stack file and their lines.

    Raises:
        SpecError: There is no such file, or it is not YAML, or it has no `config:`.
    """
    return parse_stack_file(name, stack_text(name, folder))


def stack_path(name: str, folder: FilePath = STACKS_FOLDER) -> FilePath:
    """Return where a stack file lies, or would."""
    return folder / f"Pulumi.{name}.yaml"


def stack_text(name: str, folder: FilePath = STACKS_FOLDER) -> str:
    """Return a stack file as it is, its line endings included.

    Raises:
        SpecError: There is no such file, or it is not text.
    """
    file = stack_path(name, folder)
    if not file.is_file():
        raise SpecError(name, [_no_such_file(name, _shown(name), folder)])
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(name, [_not_text(_shown(name), error)]) from error


def parse_stack_file(name: str, content: str) -> StackFile:
    """Return the settings of the text of a stack file, and their lines.

    Raises:
        SpecError: It is not YAML, or it has no `config:`.
    """
    shown_name = _shown(name)
    reader = _Reader(shown_name)
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
        config = _config_of(root)
        values = reader.mapping(config, ()) if config else None
    except yaml.YAMLError as error:
        raise SpecError(name, [_not_yaml(shown_name, error)]) from error
    if values is None:
        raise SpecError(name, [_no_config(shown_name, root)])
    if reader.mistakes:
        raise SpecError(name, reader.mistakes)
    return StackFile(shown_name, values, reader.lines)


def _shown(name: str) -> str:
    return f"stacks/Pulumi.{name}.yaml"


class _Reader:
    """Builds plain values out of YAML nodes and keeps their lines."""

    def __init__(self, file: str) -> None:
        self.lines: dict[Path, int] = {}
        self.mistakes: list[Mistake] = []
        self._file = file
        # Only its pure construction of scalars is used; the document was composed before.
        self._scalars = yaml.SafeLoader("")

    def value(self, node: Node, path: Path) -> object:
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalars.construct_object(node)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = _key(key_node)
            inner = (*path, key.removeprefix(NAMESPACE) if not path else key)
            line = key_node.start_mark.line + 1
            if key in values:
                self.mistakes.append(self._repeated(inner, line))
            self.lines[inner] = line
            values[key] = self.value(value_node, inner)
        return values

    def _item(self, node: Node, path: Path) -> object:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _repeated(self, path: Path, line: int) -> Mistake:
        return Mistake(
            setting=".".join(map(str, path)),
            problem="is written twice",
            got=f"lines {self.lines[path]} and {line}",
            allowed="each setting once",
            next_step="keep one of the two; YAML would take the last in silence",
            where=f"{self._file}:{line}",
        )


def _key(node: Node) -> str:
    # The text as written: YAML 1.1 would make `on:` a boolean.
    return str(node.value) if isinstance(node, ScalarNode) else yaml.serialize(node).strip()


def _config_of(root: Node | None) -> MappingNode | None:
    if not isinstance(root, MappingNode):
        return None
    for key, value in root.value:
        if _key(key) == "config" and isinstance(value, MappingNode):
            return value
    return None


def _no_such_file(name: str, file: str, folder: FilePath) -> Mistake:
    names = stack_names(folder)
    return Mistake(
        setting="stack",
        problem=f"there is no {file}",
        got=name,
        allowed=f"one of: {', '.join(names)}" if names else "a stack file in stacks/",
        next_step=did_you_mean(name, names, f"write {file}; stacks/README.md says how"),
    )


def _not_text(file: str, error: UnicodeDecodeError) -> Mistake:
    return Mistake(
        setting="stack file",
        problem="is not text in UTF-8",
        got=f"byte {error.object[error.start]:#04x} at {error.start}",
        allowed="UTF-8",
        next_step="save the file as UTF-8",
        where=file,
    )


def _not_yaml(file: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    return Mistake(
        setting="stack file",
        problem="is not YAML",
        got=str(getattr(error, "problem", None) or error).strip(),
        allowed="YAML, indented with spaces",
        next_step="mend the line; a value with `: ` or a leading `*`, `&` or `@` needs quotes",
        where=f"{file}:{mark.line + 1}" if mark else file,
    )


def _no_config(file: str, root: Node | None) -> Mistake:
    return Mistake(
        setting="config",
        problem="is missing",
        got="an empty file" if root is None else "a file without settings under `config:`",
        allowed="a mapping of `tokenworks:` settings",
        next_step="write the settings under `config:`, as stacks/Pulumi.aws-dev.yaml does",
        where=file,
    )
