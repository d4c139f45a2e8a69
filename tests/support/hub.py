"""A hub of models on this machine: its API, files in LFS behind signed addresses, its bad days."""

import hashlib
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

REPOSITORY = "acme/tiny"
SIGNATURE = "marker-of-a-signature"
FIRST, SECOND = "1" * 40, "2" * 40
BLOCK = 16 * 2**10


def safetensors(size: int, seed: int = 0) -> bytes:
    """Return bytes that begin as a file of safetensors does; the rest is noise of its own."""
    header = b'{"__metadata__":{}}'
    start = len(header).to_bytes(8, "little") + header
    noise = hashlib.shake_256(str(seed).encode()).digest(size - len(start))
    return start + noise


@dataclass
class Hub:
    """What it has, how it behaves, and what it was asked."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Commit to path to content."""
    branches: dict[str, str] = field(default_factory=dict)
    licence: str | None = "apache-2.0"
    statuses: list[int] = field(default_factory=list)
    """What the next requests are answered, whatever they ask."""
    always: int = 0
    """What every request is answered; 0: what it asks for."""
    retry_after: str = ""
    gives: int | None = None
    """How many bytes of files it still gives; none: all. Then connections are cut."""
    cuts: list[int] = field(default_factory=list)
    """After how many bytes the next answers with files are cut."""
    ranges: bool = True
    spoiled: dict[str, bytes] = field(default_factory=dict)
    """Path to what comes in place of its content."""
    token: str = ""
    """What it asks for."""
    slow_seconds: float = 0.0
    """Between two blocks of a file."""
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    """Path, token and range of each request."""
    sent: int = 0
    """Bytes of files."""
    url: str = ""
    files_url: str = ""
    """Where files of LFS lie: another host, as a browser and a client see it."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def has(self, files: dict[str, bytes], commit: str = FIRST, branch: str = "main") -> None:
        """Add a commit, and move a branch to it."""
        self.commits[commit] = files
        self.branches[branch] = commit

    def answer(self, revision: str) -> dict[str, object] | None:
        """Return what the API says of a revision."""
        commit = self.branches.get(revision, revision)
        if commit not in self.commits:
            return None
        siblings = [_sibling(path, data) for path, data in self.commits[commit].items()]
        card = {"license": self.licence} if self.licence else {}
        return {"sha": commit, "siblings": siblings, "cardData": card}


def is_lfs(path: str) -> bool:
    return path.endswith((".safetensors", ".bin"))


def _sibling(path: str, data: bytes) -> dict[str, object]:
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    row: dict[str, object] = {"rfilename": path, "size": len(data), "blobId": blob}
    if is_lfs(path):
        row["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return row


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        hub.asked.append((path, self.headers.get("Authorization"), self.headers.get("Range")))
        status = hub.always or (hub.statuses.pop(0) if hub.statuses else 0)
        if status:
            self._say(status, b"", {"Retry-After": hub.retry_after} if hub.retry_after else {})
        elif path.startswith("/lfs/"):
            self._lfs(path)
        elif hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
            self._say(401, b"")
        elif path.startswith(f"/api/models/{REPOSITORY}/revision/"):
            self._api(path.removeprefix(f"/api/models/{REPOSITORY}/revision/"))
        else:
            self._resolve(path)

    def _api(self, revision: str) -> None:
        found = self.hub.answer(revision)
        if found is None:
            self._say(404, b"{}")
        else:
            self._say(200, json.dumps(found).encode())

    def _resolve(self, path: str) -> None:
        commit, _, name = path.removeprefix(f"/{REPOSITORY}/resolve/").partition("/")
        files = self.hub.commits.get(commit, {})
        if name not in files:
            self._say(404, b"")
        elif is_lfs(name):
            place = f"{self.hub.files_url}/lfs/{commit}/{name}?Signature={SIGNATURE}"
            self._say(302, b"", {"Location": place})
        else:
            self._file(self.hub.spoiled.get(name, files[name]))

    def _lfs(self, path: str) -> None:
        _, _, commit, name = path.split("/", 3)
        if SIGNATURE not in self.path:
            self._say(403, b"")
        else:
            self._file(self.hub.spoiled.get(name, self.hub.commits[commit][name]))

    def _file(self, content: bytes) -> None:
        wanted = self.headers.get("Range") if self.hub.ranges else None
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        rest = content[start:]
        self.send_response(206 if wanted else 200)
        if wanted:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send_header("Content-Range", span)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        cut = self.hub.cuts.pop(0) if self.hub.cuts else len(rest)
        for at in range(0, len(rest), BLOCK):
            block = self._allowed(rest[at : min(at + BLOCK, cut)])
            self.wfile.write(block)
            if len(block) < min(BLOCK, len(rest) - at):
                self.close_connection = True
                return
            if self.hub.slow_seconds:
                threading.Event().wait(self.hub.slow_seconds)

    def _allowed(self, block: bytes) -> bytes:
        hub = self.hub
        with hub.lock:
            if hub.gives is not None:
                block = block[: hub.gives]
                hub.gives -= len(block)
            hub.sent += len(block)
        return block

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - they are not used
        """Say nothing: a client that went away is what is tested."""


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Generator[str]:
    """Serve on a port of this machine, and yield the address."""
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(hub: Hub) -> Generator[Hub]:
    """Let a hub answer: itself and its files on two ports, which are two hosts to a client."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    with answering(handler) as hub.url, answering(handler) as hub.files_url:
        yield hub
