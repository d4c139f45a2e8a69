"""A step that is taken again and again in a thread of its own, until it is stopped.

Owns the thread, and what happens when a step fails: it is said once, and the loop goes on. Does not
own what a step does: that is the controller's which is played.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from infra.rehearsal.kubernetes.client import ApiError

INTERVAL_SECONDS = 0.2
_STOP_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Loop:
    """One step, again and again, from `start` to `stop`."""

    def __init__(
        self, name: str, step: Callable[[], None], interval_seconds: float = INTERVAL_SECONDS
    ) -> None:
        """Prepare; nothing runs yet. The interval is from the end of a step to the next one."""
        self._name = name
        self._step = step
        self._interval_seconds = interval_seconds
        self._stopping = threading.Event()
        thread_name = name.replace(" ", "-")
        self._thread = threading.Thread(target=self._run, name=thread_name, daemon=True)
        self._trouble = ""

    def start(self) -> None:
        """Start the loop in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End the loop; returns when its current step is done."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)

    def report(self, trouble: str, error: Exception | None = None) -> None:
        """Say a trouble once, not five times a second for as long as it lasts."""
        if trouble != self._trouble:
            _log.warning("%s: %s", self._name, trouble, exc_info=error)
            self._trouble = trouble

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_seconds):
            try:
                self._step()
            except ApiError as error:
                self.report(str(error))
            except Exception as error:  # noqa: BLE001 - without the loop nothing moves any more
                self.report(f"a step failed: {error!r}", error)


class Played(ABC):
    """A controller that is played, from `start` to `stop`."""

    def __init__(self, name: str, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Prepare; nothing runs yet."""
        self._loop = Loop(name, self.step, interval_seconds)

    def start(self) -> None:
        """Start the loop in a thread of its own."""
        self._loop.start()

    def stop(self) -> None:
        """End the loop; returns when its current step is done."""
        self._loop.stop()

    @abstractmethod
    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
