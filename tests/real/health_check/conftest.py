"""A port that answers as vLLM's does, for every test of the health check."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.engine_port import Engine


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(folder=tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, engine.metrics())

        def do_POST(self) -> None:
            engine.keys.append(self.headers.get("Authorization"))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = engine.complete(body)
            self._say(engine.status, answer)

        def _say(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                """Whoever asked has given up."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    engine.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield engine
    server.shutdown()
    thread.join()
    server.server_close()
