"""Copies one file: from where an earlier loader stopped, and never taken for right unread.

A file that comes whole through this process is checked before its object is made. One that an
earlier process began is checked by reading the object once it is made: a checksum cannot go on from
its middle. Either way a note says which object was found right, and nothing is complete before.
"""

import logging
import threading
from collections.abc import Iterator

from weights_loader import waiting
from weights_loader.digests import Digest
from weights_loader.errors import (
    RefusedError,
    StoppedError,
    TakenError,
    UnreachableError,
    WrongContentError,
)
from weights_loader.hub import Hub
from weights_loader.hub_files import HubFile, Snapshot
from weights_loader.notes import Checked, Notes
from weights_loader.progress import Meter, say
from weights_loader.store import Found, Store

PART_BYTES = 32 * 2**20
"""Each worker holds two of them for a moment: the part, and the next chunk's copy of it."""
WRONG_TRIES = 2
"""A content that is wrong twice, from two hubs where there are two, is wrong."""
TAKEN_TRIES = 5


class Copier:
    """Copies files of one revision into one folder."""

    def __init__(  # noqa: PLR0913  what a copy is between
        self,
        store: Store,
        hub: Hub,
        snapshot: Snapshot,
        notes: Notes,
        meter: Meter,
        *,
        folder: str,
        part_bytes: int,
    ) -> None:
        """Copy from `hub` at `snapshot` into `folder` of `store`."""
        self._store = store
        self._hub = hub
        self._snapshot = snapshot
        self._notes = notes
        self._meter = meter
        self._folder = folder
        self._part_bytes = part_bytes
        self.stopped = threading.Event()
        """Set it, and copies end after the part that they are at."""

    def copy(self, file: HubFile) -> Checked:
        """Bring a file into the bucket, unless it is there, and return it as it was found right.

        Raises:
            RefusedError: Its content is not what the hub says.
            UnreachableError: The hub or the bucket does not give or take it now.
        """
        wrong, taken = list[str](), 0
        while True:
            try:
                checked = self._copy(file, turn=len(wrong))
            except WrongContentError as error:
                wrong.append(str(error))
                say("wrong content", level=logging.WARNING, file=file.path, reason=str(error))
                if len(wrong) == WRONG_TRIES:
                    message = f"{file.path}: {error}"
                    raise RefusedError(message) from error
            except TakenError as error:
                taken += 1
                if taken == TAKEN_TRIES:
                    message = f"{file.path}: {error}"
                    raise UnreachableError(message) from error
                waiting.pause(taken)
            else:
                self._meter.file_done()
                return checked

    def _copy(self, file: HubFile, turn: int) -> Checked:
        key = f"{self._folder}/{file.path}"
        found = self._store.find(key)
        if found is not None and found.size == file.size:
            known = self._notes.checked(file, found.tag)
            checked = known or self._check(key, file, found)
            if checked is not None:
                self._meter.found(file.size)
                return checked
        tag, digest = self._upload(key, file, found.tag if found else None, turn)
        if digest is None:
            return self._after_resume(key, file, tag)
        checked = Checked(file.path, file.size, digest.sha256)
        self._notes.note(file, tag, checked)
        return checked

    def _upload(
        self, key: str, file: HubFile, replaces: str | None, turn: int
    ) -> tuple[str, Digest | None]:
        """Make the object; return its tag, and its checksum when all of it came by here."""
        part_bytes = self._store.part_bytes(file.size, self._part_bytes)
        upload = self._store.upload(key, file, part_bytes, replaces)
        digest = None if upload.offset else Digest(file)
        if upload.offset:
            say("goes on", file=file.path, fromByte=upload.offset)
        self._meter.found(upload.offset)
        there = upload.offset
        chunks = self._hub.read(self._snapshot, file, upload.offset, turn)
        try:
            for part, is_last in parts(chunks, file.size - upload.offset, part_bytes):
                if self.stopped.is_set():
                    message = f"{file.path}: stopped with the others"
                    raise StoppedError(message)
                if digest is not None:
                    digest.update(part)
                if not is_last:
                    upload.send(part)
                elif digest is not None and (mistake := digest.mistake()):
                    upload.abandon()
                    raise WrongContentError(mistake)  # noqa: TRY301  the meter goes back, too
                else:
                    tag = upload.finish(part)
                self._meter.copied(len(part))
                there += len(part)
        except (TakenError, WrongContentError):
            self._meter.found(-there)
            raise
        return tag, digest

    def _after_resume(self, key: str, file: HubFile, tag: str) -> Checked:
        checked = self._check(key, file, Found(file.size, tag))
        if checked is None:
            self._meter.found(-file.size)
            message = "the object that earlier loaders began has other content than the hub says"
            raise WrongContentError(message)
        return checked

    def _check(self, key: str, file: HubFile, found: Found) -> Checked | None:
        """Read an object from the bucket; return it when it is right, and note so."""
        digest = Digest(file)
        for chunk in self._store.stream(key, found.tag):
            digest.update(chunk)
        if mistake := digest.mistake():
            say("wrong object", level=logging.WARNING, file=file.path, reason=mistake)
            return None
        checked = Checked(file.path, file.size, digest.sha256)
        self._notes.note(file, found.tag, checked)
        return checked


def parts(chunks: Iterator[bytes], size: int, part_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Yield `size` bytes in parts, each with whether it is the last; at least one part."""
    left, buffer = size, bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= part_bytes and left > part_bytes:
            yield bytes(memoryview(buffer)[:part_bytes]), False
            del buffer[:part_bytes]
            left -= part_bytes
    yield bytes(buffer), True
