"""Fault points for tests: die, or stop answering, inside a create.

Owns: one order at a time, a file in a folder that a test names (`--faults`). Without the folder
nothing here does anything; no real deployment runs this program at all.

The order is `{"urn", "at", "then"}`. `at` is `effect` (after the first call that changed something,
before the create's later calls) or `reply` (all is done, and nobody has heard of it). `then` is
`die` (SIGKILL) or `hold` (the whole cloud stops answering until the order's file is gone; then the
create ends where it is, as a provider's process does that dies with its engine).
"""

import json
import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from infra.rehearsal.aws.journal import Call
from infra.rehearsal.aws.recording import Recorder

ORDER = "order.json"
REACHED = "reached"
"""Appears in the folder when the order's moment has come."""
POLL_SECONDS = 0.02

_creating: ContextVar[str] = ContextVar("creating", default="")


class AbandonedError(Exception):
    """A held create was let go: whoever asked for it is dead."""


class FaultPoints:
    """Looks for an order at every moment that one could be for."""

    def __init__(self, folder: Path | None, recorder: Recorder) -> None:
        """Follow orders in a folder, or none."""
        self._folder = folder
        if folder is not None:
            recorder.after_effect = self._after_effect

    @contextmanager
    def creating(self, urn: str) -> Generator[None]:
        """Stand around the create of a resource."""
        token = _creating.set(urn)
        try:
            yield
            self._meet(urn, "reply")
        finally:
            _creating.reset(token)

    def _after_effect(self, _call: Call) -> None:
        self._meet(_creating.get(), "effect")

    def _meet(self, urn: str, at: str) -> None:
        if self._folder is None or not urn:
            return
        path = self._folder / ORDER
        try:
            order = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        if (order["urn"], order["at"]) != (urn, at):
            return
        (self._folder / REACHED).touch()
        if order["then"] == "die":
            path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        while path.exists():
            time.sleep(POLL_SECONDS)
        raise AbandonedError(urn)
