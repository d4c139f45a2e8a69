"""What `tokenworks sweep` makes of a rehearsed environment, asked of its real states.

Owns the questions, and what the summary says of the answers. Does not own the verdict
(`infra.sweep`), and removes nothing. Each stack is asked about twice: as it stands today, and on
another word. A preview stack on its own day, when all of it is to go. Any other one as if its
output claimed a day that nothing in it bears: such a stack must never go.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from infra.spec.preview_stack import day_of
from infra.sweep.judge import EXPIRES, Judged, Verdict, judge, outputs_of
from infra.wire import Properties, Value


class SweepDrillError(ValueError):
    """A sweep would take a stack that is no preview."""


@dataclass(frozen=True)
class Asked:
    """What a sweep says of one stack."""

    today: Judged
    otherwise: Judged
    """On its own day; of a stack that has none, on a day that only its output claims."""
    is_preview: bool

    @property
    def text(self) -> str:
        """One line for the summary."""
        said = f"{self.today.line}; "
        if self.is_preview:
            return said + f"on its day: {self.otherwise.verdict.value}, {self.otherwise.reason}"
        marks = f"{len(self.otherwise.against)} marks of its things speak against it"
        return said + f"with a day that its output alone claims: {self.otherwise.verdict}, {marks}"


def ask(states: Mapping[str, Mapping[str, Value]], today: date) -> Sequence[Asked]:
    """Return what a sweep says of each stack.

    Args:
        states: by name of the stack, as the engine exports them.
        today: in UTC.

    Raises:
        SweepDrillError: it would take a stack that is no preview.
    """
    return [_ask(stack, dict(state), today) for stack, state in states.items()]


def _ask(stack: str, state: Properties, today: date) -> Asked:
    found = judge(stack, state, today)
    day = day_of(str(outputs_of(state).get(EXPIRES)))
    if day is not None:
        return Asked(found, judge(stack, state, day), is_preview=True)
    claims = copy.deepcopy(state)  # the rest of a rehearsal reads the state as it is
    outputs_of(claims)[EXPIRES] = today.isoformat()
    otherwise = judge(stack, claims, today)
    for one in (found, otherwise):
        if one.verdict is Verdict.EXPIRED:
            message = f"a sweep would take a stack that is no preview: {one.line}"
            raise SweepDrillError(message)
    return Asked(found, otherwise, is_preview=False)
