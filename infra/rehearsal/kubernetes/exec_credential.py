"""Tokens from a credential command, as Kubernetes clients run it.

Owns the protocol `client.authentication.k8s.io/v1` (kubernetes.io, "client-go credential plugins",
read 2026-11): run the command, read an ExecCredential from its output, keep it until it expires,
and run it again when the API server says 401.
Does not own what the command is: that comes from the kubeconfig.
"""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.rehearsal.kubernetes.errors import StandInError
from infra.rehearsal.kubernetes.values import text

API_VERSION = "client.authentication.k8s.io/v1"
COMMAND_TIMEOUT_SECONDS = 60
EARLY = timedelta(seconds=10)  # a token must not expire on its way to the server
FOREVER = datetime.max.replace(tzinfo=UTC)
STDERR_CHARACTERS = 500


class ExecCredentialError(StandInError):
    """The credential command could not be run, or gave nothing usable."""


@dataclass(frozen=True)
class ExecUser:
    """A credential command as a kubeconfig declares it."""

    api_version: str
    """Version of the protocol; only `client.authentication.k8s.io/v1` is served."""
    command: str
    """Program, looked up on PATH."""
    arguments: tuple[str, ...] = ()
    """Arguments of the program."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables besides those of this process."""
    install_hint: str = ""
    """What to tell a person whose machine lacks the program."""
    cluster_json: str = ""
    """The cluster as the kubeconfig has it, when the command asks for it."""


class ExecCredential:
    """A token that the command gives, kept until shortly before it expires. Thread-safe."""

    def __init__(self, user: ExecUser) -> None:
        """Check the protocol version; nothing runs yet."""
        if user.api_version != API_VERSION:
            message = f"exec: apiVersion is {user.api_version!r}; only {API_VERSION!r} is served"
            raise ExecCredentialError(message)
        self._user = user
        self._lock = threading.Lock()
        self._token = ""
        self._expires = datetime.min.replace(tzinfo=UTC)

    def token(self) -> str:
        """Return a token that is still good.

        Raises:
            ExecCredentialError: the command is missing, failed, or gave no token.
        """
        with self._lock:
            if not self._token or datetime.now(UTC) >= self._expires - EARLY:
                self._token, self._expires = _parse(self._user, _run(self._user))
            return self._token

    def forget(self) -> None:
        """Drop the token: the API server refused it."""
        with self._lock:
            self._token = ""


def _run(user: ExecUser) -> str:
    spec: dict[str, object] = {"interactive": False}
    if user.cluster_json:
        spec["cluster"] = json.loads(user.cluster_json)
    info = json.dumps({"apiVersion": API_VERSION, "kind": "ExecCredential", "spec": spec})
    try:
        done = subprocess.run(  # noqa: S603 - running the kubeconfig's command is the protocol
            [user.command, *user.arguments],
            env={**os.environ, **user.environment, "KUBERNETES_EXEC_INFO": info},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )
    except OSError as error:
        hint = f"; {user.install_hint}" if user.install_hint else "; is it installed and on PATH?"
        message = f"exec: {user.command!r} cannot be run: {error.strerror}{hint}"
        raise ExecCredentialError(message) from error
    except subprocess.TimeoutExpired as error:
        message = f"exec: {user.command!r} gave nothing for {COMMAND_TIMEOUT_SECONDS} s"
        raise ExecCredentialError(message) from error
    if done.returncode != 0:
        said = done.stderr.strip()[-STDERR_CHARACTERS:]
        message = f"exec: {user.command!r} failed with status {done.returncode}: {said}"
        raise ExecCredentialError(message)
    return done.stdout


def _parse(user: ExecUser, output: str) -> tuple[str, datetime]:
    try:
        credential = json.loads(output)
    except ValueError as error:
        message = f"exec: {user.command!r} printed something that is not an ExecCredential"
        raise ExecCredentialError(message) from error.with_traceback(None)
    found = (text(credential, "apiVersion"), text(credential, "kind"))
    if found != (API_VERSION, "ExecCredential"):
        message = f"exec: {user.command!r} printed {found}; wanted {API_VERSION} ExecCredential"
        raise ExecCredentialError(message)
    token = text(credential, "status", "token")
    if not token:
        message = f"exec: {user.command!r} gave no status.token (client certificates: not served)"
        raise ExecCredentialError(message)
    return token, _expiry(user, text(credential, "status", "expirationTimestamp"))


def _expiry(user: ExecUser, timestamp: str) -> datetime:
    if not timestamp:
        return FOREVER
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError as error:
        message = f"exec: {user.command!r} gave expirationTimestamp {timestamp!r}; wanted RFC 3339"
        raise ExecCredentialError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
