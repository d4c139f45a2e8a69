"""Tokens of a provider at the gateway: whether one can be asked, and who they are of."""

import re
from urllib.parse import urlsplit

from infra.spec.draft import Draft
from infra.spec.gateway import Authentication, GatewaySpec, JwtSpec
from infra.spec.report import Report

_CLAIM = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
LONGEST_URI = 253
"""Of a provider's keys (Envoy Gateway v1.9.1, SecurityPolicy, `remoteJWKS.uri`)."""


def check_jwt(gateway: Draft[GatewaySpec], tenants: int, report: Report) -> None:
    """Check the provider of tokens, and that its clients are tenants.

    Args:
        gateway: The gateway.
        tenants: How many there are.
        report: Takes the mistakes.
    """
    if not gateway.good("domain", "authentication"):
        return
    spec = gateway.spec
    wanted = spec.authentication is Authentication.JWT
    if wanted and gateway.good("jwt") and spec.jwt is None:
        report.add(
            gateway.at("jwt"),
            "is missing: nothing says whose tokens open the gateway",
            None,
            allowed="issuer, audience and jwksUri of an OpenID Connect provider",
            next_step="take two of them from the provider's /.well-known/openid-configuration",
        )
    if spec.jwt is not None and not wanted:
        report.add(
            gateway.at("jwt"),
            "is written, and nobody asks for tokens",
            spec.authentication.value,
            allowed="jwt with authentication: jwt",
            next_step="write authentication: jwt, or remove jwt",
        )
    if wanted and spec.is_built and not tenants:
        report.add(
            gateway.at("authentication"),
            "lets in whoever the provider knows, with no limit that is theirs",
            spec.authentication.value,
            allowed="jwt with tenants",
            next_step="write the tenants: the name of each is the value of jwt.clientClaim",
        )
    if spec.jwt is not None:
        _check_provider(gateway, spec.jwt, report)


def _check_provider(gateway: Draft[GatewaySpec], jwt: JwtSpec, report: Report) -> None:
    for setting, value in (("jwt.issuer", jwt.issuer), ("jwt.jwksUri", jwt.jwks_uri)):
        if gateway.good(setting) and not _is_https(value):
            report.add(
                gateway.at(setting),
                "is not an address that can be trusted",
                value,
                allowed=f"https://HOST/PATH without user, query and fragment, up to {LONGEST_URI} "
                "characters",
                next_step="take it from the provider's /.well-known/openid-configuration",
            )
    if gateway.good("jwt.audience") and not jwt.audience.strip():
        report.add(
            gateway.at("jwt.audience"),
            "is empty: a token for anything else would open the gateway",
            jwt.audience,
            allowed="what `aud` of the tokens names",
            next_step="write the name under which the provider knows this platform",
        )
    if gateway.good("jwt.clientClaim") and not _CLAIM.fullmatch(jwt.client_claim):
        report.add(
            gateway.at("jwt.clientClaim"),
            "is not the name of a claim",
            jwt.client_claim,
            allowed="letters, digits and underscores, dots between the parts of a nested one",
            next_step="remove it for sub, or write for example azp",
        )


def _is_https(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    extra = parts.query or parts.fragment or "@" in parts.netloc
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and not extra
        and port in (None, 443)
        and len(uri) <= LONGEST_URI
    )
