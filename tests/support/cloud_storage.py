"""A bucket of Cloud Storage on this machine: the weights loader's calls, resumable uploads too."""

import base64
import hashlib
import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.hub import answering

QUANTUM = 256 * 2**10
TOKEN = "marker-of-an-access-token"


@dataclass
class Session:
    """One upload on its way."""

    name: str
    only_if: str
    metadata: dict[str, str]
    content: bytes = b""
    made: str = ""
    """Generation of the object that it ended in."""


@dataclass
class CloudStorage:
    """Its objects, sessions and bad days."""

    objects: dict[str, tuple[bytes, str, dict[str, str]]] = field(default_factory=dict)
    """Name to content, generation and metadata."""
    sessions: list[Session | None] = field(default_factory=list)
    """None: forgotten, as after a week."""
    keeps: list[int] = field(default_factory=list)
    """How many bytes of the next parts are kept; the rest is lost, as it may be."""
    drops: int = 0
    """How many of the next parts are taken whole without an answer."""
    statuses: list[int] = field(default_factory=list)
    received: int = 0
    """Bytes of parts."""
    tokens: set[str | None] = field(default_factory=set)
    session_tokens: set[str | None] = field(default_factory=set)
    generation: int = 1000
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def make(self, name: str, content: bytes, only_if: str, metadata: dict[str, str]) -> str:
        """Make an object; return its generation, or nothing when another one is there."""
        with self.lock:
            present = self.objects.get(name)
            if only_if and (present[1] if present else "0") != only_if:
                return ""
            self.generation += 1
            self.objects[name] = (content, str(self.generation), metadata)
            return str(self.generation)


class _Handler(BaseHTTPRequestHandler):
    place: CloudStorage
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self.place.lock:
            if parts.path == "/" or parts.path.startswith("/computeMetadata/"):
                self._metadata(parts.path)
            elif parts.path.startswith("/session/"):
                self.place.session_tokens.add(self.headers.get("Authorization"))
                self._session(int(parts.path.rpartition("/")[2]), body)
            else:
                self.place.tokens.add(self.headers.get("Authorization"))
                if self.place.statuses:
                    self._say(self.place.statuses.pop(0))
                else:
                    self._api(parts.path, asked, body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  names that the library looks for

    def _metadata(self, path: str) -> None:
        if path.endswith("/token"):
            found = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
            self._json(found, {"Metadata-Flavor": "Google"})
        elif path.endswith("/service-accounts/default/"):
            found = {"email": "loader@acme.example", "scopes": []}
            self._json(found, {"Metadata-Flavor": "Google"})
        else:
            said = b"googleapis.com" if path.endswith("/universe-domain") else b"acme"
            headers = {"Metadata-Flavor": "Google", "Content-Type": "application/text"}
            self._say(200, said, headers)

    def _api(self, path: str, asked: dict[str, str], body: bytes) -> None:
        if path.startswith("/upload/"):
            self._begin(asked, body)
        elif path.endswith("/o"):
            self._list(asked)
        else:
            self._object(unquote(path.rpartition("/o/")[2]), asked)

    def _list(self, asked: dict[str, str]) -> None:
        names = sorted(name for name in self.place.objects if name.startswith(asked["prefix"]))
        start = int(asked.get("pageToken", "0"))
        items = [
            {"name": name, "size": str(len(self.place.objects[name][0]))}
            for name in names[start : start + 2]
        ]
        more = {"nextPageToken": str(start + 2)} if start + 2 < len(names) else {}
        self._json({"items": items, **more} if items else {})

    def _object(self, name: str, asked: dict[str, str]) -> None:
        content, generation, _ = self.place.objects.get(name, (b"", "", {}))
        if not generation:
            self._say(404)
        elif asked.get("ifGenerationMatch", generation) != generation:
            self._say(412)
        elif asked.get("alt") == "media":
            self._say(200, content)
        else:
            self._json({"size": str(len(content)), "generation": generation})

    def _begin(self, asked: dict[str, str], body: bytes) -> None:
        only_if = asked.get("ifGenerationMatch", "")
        if asked["uploadType"] == "media":
            made = self.place.make(asked["name"], body, only_if, {})
            self._json({"generation": made}) if made else self._say(412)
            return
        metadata = json.loads(body).get("metadata", {})
        self.place.sessions.append(Session(asked["name"], only_if, metadata))
        place = f"{self.place.url}/session/{len(self.place.sessions) - 1}"
        self._say(200, headers={"Location": place})

    def _session(self, number: int, body: bytes) -> None:
        session = self.place.sessions[number]
        if session is None:
            self._say(410)
        elif self.command == "DELETE":
            self.place.sessions[number] = None
            self._say(499)
        elif session.made:
            self._json({"generation": session.made})
        else:
            self._part(session, body)

    def _part(self, session: Session, body: bytes) -> None:
        span, _, total = self.headers["Content-Range"].removeprefix("bytes ").partition("/")
        if body:
            first, last = (int(one) for one in span.split("-"))
            assert first == len(session.content)
            assert last + 1 == int(total) or len(body) % QUANTUM == 0
            self.place.received += len(body)
            kept = self.place.keeps.pop(0) if self.place.keeps else len(body)
            session.content += body[:kept]
            if self.place.drops:
                self.place.drops -= 1
                self.close_connection = True
                return
        if len(session.content) < int(total):
            end = f"bytes=0-{len(session.content) - 1}"
            self._say(308, headers={"Range": end} if session.content else {})
            return
        session.made = self.place.make(
            session.name, session.content, session.only_if, session.metadata
        )
        digest = hashlib.md5(session.content, usedforsecurity=False).digest()
        if session.made:
            sum_of = base64.b64encode(digest).decode()
            self._json({"generation": session.made, "md5Hash": sum_of})
        else:
            self._say(412)

    def _json(self, found: Mapping[str, object], headers: dict[str, str] | None = None) -> None:
        more = {"Content-Type": "application/json", **(headers or {})}
        self._say(200, json.dumps(found).encode(), more)

    def _say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
        """Say nothing."""


@contextmanager
def storing() -> Generator[CloudStorage]:
    """Serve an empty bucket."""
    place = CloudStorage()
    with answering(type("Handler", (_Handler,), {"place": place})) as place.url:
        yield place
