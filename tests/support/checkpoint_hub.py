"""A hub of models with one checkpoint, as far as loaders ask it.

Owns its answers: what a revision is, and files in ranges. A file may stall in its middle, so that
whoever copies it can be cut there.
"""

import hashlib
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40
STALL_SECONDS = 60
"""At most, should nobody cut."""


@dataclass
class CheckpointHub:
    """One model of one organization."""

    folder: Path
    repository: str
    stalls: str = ""
    """Name of a file that stops in its middle; empty for none."""
    in_the_middle: threading.Event = field(default_factory=threading.Event)
    """Set once somebody has half of that file."""
    goes_on: threading.Event = field(default_factory=threading.Event)
    """Set by whoever has cut enough."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def revision(self) -> bytes:
        files = [self._entry(path) for path in sorted(self.folder.iterdir())]
        card = {"license": "apache-2.0"}
        return json.dumps({"sha": COMMIT, "cardData": card, "siblings": files}).encode()

    def file(self, path: str) -> bytes | None:
        """Return a file by the path of its URL; None: there is none."""
        place = f"/{self.repository}/resolve/"
        if not path.startswith(place):
            return None
        file = self.folder / path.removeprefix(place).partition("/")[2]
        return file.read_bytes() if file.is_file() else None

    @staticmethod
    def _entry(path: Path) -> dict[str, object]:
        content = path.read_bytes()
        blob = b"blob %d\0" % len(content) + content
        entry: dict[str, object] = {
            "rfilename": path.name,
            "size": len(content),
            "blobId": hashlib.sha1(blob).hexdigest(),  # noqa: S324  git's own checksum
        }
        if path.suffix == ".safetensors":
            sha256 = hashlib.sha256(content).hexdigest()
            entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
        return entry


@contextmanager
def serving_checkpoint(hub: CheckpointHub) -> Generator[CheckpointHub]:
    """Serve it on a port of this machine."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        hub.goes_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: CheckpointHub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(path)
        if path.startswith(f"/api/models/{self.hub.repository}/revision/"):
            self._say(200, self.hub.revision())
            return
        content = self.hub.file(path)
        if content is None:
            self._say(404, b"")
            return
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self._say(206, content[begin:], begin, stalls=path.endswith(f"/{self.hub.stalls}"))

    def _say(self, status: int, body: bytes, begin: int = 0, *, stalls: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 206:
            end = begin + len(body)
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{end}")
        self.end_headers()
        half = len(body) // 2
        self.wfile.write(body[:half])
        if stalls and not self.hub.goes_on.is_set():
            self.wfile.flush()
            self.hub.in_the_middle.set()
            self.hub.goes_on.wait(STALL_SECONDS)
        self.wfile.write(body[half:])

    def handle(self) -> None:
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            """Whoever asked was cut."""

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
        """Say nothing."""
