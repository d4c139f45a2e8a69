"""HTTP on loopback: who a token belongs to, what exists, how many nodes a group has, API calls.

Owns: the TokenReview webhook that the rehearsal's API server asks, two reports for the
orchestrator, and the way to the API. Does not own: what makes a token good (`tokens.py`), who may
come in (`eks_access.py`) or what an API call does (`door.py`).

A token that is refused gets no reason over the wire of the API server but 401; the reason is in
the review's `error` and in this program's log.
"""

import json
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from moto.iam.models import iam_backends

from infra.rehearsal.aws import tokens
from infra.rehearsal.aws.account import PARTITION, Account
from infra.rehearsal.aws.door import ApiDoor
from infra.rehearsal.aws.eks_access import AccessEntry
from infra.rehearsal.aws.eks_state import EksState, entries_count

LOOPBACK = "127.0.0.1"
LARGEST_REQUEST_BYTES = 1 << 20
REVIEW_VERSION = "authentication.k8s.io/v1"

_log = logging.getLogger(__name__)


class Authenticator:
    """Knows whom a token belongs to, by the access entries of the account's cluster."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Look at the account's access keys and clusters."""
        self._account = account
        self._state = state

    def review(self, request: dict) -> dict:
        """Answer a TokenReview."""
        token = str((request.get("spec") or {}).get("token") or "")
        try:
            with self._account.lock:
                status = self._user(token)
        except tokens.ForeignTokenError:
            status = {"authenticated": False}
        except tokens.BadTokenError as error:
            _log.warning("token refused: %s", error)
            status = {"authenticated": False, "error": str(error)}
        return {"apiVersion": REVIEW_VERSION, "kind": "TokenReview", "status": status}

    def _user(self, token: str) -> dict:
        key_id = tokens.access_key_id(token)
        key = iam_backends[self._account.account_id][PARTITION].access_keys.get(key_id)
        if key is None:
            message = f"token: signed with access key {key_id}, which this account does not have"
            raise tokens.BadTokenError(message)
        cluster, entries = self._cluster()
        tokens.verify(token, cluster, key.secret_access_key)
        principal = f"arn:{PARTITION}:iam::{self._account.account_id}:user/{key.user_name}"
        entry = entries.get(principal)
        if entry is None:
            message = f"{principal} has no access entry on cluster {cluster}"
            raise tokens.BadTokenError(message)
        return {
            "authenticated": True,
            "user": {
                "username": entry.username,
                "uid": f"aws-iam-authenticator:{self._account.account_id}:{key_id}",
                "groups": entry.effective_groups,
                "extra": {"arn": [principal], "accessKeyId": [key_id]},
            },
        }

    def _cluster(self) -> tuple[str, dict[str, AccessEntry]]:
        for (_region, name), record in self._state.records.items():
            if not entries_count(record.overlay):
                message = f"cluster {name} uses CONFIG_MAP authentication, which is not simulated"
                raise tokens.BadTokenError(message)
            return name, record.entries
        message = "no cluster exists, so nobody may reach one"
        raise tokens.BadTokenError(message)


class LoopbackServer:
    """Serves the webhook, the reports and the API until `stop`."""

    def __init__(
        self,
        port: int,
        authenticator: Authenticator,
        door: ApiDoor,
        reports: dict[str, Callable[[], object]],
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
    authenticator: Authenticator, door: ApiDoor, reports: dict[str, Callable[[], object]]
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
