"""Runbooks of alerts, read: their sections, and the commands that confirm an alert.

Under "How to confirm" stand two blocks: `promql`, what Prometheus is asked, and `sh`, what is run.
`$model` in them is the alert's label of that name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "runbooks"
SECTIONS = (
    "What it means",
    "What users see",
    "How to confirm",
    "How to mend",
    "In the rehearsal",
)
OF_NO_ALERT = {"interrupted-up.md", "restore-vectors.md"}
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LABEL = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Runbook:
    """One runbook."""

    title: str
    severity: str
    """The line below the title."""
    sections: dict[str, str]
    """Text by heading, in the order of the file."""

    @property
    def query(self) -> str:
        """What Prometheus is asked."""
        return self._block("promql")

    @property
    def commands(self) -> list[str]:
        """What is run in a shell."""
        return self._block("sh").splitlines()

    def _block(self, language: str) -> str:
        found = _BLOCK.findall(self.sections["How to confirm"])
        (text,) = (text for of, text in found if of == language)
        return text.strip()


def read(path: Path) -> Runbook:
    """Return a runbook."""
    head, *parts = path.read_text().split("\n## ")
    title, _, severity, *_ = head.split("\n")
    sections = {heading: text for heading, _, text in (part.partition("\n") for part in parts)}
    return Runbook(title.removeprefix("# "), severity, sections)


def labels_in(text: str) -> set[str]:
    """Return the labels that a query or a command names."""
    return set(_LABEL.findall(text))


def filled(text: str, labels: Mapping[str, str]) -> str:
    """Return a query or a command with the labels of an alert put in."""
    return _LABEL.sub(lambda found: labels[found[1]], text)
