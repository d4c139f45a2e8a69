"""A stack's configuration that remembers the file and the line of each setting."""

from collections.abc import Iterator, Mapping

from infra.spec.mistakes import Path

NAMESPACE = "tokenworks:"
"""Prefix of our keys under `config:`. Keys of other namespaces belong to Pulumi's providers."""


class StackFile(Mapping[str, object]):
    """The `config:` of one stack file, with keys as written (`tokenworks:cloud`)."""

    def __init__(
        self, file: str, config: Mapping[str, object], lines: Mapping[Path, int] | None = None
    ) -> None:
        """Take the file's name as a reader knows it, its settings, and their lines."""
        self.file = file
        self._config = config
        self._lines = lines or {}

    def __getitem__(self, key: str) -> object:
        """Return the value of a key."""
        return self._config[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._config)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._config)

    def place(self, path: Path) -> str:
        """Return `file:line` of a setting, or of the nearest thing around it that has a line."""
        for end in range(len(path), 0, -1):
            if line := self._lines.get(path[:end]):
                return f"{self.file}:{line}"
        return self.file
