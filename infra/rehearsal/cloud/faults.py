"""Fault points for tests: die, or stop answering, inside a create or a delete.

Owns: one order at a time, a file in a folder that a test names (`--faults`). Without the folder
nothing here does anything; no real deployment runs this program at all.

The order is `{"inside", "kinds", "number", "at", "then"}`: the create or delete (`inside`) of that
number, from 1, among those of these types that come after the order. `at` is `effect` (after the
first call that changed something, before its later calls) or `reply` (all is done, and nobody has
heard of it). `then` is `die` (SIGKILL) or `hold` (it stops until the order's file is gone; then it
ends where it is, as a provider's process does that dies with its engine). An order of another text
is a new one, and counts from the start.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from infra.rehearsal.cloud.journal import Call
from infra.rehearsal.cloud.recording import Recorder

ORDER = "order.json"
REACHED = "reached"
"""Appears in the folder when the order's moment has come; has the URN."""
POLL_SECONDS = 0.02

CREATE, DELETE = "create", "delete"
_now: ContextVar[tuple[str, str]] = ContextVar("now", default=("", ""))
"""What is being done, and to which URN."""


class AbandonedError(Exception):
    """A held operation was let go: whoever asked for it is dead."""


class FaultPoints:
    """Looks for an order at every moment that one could be for."""

    def __init__(self, folder: Path | None, recorder: Recorder) -> None:
        """Follow orders in a folder, or none."""
        self._folder = folder
        self._lock = threading.Lock()
        self._order = ""
        self._met: list[str] = []
        """URNs that the present order was asked about."""
        if folder is not None:
            recorder.after_effect = self._after_effect

    @contextmanager
    def inside(self, operation: str, urn: str) -> Generator[None]:
        """Stand around the create or the delete of a resource."""
        token = _now.set((operation, urn))
        try:
            yield
            self._meet(operation, urn, "reply")
        finally:
            _now.reset(token)

    def _after_effect(self, _call: Call) -> None:
        self._meet(*_now.get(), "effect")

    def _meet(self, operation: str, urn: str, at: str) -> None:
        if self._folder is None or not urn:
            return
        path = self._folder / ORDER
        try:
            order = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        if not self._is_the_moment(order, operation, urn, at):
            return
        then = json.loads(order)["then"]
        (self._folder / REACHED).write_text(urn, encoding="utf-8")
        if then == "die":
            path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        while path.exists():
            time.sleep(POLL_SECONDS)
        raise AbandonedError(urn)

    def _is_the_moment(self, order: str, operation: str, urn: str, at: str) -> bool:
        wanted = json.loads(order)
        if (wanted["inside"], wanted["at"]) != (operation, at):
            return False
        if urn.split("::")[2].rpartition("$")[2] not in wanted["kinds"]:
            return False
        with self._lock:
            if order != self._order:
                self._order, self._met = order, []
            if urn in self._met:  # a later call of the same operation
                return False
            self._met.append(urn)
            return len(self._met) == wanted["number"]
