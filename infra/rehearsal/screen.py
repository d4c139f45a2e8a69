"""What a person sees while a rehearsal runs: one line a phase, and what is being worked on.

Owns the terminal, and the times of the phases. On a terminal the current work shows beside a
spinner; in a log each phase is one line.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from infra.rehearsal.engine import OperationResult, ResourceEvent

TITLE_WIDTH = 16


@dataclass
class Phase:
    """One phase of a rehearsal; whoever runs it says at its end what came of it."""

    outcome: str = ""
    """A few words, `41 created`."""


@dataclass
class Screen:
    """The terminal of one rehearsal. Also the ladder's `Progress`."""

    console: Console
    _status: Status | None = None
    _title: str = ""

    @contextmanager
    def phase(self, title: str) -> Generator[Phase]:
        """Show a phase while it runs, and one line with its time when it ends, however it ends."""
        phase = Phase()
        self._title = title
        started = time.monotonic()
        try:
            with self.console.status(title) as status:
                self._status = status
                yield phase
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            phase.outcome = "interrupted, stopping" if interrupted else "failed"
            raise
        finally:
            self._status = None
            seconds = time.monotonic() - started
            self.say(f"  {title:<{TITLE_WIDTH}} {phase.outcome}  [dim]{seconds:.1f} s[/dim]")

    def say(self, text: str) -> None:
        """Print a line; `text` may carry markup."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def resource(self, event: ResourceEvent) -> None:
        """Show which resource is being worked on."""
        self._now(f"{event.op} {event.name}")

    def started(self, family: str, text: str) -> None:
        """Say that a family of programs is being found, downloaded or built."""
        del family
        self.say(f"  [dim]installing {escape(text)}; the first time takes minutes[/dim]")

    def line(self, family: str, text: str) -> None:
        """Show the latest news of a family of programs."""
        self._now(f"{family}: {text}")

    def finished(self, family: str, text: str, seconds: float) -> None:
        """Say which rung a family of programs came from, if it took a while."""
        if seconds > 1:
            self.say(f"  [dim]{family} {escape(text)}, {seconds:.0f} s[/dim]")

    def _now(self, text: str) -> None:
        if self._status is not None:
            self._status.update(f"{self._title}: {escape(text)}")


def changes(result: OperationResult) -> str:
    """Return what an operation did, as the outcome of its phase."""
    done = ", ".join(f"{count} {op}" for op, count in sorted(result.changed.items()))
    return (done or "no change") + ("" if result.ok else ", [red]failed[/red]")
