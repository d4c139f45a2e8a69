"""The gateway: the way in from outside, over TLS, with a key.

Owns the words. Which of them go together is in `checks_gateway`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch

SHARED = "api"
"""Label of the shared host below the domain; beside it no model may be called so."""
MOST_TOKENS = 1_000_000_000
"""Of a tenant in a minute: more than any fleet here makes. Envoy's rate-limit service counts in 32
bits (Envoy Gateway v1.9.1, BackendTrafficPolicy, `limit.requests`)."""


class Issuer(StrEnum):
    """Who signs the gateway's certificate."""

    SELF_SIGNED = "self-signed"
    LETSENCRYPT_STAGING = "letsencrypt-staging"
    LETSENCRYPT = "letsencrypt"

    @property
    def is_acme(self) -> bool:
        """Whether somebody outside signs it, who wants an address to warn."""
        return self is not Issuer.SELF_SIGNED


class Authentication(StrEnum):
    """How a client says who it is."""

    API_KEYS = "api-keys"
    JWT = "jwt"
    NONE = "none"


class JwtSpec(Section):
    """Whose tokens open the gateway: those that an OpenID Connect provider signs for one client."""

    issuer: str
    """`iss` of every token, `https://login.example.com/realms/llm`."""
    audience: str
    """What `aud` of a token must name: this platform, as the provider knows it."""
    jwks_uri: str
    """Where the provider publishes its keys, `jwks_uri` of its discovery document."""
    client_claim: str
    """Claim whose value is the name of a tenant."""


class GatewaySpec(Section):
    """One gateway for all models of a platform: a host for each below one domain."""

    domain: str | None
    """Models are hosts below it, `qwen2-5-7b.llm.example.com`. None: no way in from outside."""
    issuer: Issuer
    """Who signs the certificate: `self-signed` is trusted by nobody."""
    email: str | None
    """Where Let's Encrypt writes to."""
    allow_from: tuple[str, ...]
    """IPv4 ranges that may connect. Empty: everybody."""
    authentication: Authentication
    """`api-keys`: no request without a key passes; `jwt`: none without a provider's token."""
    jwt: JwtSpec | None
    """The provider, where `authentication` is `jwt`."""
    replicas: Annotated[int, Field(ge=1, le=50, strict=True)]
    """Proxies that always run."""
    request_timeout_seconds: Annotated[int, Field(ge=30, le=7200, strict=True)]
    """How long one answer may take, from the request to the last token."""
    idle_timeout_seconds: Annotated[int, Field(ge=30, le=7200, strict=True)]
    """How long a stream may be silent; a waiting server sends a comment every 15 s."""
    max_request_mib: Annotated[int, Field(ge=1, le=512, strict=True)]
    """Largest body of a request: prompts with images are the large ones."""
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    """Requests of one client to one path of one model, at each proxy."""
    shared_host: Switch
    """Whether `api.<domain>` finds a model by its name in the request, beside each model's host."""
    tokens_per_minute: Annotated[int, Field(ge=1, le=MOST_TOKENS, strict=True)]
    """Tokens of prompts and answers of one tenant and one model at the shared host, over all
    proxies."""

    @property
    def is_built(self) -> bool:
        """Whether the platform has a gateway."""
        return self.domain is not None

    @property
    def is_probed(self) -> bool:
        """Whether pods of the cluster come in by the public hosts, as everybody does."""
        return self.is_built and not self.allow_from

    @property
    def zone(self) -> str | None:
        """Name of the DNS zone that the platform keeps; None where no authority asks for one."""
        return self.domain if self.issuer.is_acme else None

    @property
    def needs_key(self) -> bool:
        """Whether a client must show a key."""
        return self.authentication is Authentication.API_KEYS

    @property
    def knows_clients(self) -> bool:
        """Whether a client must say who it is."""
        return self.authentication is not Authentication.NONE

    def host(self, object_name: str) -> str:
        """Return the host of a model, or raise `ValueError` where there is no gateway."""
        if self.domain is None:
            message = f"host of {object_name}: there is no gateway, got no gateway.domain"
            raise ValueError(message)
        return f"{object_name}.{self.domain}"
