"""What the log says: one JSON object a line, without secrets, and how far a load is."""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import Self

LOG = logging.getLogger("weights_loader")
EVERY_SECONDS = 10.0


class JsonLines(logging.Formatter):
    """A record as one JSON object: when, how bad, what, and its numbers."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        line = {"time": when, "level": record.levelname, "event": record.getMessage(), **facts}
        return json.dumps(line)


def say(event: str, *, level: int = logging.INFO, **facts: str | float | list[str] | None) -> None:
    """Log an event with its facts."""
    LOG.log(level, event, extra={"facts": facts})


class Meter:
    """How far a load is; says so every few seconds while it is open."""

    def __init__(self, total_bytes: int, total_files: int) -> None:
        """Begin at nothing."""
        self._total = total_bytes
        self._files = total_files
        self._lock = threading.Lock()
        self._there = self._copied = self._done = 0
        self._began = self._said = time.monotonic()
        self._copied_then = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._report, name="progress", daemon=True)

    @property
    def copied_bytes(self) -> int:
        """Bytes that came from a hub."""
        return self._copied

    def copied(self, count: int) -> None:
        """Count bytes that came from a hub."""
        with self._lock:
            self._copied += count
            self._there += count

    def found(self, count: int) -> None:
        """Count bytes that were in the bucket before; less than none: they must come again."""
        with self._lock:
            self._there += count

    def file_done(self) -> None:
        """Count a file that is in the bucket and right."""
        with self._lock:
            self._done += 1

    def __enter__(self) -> Self:
        """Begin to say how far it is."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Say it for the last time."""
        self._over.set()
        self._thread.join()
        self._say(time.monotonic() - self._began, self._copied)

    def _report(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            now = time.monotonic()
            self._say(now - self._said, self._copied - self._copied_then)
            self._said, self._copied_then = now, self._copied

    def _say(self, seconds: float, count: int) -> None:
        share = self._there / self._total if self._total else 1.0
        say(
            "progress",
            percent=round(100 * share, 1),
            bytes=self._there,
            totalBytes=self._total,
            bytesPerSecond=round(count / max(seconds, 0.001)),
            files=self._done,
            totalFiles=self._files,
        )
