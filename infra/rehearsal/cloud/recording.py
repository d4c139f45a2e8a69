"""Which calls of the account are written down, and how they are repeated after a kill.

Owns: the decision whether a call changed something, the seed of each call's chance, the answers of
the API server that a call relied on, and the proof that a repeated call gave what it gave at first.
Calls that are made to serve a call are part of it.
Does not own: which calls only read; each cloud has its own way to tell.

What does not come back the same: times of creation, which are those of the repetition.
"""

import re
from collections.abc import Callable

from infra.rehearsal.cloud.chance import Chance
from infra.rehearsal.cloud.errors import CloudError
from infra.rehearsal.cloud.journal import Answer, Call, Entry, Journal, JournalError
from infra.rehearsal.kubernetes.client import ApiError
from infra.wire import Properties, Value

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")

AfterEffect = Callable[[Call], None]
OnlyReads = Callable[[Call], bool]
"""Says whether a call changes nothing, by what the cloud says of its operation."""


class Recorder:
    """Stands around every call; the account's lock is held."""

    def __init__(self, journal: Journal | None, chance: Chance, only_reads: OnlyReads) -> None:
        """Write to a journal, or to none; seed that chance before every call."""
        self.after_effect: AfterEffect = lambda _call: None
        """Told of every call from outside that changed something, before anyone sees its reply."""
        self._journal = journal
        self._chance = chance
        self._only_reads = only_reads
        self._number = 0
        self._depth = 0
        self._changed = False
        self._witnessed: list[Answer] = []
        self._remembered: list[Answer] | None = None
        """While a call is repeated: what it witnessed at first."""
        self._live = False

    def go_live(self) -> None:
        """From now on calls are written down; those before are the same for every account."""
        self._live = True

    def run(self, call: Call, work: Callable[[], Properties]) -> Properties:
        """Make a call, and write it down if it changed something."""
        if self._depth:  # inside another call
            return self._inside(call, work)
        self._begin(call)
        try:
            reply = work()
        except Exception as error:
            self._end(call, None, refusal_of(error))
            raise
        finally:
            self._depth = 0
        self._end(call, reply, "")
        return reply

    def note_change(self) -> None:
        """Have the present call written although its name is that of a read.

        For gap code that moves a thing on when it is looked at, as a node group to ACTIVE.
        """
        self._changed = True

    def witness(self, ask: Callable[[], object]) -> object:
        """Ask the API server; a call that is repeated gets the answers that it got at first."""
        if not self._depth:
            return ask()
        if self._remembered is not None:
            return _recall(self._remembered)
        try:
            answer = ask()
        except ApiError as error:
            self._witnessed.append(Answer(status=error.status, message=error.message))
            raise
        self._witnessed.append(Answer(answer))
        return answer

    def repeat(self, entry: Entry, work: Callable[[], Properties]) -> None:
        """Make a call of the journal again.

        Raises:
            JournalError: it did not give what it gave at first.
        """
        self._begin(entry.call)
        self._remembered = list(entry.witnessed)
        reply, refusal = None, ""
        try:
            reply = work()
        except ValueError as error:  # every refusal of the simulation is one
            refusal = refusal_of(error)
        finally:
            self._depth, self._remembered = 0, None
        if (timeless(reply), refusal) != (timeless(entry.reply), entry.refusal):
            place = "" if self._journal is None else f"{self._journal.path}: "
            message = (
                f"{place}call {self._number + 1}, {entry.call}, cannot be repeated: it gave"
                f" {entry.refusal or entry.reply}, and now {refusal or reply}"
            )
            raise JournalError(message)
        self._number += 1

    def _inside(self, call: Call, work: Callable[[], Properties]) -> Properties:
        if not self._only_reads(call):
            self._changed = True
            return work()
        if self._journal is None:
            return work()
        # What gap code remembers it does not read again: a read must not shift what comes after.
        with self._chance.aside(f"{self._journal.seed}:inner read:{self._number}"):
            return work()

    def _begin(self, call: Call) -> None:
        self._depth, self._witnessed = 1, []
        self._changed = not self._only_reads(call)
        if self._journal is not None:
            # Reads are not repeated, so what they draw must not be drawn again by a next call.
            family = "call" if self._changed else "read"
            self._chance.seed(f"{self._journal.seed}:{family}:{self._number}")

    def _end(self, call: Call, reply: Properties | None, refusal: str) -> None:
        if not self._changed or not self._live:
            self._number += self._changed
            return
        self._number += 1
        if self._journal is not None:
            self._journal.append(Entry(call, reply, refusal, self._witnessed))
        if not refusal:
            self.after_effect(call)


def _recall(remembered: list[Answer]) -> object:
    if not remembered:
        raise ApiError(0, "was not asked when this call was first made")
    first = remembered.pop(0)
    if first.status is not None:
        raise ApiError(first.status, first.message)
    return first.body


def refusal_of(error: Exception) -> str:
    """Return the cloud's code, or the name of an error that is not the cloud's."""
    return error.code if isinstance(error, CloudError) else type(error).__name__


def timeless(value: Value) -> Value:
    """Return a value without the times in it."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [timeless(item) for item in value]
    return TIME.sub("TIME", value) if isinstance(value, str) else value
