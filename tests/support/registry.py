"""A registry and a chart repository on this machine, over HTTP, as the real ones answer."""

import hashlib
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def index_of(*platforms: str) -> bytes:
    """Return a multi-arch index."""
    manifests = [
        {"digest": digest_of(one.encode()), "platform": {"os": "linux", "architecture": one}}
        for one in platforms
    ]
    return json.dumps({"mediaType": INDEX, "manifests": manifests}).encode()


def chart_of(layer: bytes) -> bytes:
    """Return the manifest of a packaged chart."""
    layers = [{"mediaType": CHART, "digest": digest_of(layer)}]
    return json.dumps({"mediaType": MANIFEST, "layers": layers}).encode()


@dataclass
class Registry:
    """What it has, and how it behaves."""

    manifests: dict[str, bytes] = field(default_factory=dict)
    """By `name:tag`."""
    files: dict[str, bytes] = field(default_factory=dict)
    """By path: an `index.yaml`."""
    wants_token: bool = False
    gives_token: bool = True
    says_digest: bool = True
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Answers that come before any other, in order."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and authorization of each request."""
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    registry: Registry

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        registry, authorization = self.registry, self.headers.get("Authorization", "")
        url = urlsplit(self.path)
        registry.asked.append((self.command, self.path, authorization))
        if registry.refusals:
            self._send(*registry.refusals.pop(0), b"")
        elif url.path == "/token":
            scope = parse_qs(url.query)["scope"][0]
            status = 200 if registry.gives_token else 403
            self._send(status, {}, json.dumps({"token": f"for {scope}"}).encode())
        elif url.path in registry.files:
            self._send(200, {}, registry.files[url.path])
        else:
            self._manifest(url.path, authorization)

    def _manifest(self, path: str, authorization: str) -> None:
        registry = self.registry
        name, _, tag = path.removeprefix("/v2/").partition("/manifests/")
        scope = f"repository:{name}:pull"
        if registry.wants_token and authorization != f"Bearer for {scope}":
            realm = f'Bearer realm="http://{registry.address}/token",service="r",scope="{scope}"'
            self._send(401, {"WWW-Authenticate": realm}, b"")
            return
        body = registry.manifests.get(f"{name}:{tag}")
        if body is None:
            self._send(404, {}, b"")
            return
        headers = {"Docker-Content-Digest": digest_of(body)} if registry.says_digest else {}
        self._send(200, headers, body)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def serving(registry: Registry) -> Generator[Registry]:
    """Serve a registry until the block ends."""
    handler = type("Handler", (_Handler,), {"registry": registry})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        registry.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
