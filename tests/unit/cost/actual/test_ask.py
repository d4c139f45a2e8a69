"""Asking OpenCost and Prometheus: what is no answer is one mistake, whatever else it is."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.cost.actual import ask, tokens

JSON = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"


class Server:
    """Answers every request with the same bytes."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.answer = b""
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        """Of the server."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def says(self, body: bytes, status: bytes = b"200 OK") -> None:
        """Let it answer with a body."""
        self.answer = JSON % (status, len(body), body)

    def serve(self) -> None:
        """Answer until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(65536).decode().split(" ")[1])
                connection.sendall(self.answer)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    made = Server()
    threading.Thread(target=made.serve, daemon=True).start()
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    made.listener.close()


def test_an_address_is_asked_the_question_and_a_slash_at_its_end_is_no_matter(
    server: Server,
) -> None:
    server.says(b'{"code": 200}')

    assert ask.allocation(f"{server.address}/", 7) == {"code": 200}
    assert ask.counted(server.address, 7) == {"code": 200}
    first, second = map(urlsplit, server.asked)
    assert (first.path, parse_qs(first.query)["window"]) == ("/allocation", ["7d"])
    assert second.path == "/api/v1/query"
    assert parse_qs(second.query)["query"] == [tokens.QUERY.format(days=7)]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{}", b"503 Service Unavailable", "got status 503"),
        (b"<html>", b"200 OK", "must answer in JSON"),
        (b"\xff", b"200 OK", "must answer in JSON"),
        (b"[]", b"200 OK", "must answer with an object, got list"),
    ],
)
def test_an_answer_of_another_kind_is_a_mistake_with_the_address(
    server: Server, body: bytes, status: bytes, reason: str
) -> None:
    server.says(body, status)

    with pytest.raises(ask.AskError, match=reason) as refused:
        ask.assets(server.address, 7)

    assert str(refused.value).startswith(f"{server.address}: ")


def test_a_server_of_another_protocol_is_a_mistake_and_no_crash(server: Server) -> None:
    server.answer = b"\x15\x03\x01\x00\x02\x02\x16"

    with pytest.raises(ask.AskError, match="is the port-forward running"):
        ask.assets(server.address, 7)


def test_nobody_at_an_address_is_a_mistake() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(ask.AskError, match="refused"):
        ask.assets(f"http://127.0.0.1:{port}", 7)


def test_a_file_is_read_and_one_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "assets.json"
    file.write_text('{"code": 200}', "utf-8")

    assert ask.assets(str(file), 7) == {"code": 200}
    with pytest.raises(ask.AskError, match="No such file"):
        ask.assets(str(tmp_path / "none.json"), 7)
