"""A gateway as a stack file of production describes it, for tests that need one."""

from infra.spec.gateway import Authentication, GatewaySpec, Issuer

GATEWAY = GatewaySpec(
    domain="llm.example.com",
    issuer=Issuer.LETSENCRYPT,
    email="platform@example.com",
    allow_from=("203.0.113.0/24",),
    authentication=Authentication.API_KEYS,
    jwt=None,
    replicas=2,
    request_timeout_seconds=900,
    idle_timeout_seconds=300,
    max_request_mib=20,
    requests_per_minute=600,
    shared_host=False,
    tokens_per_minute=120_000,
)
