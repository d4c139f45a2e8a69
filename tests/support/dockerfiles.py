"""Dockerfiles, read as far as the tests ask: stages and their instructions.

Owns the reading. Does not own what is right about them, nor a full grammar: hadolint has one.
"""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILES = {path.parent.name: path for path in sorted(ROOT.glob("images/*/Dockerfile"))}
"""Name of an image, which is that of its folder, to its Dockerfile."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `COPY`, and what follows it, on one line."""

    word: str
    rest: str

    @property
    def listed(self) -> list[str]:
        """The words of a JSON array, the form of a command that needs no shell."""
        return json.loads(self.rest[self.rest.index("[") :])

    @property
    def words(self) -> list[str]:
        """The words, without the options in front."""
        return [word for word in shlex.split(self.rest) if not word.startswith("--")]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it builds on, and its instructions."""

    base: str
    name: str
    instructions: list[Instruction]

    def all(self, word: str) -> list[Instruction]:
        return [one for one in self.instructions if one.word == word]

    def last(self, word: str) -> Instruction:
        return self.all(word)[-1]

    @property
    def environment(self) -> dict[str, str]:
        pairs = (word.split("=", 1) for one in self.all("ENV") for word in one.words)
        return {name: value for name, value in pairs}  # noqa: C416  says what is in it


def stages(path: Path) -> list[Stage]:
    """Return the stages of a Dockerfile."""
    found: list[Stage] = []
    for one in _instructions(path.read_text(encoding="utf-8")):
        if one.word == "FROM":
            base, *name = one.words
            found.append(Stage(base, name[1] if name else "", []))
        elif found:  # an ARG before the first stage belongs to none
            found[-1].instructions.append(one)
    return found


def bases(path: Path) -> list[str]:
    """Return the images that a Dockerfile builds on, stages of its own left aside."""
    own = {stage.name for stage in stages(path) if stage.name}
    return [stage.base for stage in stages(path) if stage.base not in own]


def copied(path: Path) -> set[str]:
    """Return what a Dockerfile copies out of the checkout."""
    return {
        word
        for stage in stages(path)
        for one in stage.all("COPY")
        if "--from" not in one.rest
        for word in one.words[:-1]
    }


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        Instruction(word.upper(), rest.strip())
        for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]
