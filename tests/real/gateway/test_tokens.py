"""Tokens of a provider at a real Envoy: whose token opens which model, and what a server sees."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.spec.gateway import Authentication
from tests.support.gateway_world import World, also_serving
from tests.support.shared_route import tenant
from tests.support.streaming_server import ModelServer
from tests.support.token_provider import TokenProvider, new_key, token_provider

pytestmark = [pytest.mark.real, pytest.mark.slow]

SEARCH = tenant("search", "opened", requests=100)
COUNTED = tenant("counted", requests=3)
PROBE = tenant("probe", requests=1000)
"""Who waits until Envoy has all of it, and takes nothing of the others' limits."""


@pytest.fixture(scope="module", name="provider")
def _provider(world: World) -> Iterator[TokenProvider]:
    with token_provider(world.site.address) as provider:
        yield provider


@pytest.fixture(scope="module", name="tokens")
def _tokens(world: World, provider: TokenProvider) -> Iterator[World]:
    """The world with models that ask for tokens; the last lets nobody in from here."""
    asking = {"authentication": Authentication.JWT, "jwt": provider.spec}
    settings = world.settings.model_copy(update=asking)
    names, tenants = ("opened", "closed", "elsewhere"), (SEARCH, COUNTED, PROBE)
    probe = provider.token({"sub": "probe"})
    with also_serving(replace(world, settings=settings), names, tenants, probe) as with_tokens:
        yield with_tokens


def test_a_token_opens_the_models_of_its_tenant(
    tokens: World, provider: TokenProvider, server: ModelServer
) -> None:
    assert tokens.asks("opened", provider.token({"sub": "search"})) == 200
    assert len(server.asked) == 1


@pytest.mark.parametrize(("model", "tenant"), [("closed", "search"), ("opened", "stranger")])
def test_a_token_opens_no_other(
    tokens: World, provider: TokenProvider, server: ModelServer, model: str, tenant: str
) -> None:
    assert tokens.asks(model, provider.token({"sub": tenant})) == 403
    assert server.asked == []


@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"aud": "something-else"}, {"iss": "https://somebody.example.com"}],
    ids=["expired", "for another audience", "of another provider"],
)
def test_a_token_that_is_not_for_us_opens_nothing(
    tokens: World, provider: TokenProvider, server: ModelServer, claims: dict[str, object]
) -> None:
    assert tokens.asks("opened", provider.token({"sub": "search", **claims})) in (401, 403)
    assert server.asked == []


def test_nobody_comes_in_without_a_token_or_with_one_of_another_key(
    tokens: World, provider: TokenProvider, server: ModelServer
) -> None:
    assert tokens.asks("opened", None) == 401
    assert tokens.asks("opened", "not-a-token") == 401
    assert tokens.asks("opened", provider.token({"sub": "search"}, new_key())) == 401
    assert server.asked == []


@pytest.mark.parametrize("claims", [{"sub": "search"}, {}], ids=["another tenant", "no claim"])
def test_who_somebody_says_to_be_opens_nothing(
    tokens: World, provider: TokenProvider, server: ModelServer, claims: dict[str, object]
) -> None:
    forged = {"x-tokenworks-client": "probe"}

    assert tokens.asks("closed", provider.token(claims), **forged) == 403
    assert server.asked == []


def test_a_server_learns_the_tenant_and_never_the_token(
    tokens: World, provider: TokenProvider, server: ModelServer
) -> None:
    token = provider.token({"sub": "search"})

    assert tokens.asks("opened", token, **{"x-tokenworks-client": "probe"}) == 200
    (asked,) = server.asked
    assert asked.headers["x-tokenworks-client"] == "search"
    assert "authorization" not in asked.headers
    assert token not in str(asked.headers)


def test_each_tenant_has_its_own_limit(
    tokens: World, provider: TokenProvider, server: ModelServer
) -> None:
    del server
    token = provider.token({"sub": "counted"})

    assert [tokens.asks("closed", token) for _ in range(4)] == [200] * 3 + [429]
