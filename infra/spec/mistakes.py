"""Mistakes of a stack file: what a person is told, all at once.

Owns the form of a mistake and how a list of them reads. Does not own finding them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"
"""Place of a setting in a stack file: `("gpuPools", 0, "spot", "max")`."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is wrong, in five parts."""

    setting: str
    """The setting, `gpuPools[l4].spot.max`."""
    problem: str
    """What is wrong with it."""
    got: str
    """The value that was found."""
    allowed: str
    """What would be right."""
    next_step: str
    """What to do about it."""
    where: str = ""
    """File and line, where they are known."""

    def __str__(self) -> str:
        """Return the mistake as lines of text."""
        place = f"  ({self.where})" if self.where else ""
        return "\n".join(
            (
                f"{self.setting}: {self.problem}{place}",
                f"  got:     {self.got}",
                f"  allowed: {self.allowed}",
                f"  next:    {self.next_step}",
            )
        )


class MistakesError(ValueError):
    """What was asked cannot be answered. Carries every mistake."""

    def __init__(self, subject: str, mistakes: Sequence[Mistake]) -> None:
        """Take what was asked about, and what is wrong: at least one."""
        self.mistakes = tuple(mistakes)
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n\n".join((f"{subject}: {count}", *map(str, mistakes))))


class SpecError(ValueError):
    """A stack file with mistakes. Carries every one of them."""

    def __init__(self, stack: str, mistakes: Sequence[Mistake], text: str = "") -> None:
        """Take the stack's name and its mistakes, at least one; `text` is rendered from both."""
        self.stack = stack
        self.mistakes = tuple(mistakes)
        super().__init__(text or render(stack, self.mistakes))

    @classmethod
    def of_all(cls, errors: Sequence["SpecError"]) -> "SpecError":
        """Return the mistakes of several stacks as one error; a mistake of a base counts once."""
        mistakes = dict.fromkeys(mistake for error in errors for mistake in error.mistakes)
        stacks = ", ".join(error.stack for error in errors)
        text = "\n\n".join(dict.fromkeys(map(str, errors)))
        return cls(stacks, tuple(mistakes), text)


def render(stack: str, mistakes: Sequence[Mistake]) -> str:
    """Return a report of all mistakes as plain text, one paragraph each."""
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return "\n\n".join((f"stack {stack}: {count}", *map(str, mistakes)))


def is_secret(value: object) -> bool:
    """Return whether a value is an encrypted one: `{secure: ...}`."""
    return isinstance(value, Mapping) and set(value) == {"secure"}


def shown(value: object) -> str:
    """Return a value as it would be written in a stack file; a secret is not shown."""
    if is_secret(value):
        return "[secret]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else _shown_plain(value)


def _shown_plain(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
