"""What can come of a question about one row of the lock file."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Resolved:
    """The registry, repository or cloud said it."""

    value: str
    """`sha256:…`, or the version of an add-on."""
    source: str
    """Who said it, without spaces at its ends."""


@dataclass(frozen=True)
class Unresolved:
    """Nobody said it: never taken for anything."""

    reason: str


Answer: TypeAlias = Resolved | Unresolved
