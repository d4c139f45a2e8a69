"""A model server to be: streams tokens as slowly as it is told, and remembers what it was asked."""

import contextlib
import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]


@dataclass
class ModelServer:
    """What it does and what it saw."""

    port: int = 0
    pause_seconds: float = 0.0
    """Between two tokens, of streams that begin from now on."""
    tokens: int = 3
    """Of each of them."""
    breaks_off: bool = False
    """Ends the connection after the first token."""
    statuses: list[int] = field(default_factory=list)
    """Statuses of the next answers; none left: 200 with a stream."""
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0
    """Tokens that it made, whether or not somebody read them."""
    left: int = 0
    """Streams whose reader went away."""

    def forget(self) -> None:
        """Be as if nobody had asked anything."""
        fresh = ModelServer(self.port)
        self.__dict__.update(fresh.__dict__)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), _Handler)
        self.model = ModelServer(self.server_port)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _model(self) -> ModelServer:
        assert isinstance(self.server, _Server)
        return self.server.model

    def do_GET(self) -> None:
        self._remember()
        self._say(200, {"object": "list", "data": []})

    def do_POST(self) -> None:
        tokens, pause_seconds = self._model.tokens, self._model.pause_seconds
        self._remember()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        statuses = self._model.statuses
        if statuses and (status := statuses.pop(0)) != 200:
            self._say(status, {"error": {"message": "the queue is full"}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for index in range(tokens):
            time.sleep(pause_seconds)
            self._model.sent += 1
            self._chunk(f"data: {json.dumps({'token': index})}\n\n")
            if self._model.breaks_off:
                self.close_connection = True
                return
        self._chunk("data: [DONE]\n\n")
        self._chunk("")

    def _chunk(self, text: str) -> None:
        self.wfile.write(f"{len(text):x}\r\n{text}\r\n".encode())
        self.wfile.flush()

    def _remember(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._model.asked.append(Asked(self.path, headers))

    def _say(self, status: int, body: dict) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self._model.left += 1


@contextlib.contextmanager
def streaming(address: str) -> Generator[ModelServer]:
    """Serve on a free port of that address until the block ends."""
    http = _Server(address)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield http.model
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
