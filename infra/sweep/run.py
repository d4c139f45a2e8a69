"""Sweep: look at every stack of a backend, and take away those whose day has come.

Owns the order: every stack is judged before the first one goes, and once more right before it goes,
as somebody may have prolonged it. Does not own the verdict (`judge`) nor the engine (`backend`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from infra.sweep.judge import Judged, Verdict, judge
from infra.wire import Properties


class BackendError(ValueError):
    """The backend does not answer, or refuses; the message says what."""


class Backend(Protocol):
    """Where stacks are kept."""

    def stacks(self) -> Sequence[str]:
        """Return the names of all stacks of the project.

        Raises:
            BackendError: it does not answer.
        """
        ...

    def state(self, stack: str) -> Properties:
        """Return the state of a stack, as `pulumi stack export` gives it.

        Raises:
            BackendError: it does not answer.
        """
        ...

    def remove(self, stack: str) -> None:
        """Destroy all that is in a stack, then the stack.

        Raises:
            BackendError: something stayed.
        """
        ...


@dataclass(frozen=True)
class Swept:
    """What became of one stack."""

    judged: Judged
    removed: bool = False
    error: str = ""

    @property
    def line(self) -> str:
        """One line for a reader."""
        said = self.judged.line
        if self.error:
            return f"{said}; not removed: {self.error}"
        return f"{said}; removed" if self.removed else said


def sweep(backend: Backend, today: date, *, apply: bool) -> Iterator[Swept]:
    """Judge every stack, and with `apply` remove the expired ones.

    A state that cannot be read is refused, and the others go on.

    Raises:
        BackendError: the backend does not even say which stacks there are.
    """
    judged = [_judged(backend, name, today) for name in backend.stacks()]
    for one in judged:
        if not apply or one.verdict is not Verdict.EXPIRED:
            yield Swept(one)
            continue
        again = _judged(backend, one.stack, today)
        if again.verdict is not Verdict.EXPIRED:
            yield Swept(again)
            continue
        try:
            backend.remove(one.stack)
        except BackendError as error:
            yield Swept(again, error=str(error))
        else:
            yield Swept(again, removed=True)


def _judged(backend: Backend, stack: str, today: date) -> Judged:
    try:
        state = backend.state(stack)
    except BackendError as error:
        return Judged(stack, Verdict.REFUSED, f"its state is unknown: {error}")
    return judge(stack, state, today)
