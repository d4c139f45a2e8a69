"""One thing that is wrong with an expression."""

import difflib
from dataclasses import dataclass

ALIKE = 0.5
"""From this likeness on a name is worth showing for another, 0 to 1."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, and what may have been meant."""

    subject: str
    """The metric, or `metric{label}`."""
    text: str
    meant: str | None = None
    """What to write instead, where that is known."""
    wrong: str = ""
    """The name that does not exist."""
    among: frozenset[str] = frozenset()
    """The names that exist in its place."""

    @property
    def nearest(self) -> str | None:
        """What to write instead, or the name that looks most like the one that does not exist."""
        if self.meant is not None or not self.wrong:
            return self.meant
        found = difflib.get_close_matches(self.wrong, sorted(self.among), n=1, cutoff=ALIKE)
        return next(iter(found), None)

    def __str__(self) -> str:
        """Say all of it in a line."""
        hint = f"; nearest: {self.nearest}" if self.nearest else ""
        return f"{self.subject}: {self.text}{hint}"
