"""The gateway of a stack file."""

import pytest

from infra.spec.gateway import Authentication, GatewaySpec, Issuer
from tests.unit.spec.stacks import a_stack, loaded, only

DOMAIN = "llm.example.com"


def gateway(environment: str = "dev", **settings: object) -> GatewaySpec:
    return loaded(a_stack(environment=environment, gateway=settings)).gateway


def test_a_stack_without_a_domain_has_no_way_in_from_outside() -> None:
    assert not loaded(a_stack()).gateway.is_built


@pytest.mark.parametrize(
    ("environment", "issuer", "replicas"),
    [
        ("dev", Issuer.SELF_SIGNED, 1),
        ("staging", Issuer.LETSENCRYPT_STAGING, 2),
        ("prod", Issuer.LETSENCRYPT, 3),
    ],
)
def test_a_domain_is_enough_and_the_environment_decides_the_rest(
    environment: str, issuer: Issuer, replicas: int
) -> None:
    spec = gateway(environment, domain=DOMAIN)

    assert (spec.issuer, spec.replicas) == (issuer, replicas)
    assert spec.authentication is Authentication.API_KEYS
    assert spec.host("qwen2-5-7b") == "qwen2-5-7b.llm.example.com"


def test_a_stack_of_models_takes_the_gateway_from_the_stack_that_it_extends() -> None:
    base = a_stack(models=None, layers=["foundation", "platform"], gateway={"domain": DOMAIN})
    above = a_stack(
        cloud=None,
        environment=None,
        gpuPools=None,
        extends="aws-base",
        layers=["models"],
    )

    assert loaded(above, "aws-above", aws_base=base).gateway.domain == DOMAIN


@pytest.mark.parametrize(
    ("environment", "settings", "setting", "said"),
    [
        ("dev", {"domain": "https://llm.example.com"}, "gateway.domain", "is not a domain"),
        ("dev", {"domain": "*.example.com"}, "gateway.domain", "is not a domain"),
        ("dev", {"domain": "localhost"}, "gateway.domain", "is not a domain"),
        ("dev", {"domain": f"{'a.' * 95}com"}, "gateway.domain", "is not a domain"),
        ("dev", {"domain": DOMAIN, "email": "me"}, "gateway.email", "is not an e-mail address"),
        ("dev", {"allowFrom": ["203.0.113.7"]}, "gateway.allowFrom[0]", "has no prefix length"),
        ("dev", {"allowFrom": ["203.0.113.7/24"]}, "gateway.allowFrom[0]", "has host bits set"),
        ("dev", {"allowFrom": ["0.0.0.0/0"]}, "gateway.allowFrom[0]", "lets in a large part"),
        (
            "dev",
            {"requestTimeoutSeconds": 60, "idleTimeoutSeconds": 61},
            "gateway.idleTimeoutSeconds",
            "is longer than a whole request",
        ),
        (
            "staging",
            {"domain": DOMAIN, "authentication": "none"},
            "gateway.authentication",
            "lets whoever finds a host use the GPUs",
        ),
        (
            "prod",
            {"domain": DOMAIN, "authentication": "none"},
            "gateway.authentication",
            "lets whoever finds a host use the GPUs",
        ),
        (
            "prod",
            {"domain": DOMAIN, "issuer": "self-signed"},
            "gateway.issuer",
            "signs certificates that no client trusts",
        ),
        ("prod", {"domain": DOMAIN, "replicas": 1}, "gateway.replicas", "is one proxy"),
    ],
)
def test_what_cannot_be_is_one_mistake(
    environment: str, settings: dict[str, object], setting: str, said: str
) -> None:
    mistake = only(a_stack(environment=environment, gateway=settings))

    assert mistake.setting == setting
    assert said in mistake.problem


def test_what_is_public_is_not_asked_of_a_gateway_that_is_not_built() -> None:
    assert not gateway("prod", authentication="none", issuer="self-signed").is_built
