"""What an account answered: rows for a person, facts for a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.preflight.facts import Facts
from infra.preflight.verdict import Row


@dataclass(frozen=True)
class Survey:
    """Everything that a preflight asked of an account or project."""

    facts: Facts
    account: str
    """Number of the account or id of the project; empty where nobody tells it."""
    rows: Sequence[Row]
