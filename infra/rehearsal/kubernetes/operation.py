"""One request of the engine while it is served: how long, whether to stop, what to tell."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from infra.rehearsal.kubernetes.errors import CancelledError

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 0.5
PAUSE_GROWTH = 1.5


@dataclass
class Operation:
    """A create, update, read or delete of one resource."""

    urn: str
    """The resource, as the engine names it."""
    timeout_seconds: float = 0
    """From the resource's customTimeouts; 0 leaves it to the kind."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when the engine cancels everything."""
    is_active: Callable[[], bool] = lambda: True
    """Whether the engine still waits for the answer."""
    tell: Callable[[str], None] = lambda _text: None
    """Shows a text beside the resource while it is worked on."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that only rise; pauses are waits for `cancelled`."""
    ignored: tuple[str, ...] = ()
    """Paths of an update that the program leaves to others, `spec.replicas`."""
    _told: str = ""

    def say(self, text: str) -> None:
        """Tell something, unless it was the last thing told."""
        if text != self._told:
            self._told = text
            self.tell(text)

    def waits(self, timeout_seconds: float) -> Iterator[None]:
        """Come back at once, then after pauses of up to a second, until the time is over.

        Args:
            timeout_seconds: what the kind is given when the resource has no timeout of its own.

        Raises:
            CancelledError: the engine asked to stop.
        """
        end = self.clock() + (self.timeout_seconds or timeout_seconds)
        pause = FIRST_PAUSE_SECONDS
        while True:
            yield
            if self.clock() >= end:
                return
            if self.cancelled.wait(pause) or not self.is_active():
                message = "cancelled while waiting; run the same command again to go on"
                raise CancelledError(message)
            pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)
