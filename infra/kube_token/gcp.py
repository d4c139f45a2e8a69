"""Tokens for the Kubernetes API server of a GKE cluster: Google's own access tokens.

Owns where the token comes from: the variables that pulumi-gcp reads too, else the application
default credentials, as `gke-gcloud-auth-plugin` takes them when it is told to.
Does not own who a token is: Google says so, and IAM and RBAC decide what it may do.
"""

import os
from datetime import UTC

import google.auth
import urllib3
from google.auth import exceptions
from google.auth.impersonated_credentials import Credentials as Impersonated
from google.auth.transport.urllib3 import Request

from infra.kube_token.credential import KubeTokenError, exec_credential

TOKEN_VARIABLE = "GOOGLE_OAUTH_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
AS_VARIABLE = "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"
"""Account that the default credentials take on for the token; pulumi-gcp reads the same variable.
The state stays with whoever they are: Pulumi's backend does not read it."""
SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform",
    # With it the API server knows a service account by its e-mail, which role bindings name;
    # without it by a number (kubernetes/cloud-provider-gcp@560adad, cmd/gke-gcloud-auth-plugin,
    # default_credentials_token_provider.go).
    "https://www.googleapis.com/auth/userinfo.email",
)


def kube_token() -> str:
    """Return an ExecCredential as JSON text, good for every GKE cluster that lets its owner in.

    Raises:
        KubeTokenError: there are no credentials, or Google refuses them.
    """
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given:
        return exec_credential(given, expires=None)
    taken_on = os.environ.get(AS_VARIABLE, "").strip()
    try:
        credentials, _ = google.auth.default(scopes=SCOPES)
        if taken_on:
            credentials = Impersonated(credentials, taken_on, list(SCOPES))
        credentials.refresh(Request(urllib3.PoolManager()))
    except exceptions.GoogleAuthError as error:
        message = (
            f"Google credentials cannot be used{_as(taken_on)}: {error}; run `gcloud auth "
            f"application-default login`, or set {TOKEN_VARIABLE}, or run on a machine with a "
            "service account"
        )
        raise KubeTokenError(message) from error
    if not credentials.token:
        message = (
            "Google credentials gave no token; check with "
            "`gcloud auth application-default print-access-token`"
        )
        raise KubeTokenError(message)
    expiry = credentials.expiry  # in UTC, without saying so
    return exec_credential(credentials.token, expiry.replace(tzinfo=UTC) if expiry else None)


def _as(account: str) -> str:
    return f" as {account} ({AS_VARIABLE})" if account else ""
