"""What the ladder yields."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Rung(StrEnum):
    """How a program was got."""

    ON_PATH = "on PATH"
    """It was there, in a version that fits."""
    RELEASE = "official release"
    """Downloaded; its SHA-256 is in the publisher's own checksum list, fetched beside it."""
    SOURCE = "built from source"
    """`go build` from the pinned `go.mod`, its modules checked against `go.sum`."""


class RungRefusedError(ValueError):
    """This rung does not give the programs; the message says why."""


@dataclass(frozen=True)
class Installed:
    """One program that can be run."""

    name: str
    path: Path
    """Absolute."""
    version: str
    """As the program itself told it, `3.259.0`."""
    rung: Rung


@dataclass(frozen=True)
class Programs:
    """Every program of a rehearsal, by name."""

    by_name: Mapping[str, Installed]

    def path(self, name: str) -> Path:
        """Return the absolute path of a program that the catalogue names."""
        return self.by_name[name].path
