"""The ports to the clouds' APIs on the simulated cloud of a rehearsal.

Owns `infra/aws_api.py`'s and `infra/google_api.py`'s, so that a tool cannot tell which it asks.
"""

import json
from dataclasses import dataclass, field

import urllib3

from infra.cloud_error import CloudApiError
from infra.wire import Properties, Value

CALL_SECONDS = 60.0
"""A call that makes or deletes a cluster talks to the API server meanwhile."""


@dataclass(frozen=True)
class LoopbackAwsApi:
    """The simulated account in one region."""

    url: str
    """`http://127.0.0.1:PORT` of the simulated cloud."""
    secret_access_key: str = field(repr=False)
    """The rehearsal user's."""
    region: str
    """The region that calls go to."""

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: the simulated AWS refuses, or does not answer.
        """
        request: Properties = {
            "service": service,
            "region": self.region,
            "operation": operation,
            "parameters": parameters,
        }
        return _answer(self.url, self.secret_access_key, operation, request)


@dataclass(frozen=True)
class LoopbackGoogleApi:
    """The simulated project, as its region is used."""

    url: str
    """`http://127.0.0.1:PORT` of the simulated cloud."""
    access_token: str = field(repr=False)
    """The rehearsal user's."""
    project: str
    """Id of the project."""
    region: str
    """The region that the stack names."""

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: the simulated Google Cloud refuses, or does not answer.
        """
        request: Properties = {"method": method_id, "parameters": parameters, "body": body}
        return _answer(self.url, self.access_token, method_id, request)


def _answer(url: str, secret: str, operation: str, request: Properties) -> Properties:
    try:
        answer = urllib3.request(
            "POST",
            f"{url}/api",
            body=json.dumps(request).encode(),
            headers={"Authorization": f"Bearer {secret}"},
            retries=False,
            timeout=CALL_SECONDS,
        )
    except urllib3.exceptions.HTTPError as error:
        raise CloudApiError(operation, type(error).__name__, str(error)) from error
    body = json.loads(answer.data)
    if "error" in body:
        refusal = body["error"]
        raise CloudApiError(refusal["operation"] or operation, refusal["code"], refusal["message"])
    return body["reply"]
