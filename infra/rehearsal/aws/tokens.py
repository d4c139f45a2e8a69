"""Verifying cluster tokens as EKS does: a presigned STS request whose signature is recomputed.

Owns: what makes a token good. Does not own: who may come in (`eks_access.py`).

Format: kubernetes-sigs/aws-iam-authenticator v0.6, pkg/token. The signed header's value is not in
the URL: the verifier fills in its own cluster's name, so a token for another cluster has a
signature that does not match.
"""

import base64
import binascii
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.kube_token.aws import CLUSTER_HEADER, TOKEN_PREFIX, URL_VALID_SECONDS

TOKEN_LIFE = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=5)
SIGNED_HEADERS = f"host;{CLUSTER_HEADER}"
PARAMETERS = frozenset(
    {
        *("Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"),
        *("X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"),
    }
)


class BadTokenError(ValueError):
    """The token proves nothing."""


class ForeignTokenError(BadTokenError):
    """The token is none of ours; another authenticator may know it."""


def access_key_id(token: str) -> str:
    """Return the access key that a token says it was signed with; nothing is proven yet."""
    return _scope(_parameters(token))[0]


def verify(token: str, cluster: str, secret_access_key: str, now: datetime | None = None) -> None:
    """Prove that a token was signed for a cluster with a secret key, not long ago.

    Raises:
        BadTokenError: it was not; the message says why.
    """
    parameters = _parameters(token)
    key_id, _region = _scope(parameters)
    signed_at = _signed_at(parameters)
    now = now or datetime.now(UTC)
    if not signed_at - CLOCK_SKEW <= now <= signed_at + TOKEN_LIFE:
        message = f"token: signed at {signed_at:%H:%M:%S} UTC, expired or not yet valid"
        raise BadTokenError(message)
    expected = _signature(token, cluster, Credentials(key_id, secret_access_key))
    if not hmac.compare_digest(expected, parameters["X-Amz-Signature"]):
        message = (
            f"token: the signature does not fit cluster {cluster!r}: it was made for another "
            "cluster or with another secret key"
        )
        raise BadTokenError(message)


def _url(token: str) -> str:
    if not token.startswith(TOKEN_PREFIX):
        message = f"token: does not begin with {TOKEN_PREFIX!r}"
        raise ForeignTokenError(message)
    encoded = token.removeprefix(TOKEN_PREFIX)
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        message = "token: is no base64url text"
        raise BadTokenError(message) from error


def _parameters(token: str) -> dict[str, str]:
    parts = urlsplit(_url(token))
    host = re.fullmatch(r"sts(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?", parts.netloc)
    if parts.scheme != "https" or host is None or parts.path not in ("", "/"):
        message = f"token: {parts.scheme}://{parts.netloc}{parts.path} is no STS endpoint"
        raise BadTokenError(message)
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    found = dict(pairs)
    if len(found) != len(pairs) or found.keys() != PARAMETERS:
        message = f"token: must have exactly {', '.join(sorted(PARAMETERS))}"
        raise BadTokenError(message)
    if found["Action"] != "GetCallerIdentity":
        message = f"token: must be signed for GetCallerIdentity (got {found['Action']!r})"
        raise BadTokenError(message)
    if found["X-Amz-SignedHeaders"] != SIGNED_HEADERS:
        message = f"token: signed headers must be {SIGNED_HEADERS!r}"
        raise BadTokenError(message)
    expires = found["X-Amz-Expires"]
    if not expires.isdigit() or not 0 < int(expires) <= URL_VALID_SECONDS:
        message = f"token: X-Amz-Expires must be 1 to {URL_VALID_SECONDS} (got {expires!r})"
        raise BadTokenError(message)
    return found


def _scope(parameters: dict[str, str]) -> tuple[str, str]:
    parts = parameters["X-Amz-Credential"].split("/")
    if len(parts) != 5 or parts[3:] != ["sts", "aws4_request"]:  # noqa: PLR2004 - SigV4's scope
        message = f"token: {parameters['X-Amz-Credential']!r} is no STS credential scope"
        raise BadTokenError(message)
    return parts[0], parts[2]


def _signed_at(parameters: dict[str, str]) -> datetime:
    try:
        return datetime.strptime(parameters["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError as error:
        message = f"token: {parameters['X-Amz-Date']!r} is no date"
        raise BadTokenError(message) from error


def _signature(token: str, cluster: str, credentials: Credentials) -> str:
    """Sign the token's request again, with this cluster's name in the signed header."""
    parameters = _parameters(token)
    unsigned = {key: item for key, item in parameters.items() if key != "X-Amz-Signature"}
    request = AWSRequest(
        method="GET",
        url=urlsplit(_url(token))._replace(query=urlencode(unsigned)).geturl(),
        headers={CLUSTER_HEADER: cluster},
    )
    request.context["timestamp"] = parameters["X-Amz-Date"]
    region = _scope(parameters)[1]
    expires = int(parameters["X-Amz-Expires"])
    signer = SigV4QueryAuth(credentials, "sts", region, expires=expires)
    canonical = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, canonical), request)
