"""Reads the words of a `config.json`, and keeps every mistake until the end.

Owns types, bounds and names of words. Does not own what they mean (`hf_config`).
"""

from collections.abc import Mapping

from infra.spec.mistakes import Mistake, shown

MOST = {
    # Far above every open model of 2026-11, and low enough that all products stay exact and finite.
    "sizes": 1 << 20,
    "vocabulary": 1 << 24,
    "layers": 4096,
    "heads": 4096,
    "experts": 8192,
    "tokens": 1 << 31,
}


class Words:
    """One section of a config; sections of one file share their list of mistakes."""

    def __init__(
        self, section: Mapping[str, object], path: str = "", found: list[Mistake] | None = None
    ) -> None:
        """Take a section and what it is called; the file itself has no name."""
        self._section = section
        self._path = path
        self.mistakes: list[Mistake] = [] if found is None else found

    def has(self, *names: str) -> bool:
        """Return whether the section says any of the words; null says nothing."""
        return any(self._section.get(name) is not None for name in names)

    def value(self, name: str) -> object:
        """Return a word as it stands, or None."""
        return self._section.get(name)

    def section(self, *names: str) -> "Words | None":
        """Return the first inner section of those names that is there."""
        for name in names:
            inner = self._section.get(name)
            if isinstance(inner, Mapping):
                return Words({str(key): value for key, value in inner.items()}, name, self.mistakes)
            if inner is not None:
                self.add(name, "is not a section", inner, "an object", "copy the file again")
        return None

    def number(
        self, *names: str, kind: str = "sizes", default: int | None = None, least: int = 1
    ) -> int:
        """Return a whole number by the first of its names that is there.

        A word that is missing without a default, of another type or out of bounds is a mistake;
        the answer is then 1, so that reading goes on.
        """
        name = next((name for name in names if self.has(name)), None)
        if name is None:
            if default is None:
                wanted = " or ".join(names)
                self.add(wanted, "is missing", None, "a whole number", "copy the whole file")
                return least or 1
            return default
        value = self._section[name]
        most = MOST[kind]
        whole = isinstance(value, int | float) and not isinstance(value, bool)
        if not whole or value != value or not least <= value <= most or int(value) != value:  # noqa: PLR0124 - NaN
            allowed = f"a whole number from {least} to {most}"
            self.add(name, "is not usable", value, allowed, "copy the file again from the hub")
            return max(least, 1) if default is None else default
        return int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._section.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.add(name, "is not usable", value, "true or false", "copy the file again")
            return default
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a word that is text."""
        value = self._section.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.add(name, "is not usable", value, "text", "copy the file again from the hub")
            return default
        return value

    def items(self, name: str) -> "list[object] | None":
        """Return a list, or None where there is none."""
        value = self._section.get(name)
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            self.add(name, "is not usable", value, "a list", "copy the file again from the hub")
            return None
        return list(value)

    def add(self, name: str, problem: str, got: object, allowed: str, next_step: str) -> None:
        """Add a mistake."""
        setting = f"{self._path}.{name}" if self._path else name
        self.mistakes.append(
            Mistake(
                setting=setting,
                problem=problem,
                got=_short(got),
                allowed=allowed,
                next_step=next_step,
            )
        )


def _short(value: object) -> str:
    text = shown(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line
