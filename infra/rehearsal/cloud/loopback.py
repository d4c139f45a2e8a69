"""HTTP on loopback: token reviews, reports and API calls of a simulated cloud.

Owns: the paths, and JSON in and out. Does not own: who a token belongs to, what a report says
(each cloud's own) or what an API call does (`door.py`).
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from infra.rehearsal.cloud.door import ApiDoor

LOOPBACK = "127.0.0.1"
LARGEST_REQUEST_BYTES = 1 << 20
REVIEW_VERSION = "authentication.k8s.io/v1"

Reports = Mapping[str, Callable[[], object]]
"""Path to what is answered there, as JSON."""

_log = logging.getLogger(__name__)


class Authenticator(Protocol):
    """Knows whom a cluster token belongs to."""

    def review(self, request: dict) -> dict:
        """Answer a TokenReview."""
        ...


def reviewed(status: dict) -> dict:
    """Return the answer to a TokenReview."""
    return {"apiVersion": REVIEW_VERSION, "kind": "TokenReview", "status": status}


class LoopbackServer:
    """Serves the webhook, the reports and the API until `stop`."""

    def __init__(
        self,
        port: int,
        authenticator: Authenticator,
        door: ApiDoor,
        reports: Reports,
    ) -> None:
        """Bind to a loopback port (0: any) and begin to answer. `reports` maps paths to JSON."""
        handler = _handler(authenticator, door, reports)
        self._server = ThreadingHTTPServer((LOOPBACK, port), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="authenticator", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()


def _handler(
    authenticator: Authenticator, door: ApiDoor, reports: Reports
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Serve a report."""
            report = reports.get(self.path)
            if report is None:
                self._answer(HTTPStatus.NOT_FOUND, {"error": f"no such report: {self.path}"})
            else:
                self._answer(HTTPStatus.OK, report())

        def do_POST(self) -> None:
            """Serve the webhook and the API."""
            length = int(self.headers.get("Content-Length") or 0)
            path = self.path.partition("?")[0]
            if path not in ("/authenticate", "/api") or not 0 < length <= LARGEST_REQUEST_BYTES:
                self.close_connection = True  # the body stays unread
                reason = "POST a TokenReview to /authenticate, or a call to /api"
                self._answer(HTTPStatus.NOT_FOUND, {"error": reason})
                return
            try:
                request = json.loads(self.rfile.read(length))
            except ValueError:
                request = None
            if path == "/api":
                self._answer(*door.answer(self.headers.get("Authorization", ""), request))
            elif not isinstance(request, dict) or request.get("kind") != "TokenReview":
                self._answer(HTTPStatus.BAD_REQUEST, {"error": "the body is no TokenReview"})
            else:
                self._answer(HTTPStatus.OK, authenticator.review(request))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - base class's name
            """Log quietly; paths carry no secrets, bodies are never logged."""
            _log.debug(format, *args)

        def _answer(self, status: HTTPStatus, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
