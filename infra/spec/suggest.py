"""Did you mean: the nearest known name to a mistyped one."""

from collections.abc import Iterable
from difflib import get_close_matches

_NEAR = 0.6


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to the word, or None when none is near."""
    by_folded = {_folded(name): name for name in known}
    found = get_close_matches(_folded(word), by_folded, n=1, cutoff=_NEAR)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a next step: the nearest known name, or what to do when none is near."""
    near = closest(word, known)
    return f"did you mean {near}?" if near else otherwise


def _folded(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")
