"""Who the rehearsal's user is in the simulated project: a marker token that is worth nothing.

Owns: the token and whose it is, and the tokens of everybody else in the project.
Does not own: what an owner may do (`api/iam`), or how tokens are read (`tokens.py`).
"""

from dataclasses import dataclass, field

from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.tokens import Tokens

DIGITS = 64


@dataclass(frozen=True)
class Owner:
    """The account that made the project, as `gcloud auth list` would name it."""

    email: str
    tokens: Tokens = field(repr=False)
    """Of the project."""

    @property
    def token(self) -> str:
        """The owner's own."""
        return self.tokens.issue(self.email)

    @property
    def member(self) -> str:
        """How policies name it."""
        return f"user:{self.email}"


def owner(project: Project, journal: Journal | None) -> Owner:
    """Return the owner; with a journal it has the same token at every start."""
    if journal is None:
        digits = project.chance.new_hex(DIGITS)
    else:
        with project.chance.aside(f"{journal.seed}:token"):
            digits = project.chance.new_hex(DIGITS)
    return Owner(f"rehearsal@{project.project}.example.com", Tokens(digits))
