"""What the program that the engine runs is made of, found in its source without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = "infra.__main__"
OURS = ("infra", "components")


@cache
def program_modules() -> dict[str, Path]:
    """Return every module of ours that the program can load, whatever a stack says."""
    found: dict[str, Path] = {}
    waiting = [MAIN]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += [part for one in _imports(path) for part in _with_parents(one)]
    return found


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def said_strings(path: Path) -> Iterator[str]:
    """Yield every text constant of a module that is no docstring."""
    tree = tree_of(path)
    explained = {
        id(statement.value)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_said = isinstance(node, ast.Constant) and id(node) not in explained
        if is_said and isinstance(node.value, str):
            yield node.value


def environment_reads(path: Path) -> Iterator[str]:
    """Yield the variables of the environment that a module reads or writes.

    A name that stands in a constant of the module is resolved; `?` where it is not to be seen.
    """
    tree = tree_of(path)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not _is_environment(node):
            continue
        asked = _asked(node, parents)
        if isinstance(asked, ast.Name):
            yield str(constants.get(asked.id, "?"))
        else:
            yield str(asked.value) if isinstance(asked, ast.Constant) else "?"


def _is_environment(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else ""
    name = node.id if isinstance(node, ast.Name) else name
    return name in ("environ", "environb", "getenv", "putenv")


def _asked(node: ast.AST, parents: dict[int, ast.AST]) -> ast.expr | None:
    """Return what is asked: `environ.get(X)`, `getenv(X)`, `environ[X]`."""
    parent = parents[id(node)]
    if isinstance(parent, ast.Subscript):
        return parent.slice
    if isinstance(parent, ast.Attribute):
        parent = parents[id(parent)]
    return parent.args[0] if isinstance(parent, ast.Call) and parent.args else None


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _file(name: str) -> Path | None:
    if name.partition(".")[0] not in OURS:
        return None
    place = ROOT.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)
