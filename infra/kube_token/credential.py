"""What a Kubernetes client reads from a credential command.

Owns the form `client.authentication.k8s.io/v1` (kubernetes.io, "client-go credential plugins", read
2026-11) and the error of both clouds. Does not own any token.
"""

import json
from datetime import UTC, datetime

API_VERSION = "client.authentication.k8s.io/v1"


class KubeTokenError(ValueError):
    """No token can be made: no usable credentials of the cloud, or no such region."""


def exec_credential(token: str, expires: datetime | None) -> str:
    """Return an ExecCredential as JSON text.

    Args:
        token: the bearer token.
        expires: when a client must ask again; None where nobody knows, then it asks once the API
            server refuses the token.
    """
    status = {"token": token}
    if expires is not None:
        status["expirationTimestamp"] = expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(
        {"apiVersion": API_VERSION, "kind": "ExecCredential", "spec": {}, "status": status}
    )
