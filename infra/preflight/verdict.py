"""One row of a preflight: what is needed, what is there, and what follows.

Owns the forms, and how a refused question becomes a row: unknown, with the permission that is
missing. Does not own questions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from infra.cloud_error import CloudApiError
from infra.replies import UnexpectedReplyError

NO_ANSWER = (CloudApiError, UnexpectedReplyError)
"""What a question raises that was refused, not answered or not understood."""


class PreflightError(ValueError):
    """A preflight that nobody can answer: there are no credentials, or no such facts."""


class Verdict(StrEnum):
    """What is said of one row."""

    ENOUGH = "enough"
    SHORT = "short"
    """Something must be asked for, or mended."""
    UNKNOWN = "unknown"
    """Nobody answered. Never enough."""
    SIGNAL = "signal"
    """What the cloud says of its capacity at this moment: no promise, so neither of the others."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was looked at."""

    about: str
    """`quota`, `machine`, `capacity`, `API`, `version`, `image`, `permission`, `model`."""
    what: str
    need: str
    have: str
    verdict: Verdict
    steps: tuple[str, ...] = ()
    """What to do about it, a line each: why, what to ask for, where."""

    def said(self, have: str, verdict: Verdict, *steps: str) -> "Row":
        """Return the row with an answer, and what to do about it."""
        return replace(self, have=have, verdict=verdict, steps=steps)


def not_asked(about: str, what: str, need: str) -> Row:
    """Return a row that nobody has answered yet."""
    return Row(about=about, what=what, need=need, have="unknown", verdict=Verdict.UNKNOWN)


def asked(what: Row, ask: Callable[[], Iterable[Row]]) -> list[Row]:
    """Return the rows of a question; a question that is refused becomes `what`, unknown.

    Raises:
        PreflightError: there are no credentials: no other question would be answered either.
    """
    try:
        return list(ask())
    except NO_ANSWER as error:
        return [unknown(what, why_unknown(error))]


def unknown(row: Row, why: str) -> Row:
    """Return a row without an answer."""
    return row.said("unknown", Verdict.UNKNOWN, *row.steps, why)


def why_unknown(error: Exception) -> str:
    """Return why a question has no answer; a denied one names the permission that is missing.

    Raises:
        PreflightError: there are no credentials.
    """
    if not isinstance(error, CloudApiError):
        return f"not understood: {error}"
    if error.no_credentials:
        message = str(error)
        raise PreflightError(message) from error
    if error.denied:
        return f"denied: the caller lacks {error.permission or error.operation}"
    return f"no answer: {error}"
