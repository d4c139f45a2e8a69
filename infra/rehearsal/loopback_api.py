"""The port to AWS's API (`infra/aws_api.py`) on the simulated cloud of a rehearsal."""

import json
from dataclasses import dataclass, field

import urllib3

from infra.cloud_error import CloudApiError
from infra.wire import Properties, Value

CALL_SECONDS = 60.0
"""A call that makes or deletes a cluster talks to the API server meanwhile."""


@dataclass(frozen=True)
class LoopbackApi:
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
        request = {
            "service": service,
            "region": self.region,
            "operation": operation,
            "parameters": parameters,
        }
        try:
            answer = urllib3.request(
                "POST",
                f"{self.url}/api",
                body=json.dumps(request).encode(),
                headers={"Authorization": f"Bearer {self.secret_access_key}"},
                retries=False,
                timeout=CALL_SECONDS,
            )
        except urllib3.exceptions.HTTPError as error:
            raise CloudApiError(operation, type(error).__name__, str(error)) from error
        body = json.loads(answer.data)
        if "error" in body:
            refusal = body["error"]
            raise CloudApiError(
                refusal["operation"] or operation, refusal["code"], refusal["message"]
            )
        return body["reply"]
