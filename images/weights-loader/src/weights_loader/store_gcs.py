"""A bucket of Cloud Storage.

Owns what is asked of its JSON API. Does not own uploads (`gcs_upload`).
google-cloud-storage cannot go on with an upload that another process began: its sessions end with
it. What is used of the API is six calls, so google-auth's own client makes them.
"""

import json
import os
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from urllib.parse import quote, urlencode

import google.auth
import urllib3
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.urllib3 import AuthorizedHttp, Request
from urllib3.exceptions import HTTPError

from weights_loader.errors import TakenError, UnreachableError
from weights_loader.gcs_upload import GcsUpload, Sessions
from weights_loader.hub import describe
from weights_loader.hub_files import HubFile
from weights_loader.store import SHA256, Found

STORAGE = "https://storage.googleapis.com"
STORAGE_VARIABLE = "STORAGE_EMULATOR_HOST"
"""Another place to ask, as Google's own clients have it; for tests."""
READ_WRITE = "https://www.googleapis.com/auth/devstorage.read_write"
QUANTUM_BYTES = 256 * 2**10
"""Parts but the last are multiples of it (Cloud Storage, "Resumable uploads", 2026)."""
_CHUNK_BYTES = 2**20
_TAKEN = {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT}
_LATER = (408, 429, 500, 502, 503, 504)
_ATTEMPTS = 6


class GcsStore:
    """One bucket."""

    def __init__(self, bucket: str, sessions_below: str) -> None:
        """Ask `bucket`, with the credentials of the pod's service account.

        Args:
            bucket: its name.
            sessions_below: prefix of the notes about uploads that are on their way.

        Raises:
            UnreachableError: There are no credentials.
        """
        place = os.environ.get(STORAGE_VARIABLE, STORAGE).rstrip("/")
        self._objects = f"{place}/storage/v1/b/{quote(bucket, safe='')}/o"
        self._uploads = f"{place}/upload/storage/v1/b/{quote(bucket, safe='')}/o"
        self._sessions_below = sessions_below
        # In a pod's first seconds the metadata server may not answer yet.
        retries = urllib3.Retry(
            _ATTEMPTS,
            backoff_factor=0.5,
            status_forcelist=_LATER,
            allowed_methods=None,
            raise_on_status=False,
        )
        timeout = urllib3.Timeout(connect=10, read=60)
        self._pool = urllib3.PoolManager(maxsize=8, retries=retries, timeout=timeout)
        try:
            credentials, _ = google.auth.default(scopes=[READ_WRITE], request=Request(self._pool))
        except GoogleAuthError as error:
            message = f"Cloud Storage: {error}"
            raise UnreachableError(message) from error
        self._http = AuthorizedHttp(credentials, self._pool)

    def part_bytes(self, size: int, wanted: int) -> int:  # noqa: ARG002  only S3 counts parts
        """Return `wanted`, rounded to what Cloud Storage takes."""
        return max(1, wanted // QUANTUM_BYTES) * QUANTUM_BYTES

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the objects below a prefix with their bytes."""
        found: dict[str, int] = {}
        asked = {"prefix": prefix, "fields": "items(name,size),nextPageToken"}
        while True:
            page = json.loads(self._ask("GET", f"{self._objects}?{urlencode(asked)}").data)
            found |= {one["name"]: int(one["size"]) for one in page.get("items", [])}
            if "nextPageToken" not in page:
                return found
            asked["pageToken"] = page["nextPageToken"]

    def find(self, key: str) -> Found | None:
        """Return an object."""
        response = self._ask("GET", f"{self._url(key)}?fields=size,generation", missing=True)
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        found = json.loads(response.data)
        return Found(int(found["size"]), found["generation"])

    def read(self, key: str) -> tuple[bytes, str] | None:
        """Return content and tag of a small object."""
        found = self.find(key)
        if found is None:
            return None
        return b"".join(self.stream(key, found.tag)), found.tag

    def stream(self, key: str, tag: str) -> Iterator[bytes]:
        """Yield the content of an object as it was when it had this tag."""
        url = f"{self._url(key)}?alt=media&ifGenerationMatch={tag}"
        response = self._ask("GET", url, preload=False)
        try:
            yield from response.stream(_CHUNK_BYTES, decode_content=False)
        except HTTPError as error:
            message = f"Cloud Storage: {describe(error)}"
            raise UnreachableError(message) from error
        finally:
            response.close()

    def write(self, key: str, content: bytes, *, replaces: str | None = None) -> str:
        """Write a small object in the place of nothing or of the one with a tag."""
        asked = {"uploadType": "media", "name": key, "ifGenerationMatch": replaces or "0"}
        url = f"{self._uploads}?{urlencode(asked)}"
        headers = {"Content-Type": "application/octet-stream"}
        return json.loads(self._ask("POST", url, content, headers).data)["generation"]

    def upload(self, key: str, file: HubFile, part_bytes: int, replaces: str | None) -> GcsUpload:
        """Begin an object, or go on with what an earlier loader has begun."""
        is_small = file.size <= part_bytes  # nothing of it would stay
        note = None if is_small else f"{self._sessions_below}/{key}.session"

        def begin() -> str:
            asked = {"uploadType": "resumable", "name": key, "ifGenerationMatch": replaces or "0"}
            body = json.dumps({"metadata": {SHA256: file.sha256}} if file.sha256 else {}).encode()
            headers = {
                "Content-Type": "application/json; charset=UTF-8",
                "X-Upload-Content-Length": str(file.size),
            }
            response = self._ask("POST", f"{self._uploads}?{urlencode(asked)}", body, headers)
            return response.headers["Location"]

        sessions = Sessions(self, note, file, begin)
        return GcsUpload(self._pool, sessions, file.size)

    def _url(self, key: str) -> str:
        return f"{self._objects}/{quote(key, safe='')}"

    def _ask(  # noqa: PLR0913  one request
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        missing: bool = False,
        preload: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        try:
            response = self._http.urlopen(
                method, url, body=body, headers=dict(headers or {}), preload_content=preload
            )
        except (GoogleAuthError, HTTPError) as error:
            message = f"Cloud Storage: {describe(error)}"
            raise UnreachableError(message) from error
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response
        if missing and response.status == HTTPStatus.NOT_FOUND:
            return response
        kind = TakenError if response.status in _TAKEN else UnreachableError
        message = f"Cloud Storage: {method} is answered {response.status}"
        raise kind(message)
