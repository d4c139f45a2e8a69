"""A stand-in for the HTTP APIs of GitHub and GitLab, for one test.

Owns answering by method and path, pages of lists as each of them gives them, and writing down who
asked what with which token. Does not own what is right. Paths that nobody declared answer 404.
"""

import json
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

from infra.wire import Properties


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By name in lower case."""
    body: str

    @property
    def said(self) -> Properties:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; a body that is not bytes goes out as JSON."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


Responder = Callable[[Asked], Answer]


@dataclass(slots=True)
class Forge:
    """What it answers, and what it was asked."""

    address: str
    routes: dict[tuple[str, str], Responder] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def on(self, method: str, path: str, answer: Answer | Responder) -> None:
        """Answer requests of a method for a path."""
        self.routes[method, path] = (lambda _: answer) if isinstance(answer, Answer) else answer

    def pages(self, path: str, items: Sequence[object]) -> None:
        """Answer with pages of a list: 30 on one unless asked for more, at most 100."""

        def page(asked: Asked) -> Answer:
            size = min(100, int(asked.query.get("per_page", "30")))
            number = int(asked.query.get("page", "1"))
            more = number * size < len(items)
            part = items[(number - 1) * size : number * size]
            return Answer(body=part, headers={"x-next-page": str(number + 1) if more else ""})

        self.on("GET", path, page)

    def calls(self) -> list[str]:
        """Return the requests as `METHOD path`."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def changes(self) -> list[Asked]:
        """Return the requests that were not reads."""
        return [asked for asked in self.asked if asked.method != "GET"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    forge: Forge


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        forge = cast("_Server", self.server).forge
        where = urlsplit(self.path)
        asked = Asked(
            self.command,
            where.path,
            {name: values[-1] for name, values in parse_qs(where.query).items()},
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length") or 0)).decode(),
        )
        forge.asked.append(asked)
        respond = forge.routes.get((asked.method, asked.path))
        answer = respond(asked) if respond else Answer(404, {"message": "Not Found"})
        said = answer.body
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: tests read `asked`."""


@contextmanager
def forge() -> Generator[Forge]:
    """Serve on a port of this machine for the time of a test."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        host, port = str(server.server_address[0]), server.server_address[1]
        server.forge = Forge(f"http://{host}:{port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.forge
        finally:
            server.shutdown()
            thread.join()
