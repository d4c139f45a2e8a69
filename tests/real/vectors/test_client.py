"""A client of the vector store, with the address, user and password that a stack hands out.

Milvus Lite answers it: `make lite` installs that and the client as `.ci/milvus-lite` locks them.
What it cannot show: that a stranger is refused (it lets everybody in, as the last test says), users
and roles, Milvus' own programs, etcd, the log in the bucket, and what is lost when one of them
goes. TLS it has none, and neither has the Service: it does not leave the cluster.
"""

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from components.handles import EXPORT_VECTOR_STORE
from tests.support.dockerfiles import ROOT
from tests.support.graphs import graph_of

CLIENT = ROOT / "tests" / "support" / "vector_client.py"
PROGRAMS = ROOT / ".tools" / "milvus-lite" / "bin"
START_SECONDS = 60
pytestmark = pytest.mark.skipif(
    not (PROGRAMS / "milvus-lite").exists(),
    reason="not run: Milvus Lite is not installed here (`make lite`)",
)
each_stack = pytest.mark.parametrize("stack", ["aws-dev", "gcp-prod"])


@pytest.fixture(scope="module", name="port")
def _port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    folder = tmp_path_factory.mktemp("lite")
    command = [PROGRAMS / "milvus-lite", "server", "--data-dir", folder / "data"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log
        )
    try:
        _until_open(port, server, folder / "log")
        yield port
    finally:
        server.kill()
        server.wait()


def _until_open(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() - began < START_SECONDS, "nobody listens"
            time.sleep(0.2)
        else:
            return


def _call(address: str, port: int, password: str) -> list[dict[str, object]]:
    """Run the client as a pod with this address would; only the name of the host is another."""
    host = urlsplit(address).netloc
    done = subprocess.run(
        [PROGRAMS / "python", CLIENT],
        env={
            "ADDRESS": address.replace(host, f"127.0.0.1:{port}"),
            "MILVUS_USER": "root",
            "MILVUS_PASSWORD": password,
            "PATH": os.environ["PATH"],
            "no_proxy": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _address(stack: str) -> str:
    return str(graph_of(stack).outputs[EXPORT_VECTOR_STORE])


@each_stack
def test_a_client_fills_searches_and_empties_a_collection(stack: str, port: int) -> None:
    # URL-safe, 43 characters: what every password of the platform looks like.
    said = _call(_address(stack), port, secrets.token_urlsafe(32))

    assert said == [
        {"collections": ["documents"]},
        {"inserted": 4},
        {"nearest": ["east"]},
        {"nearest": []},
        {"left": [0, 2, 3]},
        {"collections": []},
    ]


def test_lite_lets_anybody_in_so_passwords_are_not_shown_here(port: int) -> None:
    """The day this fails, Lite has users: then show that a wrong password is refused."""
    assert _call(_address("aws-dev"), port, "")
