"""Records the stacks of both trees, each by its own code: offline, at the same time.

Owns which stacks a change can touch, the processes, and what a program that fails says. A process
for each cloud loads the SDK once (most of the time goes there: some 5 s, 2026-11) and forks.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.graph.model import Graph
from infra.graph.record import project_file
from infra.review.dump import graph_of
from infra.review.trees import ReviewError, Trees
from infra.spec.files import read_stack_file, stack_names
from infra.spec.mistakes import SpecError

TIMEOUT_SECONDS = 300
_RECORDER = Path(__file__).parent / "recorder.py"
_EXTENDS = "tokenworks:extends"
_CLOUD = "tokenworks:cloud"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One stack in both trees. A side is None where the tree has no such stack."""

    stack: str
    cloud: str
    base: Graph | None
    head: Graph | None
    mistakes: str = ""
    """What the present stack file has wrong; then there is no `head`."""


def record(trees: Trees) -> tuple[tuple[Recording, ...], tuple[str, ...]]:
    """Return the stacks that the change can touch, and the names of those that it cannot.

    Raises:
        ReviewError: a program of the base failed, or a present one for another reason than
            mistakes in its stack file.
    """
    touched, untouched = _touched(trees)
    with TemporaryDirectory(prefix="tokenworks-graphs-") as folder:
        Path(folder).chmod(0o700)  # graphs hold what their programs call secret
        answers = _answers(trees, touched, Path(folder))
    return tuple(_recordings(touched, answers)), untouched


def _touched(trees: Trees) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """Return for each side the stacks to record with their cloud, and the names of the others.

    Stacks on one cluster go together: a model of one decides how many nodes the other has.
    """
    sides = {"base": _stacks(trees.base), "head": _stacks(trees.head)}
    if not sides["head"] and not sides["base"]:
        raise ReviewError(["stacks: must be there in one of both trees, got none"])
    names = sorted(sides["base"].keys() | sides["head"].keys())
    changed = {
        grounds[name].ground
        for grounds in sides.values()
        for name in grounds
        if trees.code_changed or f"{trees.stacks}/Pulumi.{name}.yaml" in trees.changed
    }
    touched = {
        side: {name: one.cloud for name, one in stacks.items() if one.ground in changed}
        for side, stacks in sides.items()
    }
    chosen = touched["base"].keys() | touched["head"].keys()
    return touched, tuple(name for name in names if name not in chosen)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a stack stands on."""

    cloud: str
    ground: str
    """The stack at the bottom of what it extends; itself where it extends none."""


def _stacks(tree: Path) -> dict[str, _Ground]:
    """Return the stacks of a tree with their grounds."""
    folder = project_file(tree).stacks if (tree / "Pulumi.yaml").is_file() else tree / "stacks"
    return {name: _ground(name, folder, ()) for name in stack_names(folder)}


def _ground(name: str, folder: Path, seen: tuple[str, ...]) -> _Ground:
    try:
        values = read_stack_file(name, folder)
    except SpecError:
        return _Ground("aws", name)  # recording it says what is wrong
    base, cloud = values.get(_EXTENDS), values.get(_CLOUD)
    if isinstance(base, str) and base not in seen:
        return _ground(base, folder, (*seen, name))
    provider = cloud.get("provider") if isinstance(cloud, Mapping) else None
    return _Ground("gcp" if provider == "gcp" else "aws", name)


def _answers(
    trees: Trees, touched: Mapping[str, Mapping[str, str]], folder: Path
) -> dict[tuple[str, str], Mapping[str, object]]:
    files: dict[tuple[str, str], Path] = {}
    running = []
    for cloud in ("aws", "gcp"):
        order = []
        for side, tree in (("base", trees.base), ("head", trees.head)):
            stacks = [name for name, of in touched[side].items() if of == cloud]
            if not stacks:
                continue
            for name in stacks:
                files[side, name] = folder / f"{side}-{name}.json"
            order.append({"folder": str(tree), "stacks": {n: str(files[side, n]) for n in stacks}})
        if order:
            running.append(_start(cloud, order, folder))
    for process, log in running:
        if process.wait(timeout=TIMEOUT_SECONDS) != 0:
            raise ReviewError([f"recording: ended early; {_end_of(log)}"])
    return {key: json.loads(file.read_text(encoding="utf-8")) for key, file in files.items()}


def _start(
    cloud: str, trees: Sequence[Mapping[str, object]], folder: Path
) -> tuple[subprocess.Popen[str], Path]:
    log = folder / f"{cloud}.log"
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(  # noqa: S603 - this Python, our own file
            [sys.executable, "-P", "-W", "ignore", str(_RECORDER)],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=sink,
            text=True,
            env=_environment(),
        )
    if process.stdin is not None:
        with process.stdin as pipe:
            json.dump({"clouds": [cloud], "trees": trees}, pipe)
    return process, log


def _environment() -> dict[str, str]:
    """Return our environment, with bytecode kept: compiling the SDKs anew takes 10 s (2026-11)."""
    return {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _recordings(
    touched: Mapping[str, Mapping[str, str]],
    answers: Mapping[tuple[str, str], Mapping[str, object]],
) -> list[Recording]:
    problems = []
    found = []
    for name in sorted(touched["base"].keys() | touched["head"].keys()):
        graphs: dict[str, Graph | None] = {"base": None, "head": None}
        mistakes = ""
        for side in graphs:
            answer = answers.get((side, name))
            error = answer.get("error") if answer else None
            if isinstance(error, Mapping):
                if side == "head" and error["is_mistake"]:
                    mistakes = str(error["text"])
                else:
                    problems.append(_failed(side, name, error))
            elif answer:
                graphs[side] = graph_of(answer["graph"])
        cloud = touched["head"].get(name) or touched["base"][name]
        found.append(Recording(stack=name, cloud=cloud, mistakes=mistakes, **graphs))
    if problems:
        raise ReviewError(problems)
    return found


def _failed(side: str, name: str, error: Mapping[str, object]) -> str:
    tree = "the base's" if side == "base" else "the present"
    text = str(error["text"] if error["is_mistake"] else error["where"])
    return f"{name}: {tree} program must run, got:\n" + "\n".join(
        f"  {line}" for line in text.splitlines()
    )
