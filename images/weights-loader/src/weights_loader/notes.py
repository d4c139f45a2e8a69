"""What loaders leave in the bucket for each other, beside checkpoints and never among their files.

Owns `.loading/FOLDER/…`: the commit that a checkpoint is loaded at, and for each file that was
read whole and found right, the tag of its object. Without such a note an object is read and checked
anew. Objects of S3 stay, as the loader may not delete: some hundred bytes for each file.
"""

import json
from dataclasses import asdict, dataclass

from weights_loader.errors import TakenError
from weights_loader.hub_files import HubFile
from weights_loader.store import Store

BELOW = ".loading"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of the checkpoint in the bucket, found right."""

    path: str
    size: int
    """Bytes."""
    sha256: str
    """In hex."""


class Notes:
    """Notes about one checkpoint."""

    def __init__(self, store: Store, folder: str) -> None:
        """Keep notes about the checkpoint in `folder`."""
        self._store = store
        self._below = f"{BELOW}/{folder}"
        self._commit_key = f"{self._below}/commit.json"

    def pinned(self) -> str:
        """Return the commit that is being loaded; empty: no loader has begun."""
        return _commit(self._store.read(self._commit_key))

    def pin(self, commit: str, *, instead_of: str = "") -> str:
        """Note the commit that is being loaded, and return the one that holds.

        Of two loaders that begin at once, the second goes on with the commit of the first.

        Args:
            commit: what is to be loaded.
            instead_of: commit that no hub has any more.
        """
        found = self._store.read(self._commit_key)
        holds = _commit(found)
        if holds not in {instead_of, ""}:
            return holds
        content = json.dumps({"commit": commit}).encode()
        try:
            self._store.write(self._commit_key, content, replaces=found[1] if found else None)
        except TakenError:
            return self.pinned() or commit
        return commit

    def checked(self, file: HubFile, tag: str) -> Checked | None:
        """Return what is known of the object of a file, if it is this very object and content."""
        noted = _words(self._store.read(f"{self._below}/{file.path}.json"))
        sha256 = noted.get("sha256", "")
        same = (noted.get("tag"), noted.get("content")) == (tag, _content(file))
        return Checked(file.path, file.size, sha256) if same and sha256 else None

    def note(self, file: HubFile, tag: str, checked: Checked) -> None:
        """Note that the object of a file was found right."""
        noted = {**asdict(checked), "tag": tag, "content": _content(file)}
        put(self._store, f"{self._below}/{file.path}.json", json.dumps(noted).encode())


def put(store: Store, key: str, content: bytes) -> None:
    """Write a small object, whatever is there.

    Raises:
        TakenError: Others write it all the time.
    """
    for _ in range(_TRIES):
        found = store.find(key)
        try:
            store.write(key, content, replaces=found.tag if found else None)
        except TakenError:
            continue
        return
    message = f"{key}: written by others all the time"
    raise TakenError(message)


def _content(file: HubFile) -> str:
    return file.sha256 or file.git_sha1


def _commit(found: tuple[bytes, str] | None) -> str:
    return _words(found).get("commit", "")


def _words(found: tuple[bytes, str] | None) -> dict[str, str]:
    try:
        noted = json.loads(found[0]) if found else {}
    except ValueError:
        return {}
    return {key: value for key, value in noted.items() if isinstance(value, str)}
