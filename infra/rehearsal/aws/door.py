"""The API of the simulated account for whoever is not the provider: our tools, an operator.

Owns: `POST /api` with `{service, region, operation, parameters}`, operations by AWS's own names.
Whoever knows the secret key of the rehearsal's user may call, as with the real API; the key lies in
a file that only its owner can read. Requests are not signed: this is loopback, and the key opens
nothing else.
Does not own: what a call does (`account.py`), or HTTP (`authenticator.py`).
"""

import hmac
from http import HTTPStatus

import botocore
from botocore.exceptions import BotoCoreError

from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.errors import AwsError, NotSimulatedError
from infra.wire import Properties

NOT_SIMULATED = "NotSimulated"
"""Code of an answer that AWS would not give."""
SCHEME = "Bearer "


class ApiDoor:
    """Answers API calls from outside of this process."""

    def __init__(self, account: Account) -> None:
        """Call this account's API."""
        self._account = account

    def answer(self, authorization: str, request: object) -> tuple[HTTPStatus, dict[str, object]]:
        """Make the call; return the status and the body of the answer."""
        if not self._is_owner(authorization):
            return _refusal(HTTPStatus.FORBIDDEN, "", "InvalidClientTokenId", "wrong secret key")
        if not isinstance(request, dict) or not isinstance(request.get("parameters"), dict):
            reason = "the body must be JSON with service, region, operation and parameters"
            return _refusal(HTTPStatus.BAD_REQUEST, "", "MalformedRequest", reason)
        service, region, operation = (
            str(request.get(key, "")) for key in ("service", "region", "operation")
        )
        try:
            return HTTPStatus.OK, {
                "reply": self._call(service, region, operation, request["parameters"])
            }
        except AwsError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error.operation, error.code, error.reason)
        except NotSimulatedError as error:
            return _refusal(HTTPStatus.NOT_IMPLEMENTED, operation, NOT_SIMULATED, str(error))

    def _call(
        self, service: str, region: str, operation: str, parameters: Properties
    ) -> Properties:
        try:
            with self._account.lock:
                client = self._account.client(service, region)
        except (BotoCoreError, ValueError) as error:  # no such service, no region
            raise NotSimulatedError(str(error)) from error
        method = botocore.xform_name(operation)
        if client.meta.method_to_api_mapping.get(method) != operation:
            message = f"{service} has no operation {operation}"
            raise AwsError(message, operation, "InvalidAction")
        return self._account.region(region).call(service, method, **parameters)

    def _is_owner(self, authorization: str) -> bool:
        key = self._account.access_key.secret_access_key
        return hmac.compare_digest(authorization.encode(), f"{SCHEME}{key}".encode())


def _refusal(
    status: HTTPStatus, operation: str, code: str, message: str
) -> tuple[HTTPStatus, dict[str, object]]:
    return status, {"error": {"operation": operation, "code": code, "message": message}}
