"""A password for the platform's registry, from whoever runs the command.

Owns asking the cloud for one. It goes to the engine by standard input: never into an argument, a
file of ours or a log. Does not own credentials: the clouds' own chains find them.
"""

import base64
from dataclasses import dataclass, field

from infra.cloud_error import CloudApiError
from infra.spec.cloud import CloudProvider, CloudSpec

ANY_GOOGLE_USER = "oauth2accesstoken"
"""Name that Artifact Registry takes with an access token (its documentation, "Authentication")."""
ECR_OPERATION = "GetAuthorizationToken"
GOOGLE_OPERATION = "credentials"
_NONE = "gave no token"
PUSH_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


@dataclass(frozen=True, slots=True)
class Login:
    """What a registry is logged in to with."""

    user: str
    password: str = field(repr=False)


def registry_login(cloud: CloudSpec) -> Login:
    """Return name and password for the registry of a stack's cloud.

    Raises:
        CloudApiError: no credentials, or the cloud refuses them.
    """
    return _google() if cloud.provider is CloudProvider.GCP else _aws(cloud.region)


def _aws(region: str) -> Login:
    from infra.aws_api import own_account  # noqa: PLC0415 - boto3 may not be installed

    reply = own_account(region).call("ecr", ECR_OPERATION)
    return login_of(reply)


def login_of(reply: object) -> Login:
    """Return the name and password that a reply of `GetAuthorizationToken` holds.

    Raises:
        CloudApiError: it holds none.
    """
    data = reply.get("authorizationData") if isinstance(reply, dict) else None
    first = data[0] if isinstance(data, list) and data else None
    token = first.get("authorizationToken") if isinstance(first, dict) else None
    if not isinstance(token, str):
        raise _no_token(ECR_OPERATION, _NONE)
    user, _, password = base64.b64decode(token).decode().partition(":")
    return Login(user, password)


def _google() -> Login:
    import google.auth  # noqa: PLC0415 - may not be installed
    import urllib3  # noqa: PLC0415 - as above
    from google.auth import exceptions  # noqa: PLC0415 - as above
    from google.auth.transport.urllib3 import Request  # noqa: PLC0415 - as above

    try:
        credentials, _ = google.auth.default(scopes=[PUSH_SCOPE])
        credentials.refresh(Request(urllib3.PoolManager()))
    except exceptions.GoogleAuthError as error:
        raise _no_token(GOOGLE_OPERATION, str(error)) from error
    if not credentials.token:
        raise _no_token(GOOGLE_OPERATION, _NONE)
    return Login(ANY_GOOGLE_USER, str(credentials.token))


def _no_token(operation: str, message: str) -> CloudApiError:
    return CloudApiError(operation, "NoToken", message)
