"""Asks hubs: what a revision is, and the bytes of its files from any place on.

Owns the order of hubs, tries, ranges and where the token goes: to the first hub alone, and not
where that one redirects to. Does not own what is done with the bytes.
huggingface_hub writes files to a disk and knows one hub at a time; what is used of the hub is one
answer in JSON and ranges, so urllib3 asks.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from weights_loader import VERSION, waiting
from weights_loader.errors import AbsentError, UnreachableError
from weights_loader.hub_files import HubFile, Snapshot, read_snapshot

CHUNK_BYTES = 2**20
TRIES = 5
"""Failures in a row, without a byte between, until the next hub is asked."""
CONNECT_SECONDS = 10
READ_SECONDS = 60
"""For the next bytes, not for a file."""
_REDIRECTS = 5
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class _NotHereError(Exception):
    """This hub does not give it."""


class _CutError(Exception):
    """It may give it at another try, perhaps after so many seconds."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Hub:
    """All hubs of a stack, for one model."""

    def __init__(self, endpoints: tuple[str, ...], repository: str, token: str) -> None:
        """Ask `endpoints` in their order, the first with `token` where it is not empty."""
        self._endpoints = endpoints
        self._repository = repository
        self._token = token
        # Only redirects: what else goes wrong is counted here. urllib3 takes the token out of a
        # request that goes on to another host.
        retries = urllib3.Retry(
            total=_REDIRECTS,
            connect=0,
            read=0,
            status=0,
            other=0,
            redirect=_REDIRECTS,
            respect_retry_after_header=False,
        )
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=8, retries=retries, timeout=timeout)

    def snapshot(self, revision: str) -> Snapshot:
        """Return a revision from the first hub that has it.

        Raises:
            AbsentError: Each hub answers, and none gives it.
            UnreachableError: None gives it, and at least one may at another time.
        """
        path = f"api/models/{self._repository}/revision/{quote(revision, safe='')}?blobs=true"
        reasons, absent = [], True
        for endpoint in self._endpoints:
            try:
                return read_snapshot(endpoint, json.loads(self._answer(endpoint, path)))
            except (_NotHereError, ValueError) as error:
                reasons.append(f"{endpoint}: {error}")
            except _CutError as error:
                absent = False
                reasons.append(f"{endpoint}: {error}")
        kind = AbsentError if absent else UnreachableError
        message = f"no hub gives {self._repository} at {revision}"
        raise kind(message, *reasons)

    def read(
        self, snapshot: Snapshot, file: HubFile, offset: int, turn: int = 0
    ) -> Iterator[bytes]:
        """Yield a file's bytes from `offset` on, in chunks of at most a MiB.

        A cut connection goes on where it was cut, at the next hub when one gives nothing at all.

        Args:
            snapshot: the revision.
            file: the file.
            offset: first byte.
            turn: how many hubs to pass over at first, as their content was wrong.

        Raises:
            UnreachableError: No hub gives the rest.
        """
        order, reasons, failures = self._order(snapshot.endpoint, turn), list[str](), 0
        while offset < file.size:
            if not order:
                message = f"{file.path}: no hub gives it"
                raise UnreachableError(message, *reasons)
            try:
                for chunk in self._stream(order[0], snapshot.commit, file, offset):
                    failures = 0
                    offset += len(chunk)
                    yield chunk
            except _NotHereError as error:
                reasons.append(f"{order.pop(0)}: {error}")
                failures = 0
            except _CutError as error:
                failures += 1
                if failures < TRIES:
                    waiting.pause(failures, error.seconds)
                else:
                    reasons.append(f"{order.pop(0)}: {error}")
                    failures = 0

    def _order(self, first: str, turn: int) -> list[str]:
        order = [first, *(one for one in self._endpoints if one != first)]
        turn %= len(order)
        return order[turn:] + order[:turn]

    def _answer(self, endpoint: str, path: str) -> bytes:
        failures = 0
        while True:
            try:
                response = self._open(f"{endpoint}/{path}", self._headers(endpoint))
                try:
                    return response.read()
                except HTTPError as error:
                    raise _CutError(describe(error)) from error
                finally:
                    response.close()
            except _CutError as error:
                failures += 1
                if failures == TRIES:
                    raise
                waiting.pause(failures, error.seconds)

    def _stream(self, endpoint: str, commit: str, file: HubFile, offset: int) -> Iterator[bytes]:
        url = f"{endpoint}/{self._repository}/resolve/{commit}/{quote(file.path)}"
        response = self._open(url, {**self._headers(endpoint), "Range": f"bytes={offset}-"})
        try:
            # A hub without ranges begins at the beginning.
            ranged = response.status == HTTPStatus.PARTIAL_CONTENT
            place = response.headers.get("Content-Range", "")
            if ranged and not place.startswith(f"bytes {offset}-"):
                message = f"answers another range, {place!r}"
                raise _NotHereError(message)
            position = offset if ranged else 0
            # `stream` would throw away what has come of a chunk when the connection is cut.
            while chunk := response.read1(CHUNK_BYTES, decode_content=False):
                fresh = chunk[max(0, offset - position) :]
                position += len(chunk)
                if position > file.size:
                    message = f"gives more than the {file.size} bytes of the file"
                    raise _NotHereError(message)
                if fresh:
                    yield fresh
        except HTTPError as error:
            raise _CutError(describe(error)) from error
        finally:
            response.close()
        if position < file.size:
            message = f"ends at byte {position} of {file.size}"
            raise _CutError(message)

    def _headers(self, endpoint: str) -> dict[str, str]:
        headers = {"User-Agent": f"tokenworks-weights-loader/{VERSION}"}
        if self._token and endpoint == self._endpoints[0]:
            headers["Authorization"] = f"Bearer {self._token}"
        return {**headers, "Accept-Encoding": "identity"}

    def _open(self, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            response = self._pool.request("GET", url, headers=headers, preload_content=False)
        except HTTPError as error:
            raise _CutError(describe(error)) from error
        if response.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            return response
        asked = response.headers.get("Retry-After", "")
        response.close()
        message = f"answers {response.status}"
        if response.status in _LATER or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _CutError(message, float(asked) if asked.isdecimal() else None)
        raise _NotHereError(message)


def describe(error: Exception) -> str:
    """Return what went wrong without addresses: those of files are signed.

    Args:
        error: of urllib3, perhaps around the one that says why.
    """
    reason = getattr(error, "reason", None)
    return type(reason if isinstance(reason, Exception) else error).__name__
