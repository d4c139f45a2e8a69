"""The cache's configuration on a real server: ACL, TLS, eviction, persistence."""

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest

from components.data.valkey import release_name, valkey_values
from components.kubernetes.charts import ChartValue
from infra.rehearsal.charts import objects_of
from infra.spec.cache import CacheInstanceSpec
from tests.support.valkey import (
    SERVER,
    Client,
    Rendered,
    Server,
    ServerError,
    rendered,
    running,
)

pytestmark = pytest.mark.skipif(
    SERVER is None, reason="not run: neither valkey-server nor redis-server is installed"
)
PASSWORDS = {"default": "d" * 32, "responses": "r" * 32, "counters": "c" * 32}
SMALL = CacheInstanceSpec(memory_gib=0.1, node_type=None, replicas=0)
MIB = 1024**2
VALUE = b"x" * MIB
MORE_THAN_FITS = 130
"""Of a MiB each: 0.1 GiB are 102."""
INSTANCES = ("responses", "counters")
CLI = shutil.which("valkey-cli") or shutil.which("redis-cli")


class Make(Protocol):
    """Writes the configuration of an instance."""

    def __call__(self, label: str, tls_secret: str | None = None) -> Rendered: ...


def _values(label: str, tls_secret: str | None) -> dict[str, ChartValue]:
    return valkey_values(
        label, SMALL, users_secret="users", tls_secret=tls_secret, storage_class="block"
    )


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the configuration of an instance, in plain text as stacks have it, or with TLS."""

    def made(label: str, tls_secret: str | None = None) -> Rendered:
        return rendered(_values(label, tls_secret), PASSWORDS, tmp_path)

    return made


def _log_in(server: Server, label: str) -> Client:
    return server.user(label, PASSWORDS[label])


@pytest.mark.parametrize("tls_secret", [None, "tls"], ids=["plain", "tls"])
@pytest.mark.parametrize("label", INSTANCES)
def test_nobody_comes_in_without_the_right_name_and_password(
    label: str, tls_secret: str | None, make: Make
) -> None:
    with running(make(label, tls_secret)) as server:
        stranger = server.stranger()
        with pytest.raises(ServerError, match=r"^NOAUTH"):
            stranger("PING")
        for name, password in ((label, "wrong"), ("nobody", PASSWORDS[label]), (label, "")):
            with pytest.raises(ServerError, match=r"^WRONGPASS"):
                stranger("AUTH", name, password)
        stranger("AUTH", label, PASSWORDS[label])
        assert stranger("PING") == "PONG"


@pytest.mark.parametrize("label", INSTANCES)
def test_what_measures_a_server_reads_of_itself_and_neither_keys_nor_settings(
    label: str, make: Make
) -> None:
    """What redis_exporter 1.82.0 asks as the user `default`, and what it must not."""
    with running(make(label)) as server:
        client = server.user("default", PASSWORDS["default"])
        for asked in ("INFO", "LATENCY LATEST", "SLOWLOG LEN", "CLIENT SETNAME exporter", "PING"):
            client(*asked.split())
        refused = ("GET a", "SET a b", "SCAN 0", "CONFIG GET *", "ACL LIST", "CLIENT LIST")
        for command in refused:
            with pytest.raises(ServerError, match=r"^NOPERM"):
                client(*command.split())


@pytest.mark.parametrize("label", INSTANCES)
def test_with_tls_plain_text_gets_no_answer(label: str, make: Make) -> None:
    with running(make(label, "tls")) as server:
        with socket.create_connection(("127.0.0.1", server.config.port), timeout=5) as plain:
            plain.sendall(b"PING\r\n")
            try:
                answer = plain.recv(64)
            except ConnectionError:
                answer = b""
        assert b"PONG" not in answer
        assert b"NOAUTH" not in answer
        assert "port 0" in server.config.file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("label", INSTANCES)
@pytest.mark.parametrize(
    "command",
    [
        ("CONFIG", "GET", "maxmemory"),
        ("CONFIG", "SET", "maxmemory-policy", "allkeys-random"),
        ("ACL", "LIST"),
        ("ACL", "SETUSER", "counters", "+@all"),
        ("FLUSHALL",),
        ("FLUSHDB",),
        ("KEYS", "*"),
        ("SHUTDOWN", "NOSAVE"),
        ("REPLICAOF", "127.0.0.1", "1"),
        ("SAVE",),
        ("MONITOR",),
    ],
    ids=" ".join,
)
def test_a_user_administers_nothing(label: str, command: tuple[str, ...], make: Make) -> None:
    with running(make(label)) as server:
        client = _log_in(server, label)
        with pytest.raises(ServerError, match=r"^NOPERM"):
            client(*command)
        assert client("SET", "still", "there") == "OK"


@pytest.mark.skipif(CLI is None, reason="not run: neither valkey-cli nor redis-cli is installed")
@pytest.mark.parametrize("tls_secret", [None, "tls"], ids=["plain", "tls"])
def test_the_charts_probe_passes_on_a_server_that_lets_nobody_in_and_fails_without_one(
    tls_secret: str | None, make: Make
) -> None:
    config = make("counters", tls_secret)
    command = _probe_command("counters", tls_secret, config)
    with running(config):
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def _probe_command(label: str, tls_secret: str | None, config: Rendered) -> Sequence[str]:
    """Return what the chart's readiness probe runs, with the server's own paths and port."""
    values = json.loads(json.dumps(_values(label, tls_secret)))
    made = objects_of("valkey", "0.11.0", release_name(label), "cache", values)
    (server,) = (body for body in json.loads(json.dumps(made)) if body["kind"] == "Deployment")
    container, *_ = server["spec"]["template"]["spec"]["containers"]
    words = [
        str(config.authority) if word.startswith("/tls/") else word
        for word in container["readinessProbe"]["exec"]["command"]
    ]
    return [str(CLI), "-p", str(config.port), *words[1:]]


def test_a_user_counts_expires_and_reads(make: Make) -> None:
    with running(make("counters")) as server:
        client = _log_in(server, "counters")
        assert [client("INCRBY", "limit", "1") for _ in range(3)] == [1, 2, 3]
        assert client("EXPIRE", "limit", "60") == 1
        assert client("EVAL", "return redis.call('GET', KEYS[1])", "1", "limit") == "3"


def test_responses_evict_the_oldest_and_take_what_is_new(make: Make) -> None:
    with running(make("responses")) as server:
        client = _log_in(server, "responses")
        for number in range(MORE_THAN_FITS):
            assert client("SET", f"answer-{number}", VALUE) == "OK"
        assert client("EXISTS", f"answer-{MORE_THAN_FITS - 1}") == 1
        assert 0 < int(str(client("DBSIZE"))) < MORE_THAN_FITS


def _fill(client: Client) -> int:
    """Write until the server refuses; return how many values it took."""
    for number in range(MORE_THAN_FITS):
        try:
            client("SET", f"session-{number}", VALUE)
        except ServerError:
            return number
    return MORE_THAN_FITS


def test_counters_refuse_writes_at_the_limit_and_keep_all_that_they_have(make: Make) -> None:
    with running(make("counters")) as server:
        client = _log_in(server, "counters")
        written = _fill(client)
        with pytest.raises(ServerError, match=r"^OOM command not allowed"):
            client("SET", "one-more", VALUE)
        assert 0 < written < MORE_THAN_FITS
        assert client("DBSIZE") == written
        assert client("EXISTS", "session-0") == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize(("label", "kept"), [("counters", "41"), ("responses", None)])
def test_counters_outlive_the_server_and_responses_do_not(
    label: str, kept: str | None, end: signal.Signals, make: Make
) -> None:
    config = make(label)
    with running(config) as server:
        _log_in(server, label)("SET", "number", "41")
        time.sleep(1.5)  # appended commands reach the disk every second
        server.process.send_signal(end)
        server.process.wait(timeout=10)
    with running(config) as server:
        assert _log_in(server, label)("GET", "number") == kept
