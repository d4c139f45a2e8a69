"""A port that somebody else took: seen, and worth another attempt of that one program."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from infra.rehearsal.control_plane.start import free_ports, is_healthy, with_free_ports
from infra.rehearsal.supervisor import ChildEndedError

TAKEN = "listen tcp 127.0.0.1:4711: bind: Address already in use"


@contextmanager
def answering(body: bytes) -> Generator[int]:
    """Yield the port of a server that gives this answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("body", "healthy"),
    [
        (b'{"health":"true","reason":""}', True),
        (b'{"health":"false","reason":"no leader"}', False),
        (b"<html>hello</html>", False),
        (b"[]", False),
    ],
)
def test_only_an_etcd_that_says_so_is_healthy(body: bytes, healthy: bool) -> None:  # noqa: FBT001 - a test's parameter
    with answering(body) as port:
        assert is_healthy(port) is healthy


def test_a_port_where_nobody_listens_is_not_healthy() -> None:
    assert not is_healthy(free_ports(1)[0])


def attempts(*ends: tuple[str, str]) -> int:
    """Start etcd, whose attempts end so; return how many there were, the last one good."""
    left = [ChildEndedError(name, 1, Path("etcd.log"), tail) for name, tail in ends]

    def attempt() -> int:
        if left:
            raise left.pop(0)
        return 4712

    assert with_free_ports("etcd", attempt) == 4712
    return len(ends) + 1


def test_a_taken_port_is_tried_again_twice_and_not_for_ever() -> None:
    assert attempts(("etcd", TAKEN), ("etcd", TAKEN.lower())) == 3
    with pytest.raises(ChildEndedError, match="Address already in use"):
        attempts(("etcd", TAKEN), ("etcd", TAKEN), ("etcd", TAKEN))


@pytest.mark.parametrize(("name", "tail"), [("aws", TAKEN), ("etcd", "no space left on device")])
def test_any_other_end_is_not_tried_again(name: str, tail: str) -> None:
    with pytest.raises(ChildEndedError, match=name):
        attempts((name, tail))
