"""The hand that changes things, or only says what it would change.

Owns the words of a run and its count of changes. Every change goes through here, so that a dry run
is the same code and makes none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from infra.wire import Properties


class BootstrapError(ValueError):
    """A bootstrap that cannot go on: something there is somebody else's."""


@dataclass
class Hand:
    """One run."""

    say: Callable[[str], None]
    dry_run: bool = False
    changes: list[str] = field(default_factory=list)
    """What was changed, or would be."""

    def change(self, what: str, call: Callable[[], Properties], planned: Properties) -> Properties:
        """Change one thing, and say so; in a dry run only say it.

        Args:
            what: the change, as "create bucket x".
            call: what makes it.
            planned: what a dry run goes on with in place of the reply.

        Raises:
            CloudApiError: the cloud refuses.
        """
        if self.dry_run:
            self.say(f"would {what}")
            self.changes.append(what)
            return planned
        reply = call()
        self.say(what)
        self.changes.append(what)
        return reply

    def fine(self, what: str) -> None:
        """Say that something is as it should be."""
        self.say(f"is there: {what}")
