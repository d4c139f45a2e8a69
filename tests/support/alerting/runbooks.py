"""Runbooks of alerts as their tests read them: which there are, and the sections of each.

What confirms an alert is read by `infra.doctor.runbooks`, as `tokenworks doctor` does.
"""

from dataclasses import dataclass
from pathlib import Path

from infra.doctor.runbooks import LABEL

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


@dataclass(frozen=True)
class Page:
    """One runbook, whole."""

    title: str
    severity: str
    """The line below the title."""
    sections: dict[str, str]
    """Text by heading, in the order of the file."""


def page(path: Path) -> Page:
    """Return a runbook."""
    head, *parts = path.read_text().split("\n## ")
    title, _, severity, *_ = head.split("\n")
    sections = {heading: text for heading, _, text in (part.partition("\n") for part in parts)}
    return Page(title.removeprefix("# "), severity, sections)


def labels_in(text: str) -> set[str]:
    """Return the labels that a query or a command names."""
    return set(LABEL.findall(text))
