"""The API of a simulated account for whoever is not the provider: our tools, an operator.

Owns: `POST /api` with a call as JSON, and the envelope of the answer. Whoever knows the owner's
secret may call; it lies in a file that only its owner can read. Requests are not signed: this is
loopback, and the secret opens nothing else.
Does not own: what stands in a call and what it does (each cloud's own), or HTTP (`loopback.py`).
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from infra.rehearsal.cloud.errors import CloudError, NotSimulatedError
from infra.wire import Properties

NOT_SIMULATED = "NotSimulated"
"""Code of an answer that no cloud would give."""
MALFORMED = "MalformedRequest"
"""Code of an answer to what is no call."""
SCHEME = "Bearer "

Answer = tuple[HTTPStatus, dict[str, object]]


class MalformedCallError(ValueError):
    """The body of a request is no call; the message says what it must have."""


@dataclass(frozen=True)
class ApiDoor:
    """Answers API calls from outside of this process."""

    secret: str = field(repr=False)
    """What the owner of the account shows."""
    wrong_secret: str
    """The cloud's own code for a secret that it does not know."""
    call: Callable[[Properties], Properties]
    """Makes a call. Raises `CloudError`, `NotSimulatedError` or `MalformedCallError`."""

    def answer(self, authorization: str, request: object) -> Answer:
        """Make the call; return the status and the body of the answer."""
        if not hmac.compare_digest(authorization.encode(), f"{SCHEME}{self.secret}".encode()):
            return _refusal(HTTPStatus.FORBIDDEN, "", self.wrong_secret, "wrong secret")
        if not isinstance(request, dict):
            reason = "the body must be a JSON object"
            return _refusal(HTTPStatus.BAD_REQUEST, "", MALFORMED, reason)
        try:
            return HTTPStatus.OK, {"reply": self.call(request)}
        except MalformedCallError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, "", MALFORMED, str(error))
        except CloudError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error.operation, error.code, error.reason)
        except NotSimulatedError as error:
            return _refusal(HTTPStatus.NOT_IMPLEMENTED, "", NOT_SIMULATED, str(error))


def _refusal(status: HTTPStatus, operation: str, code: str, message: str) -> Answer:
    return status, {"error": {"operation": operation, "code": code, "message": message}}
