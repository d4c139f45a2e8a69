"""An object on its way into Cloud Storage, in a session that outlives the loader.

Owns the protocol of resumable uploads (Cloud Storage, "Performing resumable uploads", 2026): where
a session stands, parts of which not all may have arrived, the end. The address of a session is a
right to write this one object for a week, so it is noted in the bucket, for whom may read that, and
never in a log; requests to it carry no credentials. Once the object is there it is worth nothing.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

import urllib3
from urllib3.exceptions import HTTPError

from weights_loader import waiting
from weights_loader.errors import TakenError, UnreachableError, WrongContentError
from weights_loader.hub import describe
from weights_loader.hub_files import HubFile

if TYPE_CHECKING:
    from weights_loader.store_gcs import GcsStore

TRIES = 6
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_CANCELLED = 499
"""What Cloud Storage answers to whoever cancels a session."""
_OPEN = HTTPStatus.PERMANENT_REDIRECT
"""308: what came is kept, and there is more to come."""


class Sessions:
    """The note about the session of one object."""

    def __init__(
        self, store: "GcsStore", note: str | None, file: HubFile, begin: Callable[[], str]
    ) -> None:
        """Note at `note` the sessions that `begin` begins; none: they end with the loader."""
        self._store = store
        self._note = note
        self._content = file.sha256 or file.git_sha1
        self._begin = begin

    def noted(self) -> str:
        """Return the session that an earlier loader has begun for this content; empty: none."""
        found = self._store.read(self._note) if self._note else None
        if found is None:
            return ""
        try:
            note = json.loads(found[0])
            return note["session"] if note["content"] == self._content else ""
        except (ValueError, KeyError, TypeError):
            return ""

    def begin(self) -> str:
        """Begin a session and note it."""
        session = self._begin()
        if self._note is None:
            return session
        found = self._store.find(self._note)
        note = json.dumps({"content": self._content, "session": session}).encode()
        self._store.write(self._note, note, replaces=found.tag if found else None)
        return session


class GcsUpload:
    """One object."""

    def __init__(self, pool: urllib3.PoolManager, sessions: Sessions, size: int) -> None:
        """Go on with the session that is noted, or begin one."""
        self._pool = pool
        self._size = size
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sent = 0
        self._session = sessions.noted()
        found = self._noted_position() if self._session else None
        if found is None:
            self._session, found = sessions.begin(), 0
        self.offset = self._sent = found
        self._whole = found == 0

    def send(self, part: bytes) -> None:
        """Add a part that is not the last."""
        self._md5.update(part)
        self._put(part)

    def finish(self, part: bytes) -> str:
        """Add the last part, and return the tag of the object."""
        self._md5.update(part)
        response = self._put(part)
        if response is None:
            message = "Cloud Storage: an upload goes on after its last byte"
            raise UnreachableError(message)
        made = json.loads(response.data)
        if self._whole and made.get("md5Hash") not in {None, self._digest()}:
            message = "Cloud Storage has other bytes than were sent"
            raise WrongContentError(message)
        return made["generation"]

    def abandon(self) -> None:
        """Throw away what has come."""
        status = self._request("DELETE", b"", {}).status
        if status not in {HTTPStatus.NO_CONTENT, _CANCELLED, *_GONE}:
            message = f"Cloud Storage: DELETE of an upload is answered {status}"
            raise UnreachableError(message)

    def _noted_position(self) -> int | None:
        try:
            return self._position()
        except TakenError:  # its object was made, and lost or found wrong since
            return None

    def _digest(self) -> str:
        return base64.b64encode(self._md5.digest()).decode()

    def _put(self, part: bytes) -> urllib3.BaseHTTPResponse | None:
        """Send until all of a part has come; return the answer that says the object is made."""
        end, failures = self._sent + len(part), 0
        while True:
            rest = part[len(part) - (end - self._sent) :]
            response = self._try_put(rest)
            if response is not None and response.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
                self._sent = end
                return response
            position = self._kept(response) if response is not None else self._position()
            if position is None:
                message = "Cloud Storage: the session of an upload is gone"
                raise TakenError(message)
            if not self._sent <= position <= end:
                message = f"Cloud Storage: an upload stands at {position}, not after {self._sent}"
                raise UnreachableError(message)
            failures = 0 if position > self._sent else failures + 1
            self._sent = position
            if position == end < self._size:
                return None
            if failures == TRIES:
                message = "Cloud Storage: an upload does not go on"
                raise UnreachableError(message)
            if failures:
                waiting.pause(failures)

    def _try_put(self, rest: bytes) -> urllib3.BaseHTTPResponse | None:
        """Return the answer; none when where it stands must be asked."""
        last = self._sent + len(rest) - 1
        span = f"{self._sent}-{last}" if rest else "*"
        try:
            response = self._request("PUT", rest, {"Content-Range": f"bytes {span}/{self._size}"})
        except UnreachableError:
            return None
        later = response.status in _LATER or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return None if later else response

    def _position(self) -> int | None:
        """Return how many bytes the session has; none: there is no such session any more.

        Raises:
            TakenError: It has made its object.
        """
        failures = 0
        while True:
            response = self._try_put(b"")
            if response is not None:
                break
            failures += 1
            if failures == TRIES:
                message = "Cloud Storage: an upload cannot be asked where it stands"
                raise UnreachableError(message)
            waiting.pause(failures)
        if response.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
            message = "Cloud Storage: the upload is done already"
            raise TakenError(message)
        return self._kept(response)

    def _kept(self, response: urllib3.BaseHTTPResponse) -> int | None:
        if response.status in _GONE:
            return None
        if response.status == HTTPStatus.PRECONDITION_FAILED:
            message = "Cloud Storage: another object is there by now"
            raise TakenError(message)
        if response.status != _OPEN:
            message = f"Cloud Storage: PUT is answered {response.status}"
            raise UnreachableError(message)
        kept = response.headers.get("Range", "")
        return int(kept.rpartition("-")[2]) + 1 if kept else 0

    def _request(
        self, method: str, body: bytes, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        # Each failure is followed by a question where the session stands: none is tried blindly.
        try:
            return self._pool.request(
                method, self._session, body=body, headers=headers, retries=False, redirect=False
            )
        except HTTPError as error:
            message = f"Cloud Storage: {describe(error)}"
            raise UnreachableError(message) from error
