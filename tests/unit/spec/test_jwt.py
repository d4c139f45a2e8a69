"""Tokens of a provider in a stack file."""

from collections.abc import Mapping

import pytest

from infra.spec.gateway import Authentication, JwtSpec
from tests.unit.spec.stacks import a_stack, loaded, only

DOMAIN = "llm.example.com"
PROVIDER = {
    "issuer": "https://login.example.com/realms/llm",
    "audience": "llm",
    "jwksUri": "https://login.example.com/realms/llm/protocol/openid-connect/certs",
}


def stack(gateway: Mapping[str, object] | None = None, **sections: object) -> dict[str, object]:
    settings = {"domain": DOMAIN, "authentication": "jwt", "jwt": PROVIDER, **(gateway or {})}
    written = {key: value for key, value in settings.items() if value is not None}
    return a_stack(**{"tenants": [{"name": "search"}], "gateway": written, **sections})


def test_a_provider_is_enough_and_the_subject_of_a_token_names_the_tenant() -> None:
    spec = loaded(stack()).gateway

    assert spec.authentication is Authentication.JWT
    assert spec.jwt == JwtSpec(
        issuer=PROVIDER["issuer"],
        audience="llm",
        jwks_uri=PROVIDER["jwksUri"],
        client_claim="sub",
    )
    assert not spec.needs_key
    assert spec.knows_clients


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_tokens_are_enough_where_strangers_could_come_in(environment: str) -> None:
    assert loaded(stack(environment=environment)).gateway.knows_clients


@pytest.mark.parametrize(
    ("changes", "setting", "said"),
    [
        ({"jwt": None}, "gateway.jwt", "is missing"),
        ({"authentication": "api-keys"}, "gateway.jwt", "nobody asks for tokens"),
        (
            {"jwt": {**PROVIDER, "issuer": "http://login.example.com"}},
            "gateway.jwt.issuer",
            "is not an address that can be trusted",
        ),
        (
            {"jwt": {**PROVIDER, "jwksUri": "https://login.example.com:8443/keys"}},
            "gateway.jwt.jwksUri",
            "is not an address that can be trusted",
        ),
        (
            {"jwt": {**PROVIDER, "jwksUri": "https://me:secret@login.example.com/keys"}},
            "gateway.jwt.jwksUri",
            "is not an address that can be trusted",
        ),
        (
            {"jwt": {**PROVIDER, "jwksUri": "https://[login/keys"}},
            "gateway.jwt.jwksUri",
            "is not an address that can be trusted",
        ),
        ({"jwt": {**PROVIDER, "audience": " "}}, "gateway.jwt.audience", "is empty"),
        (
            {"jwt": {**PROVIDER, "clientClaim": "x-y z"}},
            "gateway.jwt.clientClaim",
            "is not the name of a claim",
        ),
    ],
)
def test_a_provider_that_cannot_work_is_refused(
    changes: dict[str, object], setting: str, said: str
) -> None:
    mistake = only(stack(changes))

    assert mistake.setting == setting
    assert said in mistake.problem


def test_tokens_open_nothing_until_there_are_tenants() -> None:
    mistake = only(stack(tenants=None))

    assert mistake.setting == "gateway.authentication"
    assert "lets in whoever the provider knows" in mistake.problem
