"""The file that the simulated account is built anew from after its process was killed.

Owns: the format. One line of JSON for the seed of all chance, then one for every call that may have
changed something, with its outcome and with what the API server answered meanwhile. A line is
written before anybody sees the call's reply. Readable by its owner only: the user's secret access
key follows from the seed.
Does not own: which calls are written and how they are repeated (`recording.py`).
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.wire import Properties

FORMAT = 1
SEED_BYTES = 16


class JournalError(ValueError):
    """A journal cannot be read, or its calls do not give the same account again."""


@dataclass(frozen=True)
class Call:
    """One call of the account's API, from outside."""

    region: str
    """Where it went; empty where the parameters say it, as in Google's API."""
    service: str
    operation: str
    """Its name in the cloud's SDK: boto3's method, Google's method id without the service."""
    parameters: Properties
    past_gap_code: bool = False
    """It went past the rehearsal's own code, to the simulation that this stands on (moto)."""

    def __str__(self) -> str:
        """Name the call without its parameters."""
        where = f" in {self.region}" if self.region else ""
        return f"{self.service}.{self.operation}{where}"


@dataclass(frozen=True)
class Answer:
    """What the API server answered to one request."""

    body: object = None
    """JSON of any kind."""
    status: int | None = None
    """HTTP status of a refusal; 0 when it could not be reached."""
    message: str = ""


@dataclass(frozen=True)
class Entry:
    """A call, what came of it, and what it saw of the world outside the account."""

    call: Call
    reply: Properties | None
    """None when it was refused."""
    refusal: str
    """The cloud's code, or the name of the error."""
    witnessed: Sequence[Answer]
    """In order."""


class Journal:
    """An append-only file; what is in it at the start stays there."""

    def __init__(self, path: Path) -> None:
        """Open a journal, or begin one with a fresh seed.

        Raises:
            JournalError: the file is no journal of this version.
        """
        self.path = path
        lines = _whole_lines(path)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if not lines:
            self.seed = secrets.token_hex(SEED_BYTES)
            self._write({"format": FORMAT, "seed": self.seed})
            self.entries: Sequence[Entry] = ()
            return
        try:
            header, *rest = (json.loads(line) for line in lines)
            if header["format"] != FORMAT:
                message = f"{path}: journal of format {header['format']}, this reads {FORMAT}"
                raise JournalError(message)
            self.seed = str(header["seed"])
            self.entries = tuple(
                Entry(
                    Call(**item["call"]),
                    item["reply"],
                    item["refusal"],
                    tuple(Answer(**answer) for answer in item["witnessed"]),
                )
                for item in rest
            )
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}: is no journal of a simulated cloud ({error!r}); delete it"
            raise JournalError(message) from error

    def append(self, entry: Entry) -> None:
        """Write an entry; it outlives this process as soon as this returns."""
        self._write(asdict(entry))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, line: dict[str, object]) -> None:
        # One write to the kernel: a kill of this process cannot tear or lose it. A machine that
        # loses power can; then the rehearsal is gone anyway.
        os.write(self._file, json.dumps(line).encode() + b"\n")


def _whole_lines(path: Path) -> list[bytes]:
    """Return the lines of a file without a torn last one, whose reply nobody saw."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return whole.splitlines()
