"""Loads one checkpoint: which commit, which files, all of them, then the word that it is complete.

Owns the order, which is what makes it safe to end anywhere: the commit is noted first, objects are
written in the place of what is known to be there, and `.complete` comes last. Servers take the
bucket when they find that object, and nothing else (docs/decisions/0006).
"""

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from datetime import UTC, datetime

from weights_loader import VERSION
from weights_loader.copying import PART_BYTES, Copier
from weights_loader.digests import Digest
from weights_loader.errors import (
    AbsentError,
    LoaderError,
    RefusedError,
    StoppedError,
    UnreachableError,
)
from weights_loader.hub import Hub
from weights_loader.hub_files import HubFile, Json, Snapshot
from weights_loader.notes import Checked, Notes, put
from weights_loader.progress import Meter, say
from weights_loader.selection import Selection, index_of, is_pickle, select, shards_of
from weights_loader.settings import Settings
from weights_loader.store import Store

COMPLETE = ".complete"
"""What servers look for (`MARKER` in components/serving/start_server.py)."""
MANIFEST = ".manifest.json"
WORKERS = 4
"""Files at a time."""
LARGEST_INDEX_BYTES = 64 * 2**20
"""The index of DeepSeek-V3, 91,991 tensors, has 9 MB."""


class Load:
    """One checkpoint, from the hubs of the settings into their bucket."""

    def __init__(
        self, settings: Settings, store: Store, hub: Hub, *, part_bytes: int = PART_BYTES
    ) -> None:
        """Load as `settings` say."""
        self._settings = settings
        self._store = store
        self._hub = hub
        self._part_bytes = part_bytes
        self._notes = Notes(store, settings.folder)

    def run(self) -> int:
        """Load it unless it is complete; return how many bytes came from a hub.

        Raises:
            RefusedError: The checkpoint is none for the engine, or the folder is not its own.
            UnreachableError: Something does not answer; the next load goes on from here.
        """
        there = self._below()
        complete = self._complete_commit(there)
        if complete is not None:
            say("already complete", commit=complete or "unknown", folder=self._settings.folder)
            return 0
        snapshot = self._snapshot()
        chosen = self._select(snapshot)
        self._refuse_strangers(there, chosen)
        say(
            "loads",
            repository=self._settings.repository,
            commit=snapshot.commit,
            hub=snapshot.endpoint,
            licence=snapshot.licence,
            files=len(chosen.wanted),
            leftOut=len(chosen.left_out),
            pickles=[path for path in chosen.left_out if is_pickle(path)],
        )
        sizes = [file.size for file in chosen.wanted]
        with Meter(sum(sizes), len(sizes)) as meter:
            files = self._copy(snapshot, chosen, meter)
        self._complete(snapshot, chosen, files)
        return meter.copied_bytes

    def _below(self) -> dict[str, int]:
        prefix = f"{self._settings.folder}/"
        found = self._store.sizes(prefix)
        return {key.removeprefix(prefix): size for key, size in found.items()}

    def _complete_commit(self, there: dict[str, int]) -> str | None:
        """Return the commit of a complete checkpoint, empty where nobody noted it; none: it is not.

        A complete one stays as it is, though the hub's branch may have moved on meanwhile.
        """
        if COMPLETE not in there:
            return None
        found = self._store.read(self._key(MANIFEST))
        if found is None:
            return ""
        try:
            manifest = json.loads(found[0])
            files = {file["path"]: file["size"] for file in manifest["files"]}
            commit = manifest["commit"]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{MANIFEST}: cannot be read; delete it and {COMPLETE}, and load again"
            raise RefusedError(message) from error
        if self._settings.is_pinned and commit != self._settings.revision:
            message = f"{MANIFEST}: must be of commit {self._settings.revision}, got {commit}"
            raise RefusedError(message)
        lost = sorted(path for path, size in files.items() if there.get(path) != size)
        if lost:
            say("complete, but not whole", level=logging.WARNING, files=lost)
            self._notes.pin(commit)
            return None
        return commit

    def _snapshot(self) -> Snapshot:
        """Return the revision: that of the loader that began, as long as a hub has it."""
        wanted = self._settings.revision
        if self._settings.is_pinned:
            return self._hub.snapshot(wanted)
        pinned = self._notes.pinned()
        if pinned:
            try:
                return self._hub.snapshot(pinned)
            except AbsentError:
                say("commit is gone from the hub", level=logging.WARNING, commit=pinned)
        snapshot = self._hub.snapshot(wanted)
        holds = self._notes.pin(snapshot.commit, instead_of=pinned)
        return snapshot if holds == snapshot.commit else self._hub.snapshot(holds)

    def _select(self, snapshot: Snapshot) -> Selection:
        index = index_of(snapshot.files)
        if index is None:
            return select(snapshot.files, None)
        return select(snapshot.files, shards_of(self._small_json(snapshot, index)))

    def _small_json(self, snapshot: Snapshot, file: HubFile) -> Json:
        if file.size > LARGEST_INDEX_BYTES:
            message = f"{file.path}: must have at most {LARGEST_INDEX_BYTES} bytes, got {file.size}"
            raise RefusedError(message)
        digest, content = Digest(file), bytearray()
        for chunk in self._hub.read(snapshot, file, 0):
            digest.update(chunk)
            content += chunk
        if mistake := digest.mistake():
            message = f"{file.path}: {mistake}"
            raise RefusedError(message)
        try:
            return json.loads(content)
        except ValueError as error:
            message = f"{file.path}: must be JSON, got {error}"
            raise RefusedError(message) from error

    def _refuse_strangers(self, there: dict[str, int], chosen: Selection) -> None:
        """Refuse a folder with weights that are not of this revision: servers would load them."""
        wanted = {file.path for file in chosen.wanted}
        strangers = sorted(
            path for path in there if path.endswith(".safetensors") and path not in wanted
        )
        if strangers:
            message = (
                f"WEIGHTS_URI: the folder must have no weights but those of the revision, got "
                f"{', '.join(strangers)}; delete them, and load again"
            )
            raise RefusedError(message)

    def _copy(self, snapshot: Snapshot, chosen: Selection, meter: Meter) -> list[Checked]:
        copier = Copier(
            self._store,
            self._hub,
            snapshot,
            self._notes,
            meter,
            folder=self._settings.folder,
            part_bytes=self._part_bytes,
        )
        with ThreadPoolExecutor(WORKERS, "copy") as pool:
            copies = [pool.submit(copier.copy, file) for file in chosen.wanted]
            for copy in as_completed(copies):
                if copy.exception() is not None:
                    copier.stopped.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    break
        ended = [copy for copy in copies if not copy.cancelled()]
        failures = [error for copy in ended if (error := copy.exception())]
        done = [copy.result() for copy in ended if copy.exception() is None]
        if failures:
            raise _all_of(failures, f"{len(done)} of {len(copies)} files are in the bucket")
        return sorted(done, key=lambda file: file.path)

    def _complete(self, snapshot: Snapshot, chosen: Selection, files: list[Checked]) -> None:
        self._refuse_strangers(self._below(), chosen)
        manifest = {
            "repository": self._settings.repository,
            "revision": self._settings.revision,
            "commit": snapshot.commit,
            "source": snapshot.endpoint,
            "licence": snapshot.licence,
            "files": [asdict(file) for file in files],
            "leftOut": list(chosen.left_out),
            "loadedAt": datetime.now(UTC).isoformat(timespec="seconds"),
            "loader": VERSION,
        }
        content = json.dumps(manifest, indent=1).encode()
        put(self._store, self._key(MANIFEST), content)
        word = {"commit": snapshot.commit, "manifest": hashlib.sha256(content).hexdigest()}
        put(self._store, self._key(COMPLETE), json.dumps(word).encode())

    def _key(self, name: str) -> str:
        return f"{self._settings.folder}/{name}"


def _all_of(failures: list[BaseException], done: str) -> BaseException:
    """Return one error for all; a refusal is the one that no other try mends."""
    for error in failures:
        if not isinstance(error, LoaderError):
            return error
    refused = [error for error in failures if isinstance(error, RefusedError)]
    known = [error for error in failures if isinstance(error, LoaderError)]
    reasons = [error for error in known if not isinstance(error, StoppedError)] or known
    if refused:
        return RefusedError(*(line for error in refused for line in error.reports), done)
    lines = [line for error in reasons for line in error.reports]
    return UnreachableError(*lines, f"{done}; it is safe to start again")
