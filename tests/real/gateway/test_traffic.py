"""Requests through a real Envoy that the real controller programs."""

import time

import pytest
import urllib3

from infra.spec.models import ModelSpec
from tests.support.envoy_gateway import HTTP_PORT, eventually
from tests.support.gateway_world import GATEWAY, KEYS, World
from tests.support.streaming_server import ModelServer

pytestmark = [pytest.mark.real, pytest.mark.slow]

LONGER_THAN_ENVOYS_DEFAULT_SECONDS = 16
PROMPT = b'{"prompt": "nobody-may-read-this"}'


@pytest.fixture(name="model")
def _model(world: World) -> ModelSpec:
    return world.stack.models[0]


@pytest.mark.parametrize("key", [None, "not-a-key", ""])
def test_nobody_comes_in_without_a_key(
    world: World, model: ModelSpec, server: ModelServer, key: str | None
) -> None:
    answer = world.call(model, key=key)

    assert answer.status == 401
    assert server.asked == []


def test_a_stream_longer_than_15_seconds_arrives_token_by_token(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    server.tokens = 3
    server.pause_seconds = LONGER_THAN_ENVOYS_DEFAULT_SECONDS / server.tokens
    began = time.monotonic()

    answer = world.call(model)
    arrived = [(time.monotonic() - began, line) for line in answer if line.startswith(b"data")]

    assert answer.status == 200
    assert arrived[-1][1].startswith(b"data: [DONE]")
    assert arrived[-1][0] > 15
    assert arrived[0][0] < LONGER_THAN_ENVOYS_DEFAULT_SECONDS / 2, "it was held back"


def test_a_server_learns_who_asks_and_never_the_key(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    world.call(model, headers={"x-tokenworks-client": "mallory"}).drain_conn()

    (asked,) = server.asked
    assert asked.headers["x-tokenworks-client"] == "alice"
    assert KEYS["alice"] not in str(asked.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/sleep",
        "/v1/load_lora_adapter",
        "/v1/../metrics",
        "/v1/models%2F..%2F..%2Fsleep",
    ],
)
def test_what_is_not_the_api_is_reached_by_nobody(
    world: World, model: ModelSpec, server: ModelServer, path: str
) -> None:
    answer = world.call(model, path)

    assert answer.status in {400, 404}
    assert server.asked == []


def test_a_full_queue_is_tried_again_and_then_answered_with_when_to_come_back(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    server.statuses = [503, 200]
    assert world.call(model).status == 200
    assert len(server.asked) == 2

    server.statuses = [503] * 9
    answer = world.call(model)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert len(server.asked) == 2 + 3


def test_a_request_that_a_server_has_begun_is_not_sent_twice(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    server.statuses = [500] * 3

    assert world.call(model).status == 500
    assert len(server.asked) == 1


def test_a_body_that_is_too_large_does_not_reach_a_server(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    answer = world.call(model, body=b"x" * ((GATEWAY.max_request_mib << 20) + 1))

    assert answer.status == 413
    assert server.asked == []


def test_a_body_within_the_limit_reaches_a_server_though_envoy_holds_less_at_once(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    answer = world.call(model, body=b"x" * (GATEWAY.max_request_mib << 20))

    assert answer.status == 200
    assert server.asked[0].headers["content-length"] == str(GATEWAY.max_request_mib << 20)


@pytest.mark.parametrize(("kib", "expected"), [(50, 200), (70, 431)])
def test_headers_have_room_for_60_kib(
    world: World, model: ModelSpec, server: ModelServer, kib: int, expected: int
) -> None:
    """The most that one header and all of them may have is Envoy's own limit."""
    answer = world.call(model, headers={"x-long": "x" * (kib << 10)})

    assert answer.status == expected
    assert len(server.asked) == (expected == 200)


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "203.0.113.7"}])
def test_an_address_that_is_not_allowed_stays_out_whatever_it_says_of_itself(
    world: World, server: ModelServer, headers: dict[str, str]
) -> None:
    answer = world.call(world.stack.models[-1], headers=headers)

    assert answer.status == 403
    assert server.asked == []


def test_whoever_comes_without_tls_is_sent_to_where_it_is(world: World, model: ModelSpec) -> None:
    host = world.spec(model).host(model.object_name)
    answer = urllib3.PoolManager().request(
        "GET", f"http://127.0.0.1:{HTTP_PORT}/v1/models", headers={"Host": host}, redirect=False
    )

    assert answer.status == 301
    assert answer.headers["location"] == f"https://{host}/v1/models"


def test_every_client_has_a_limit_of_its_own(world: World, server: ModelServer) -> None:
    model, most = world.stack.models[1], GATEWAY.requests_per_minute

    for key in KEYS.values():
        statuses = [
            world.call(model, "/v1/models", method="GET", key=key).status for _ in range(most + 5)
        ]
        assert statuses.count(200) == most
        assert statuses[-1] == 429
    assert len(server.asked) == most * len(KEYS)


def test_the_access_log_has_who_asked_and_neither_prompt_nor_key(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    del server
    world.call(model, "/v1/completions?secret=in-the-query", body=PROMPT).drain_conn()
    log = world.proxy.log

    eventually(lambda: "/v1/completions" in log.read_text(), "the request is in the log")

    text = log.read_text()
    assert '"client":"alice"' in text
    for hidden in ("nobody-may-read-this", "in-the-query", *KEYS.values()):
        assert hidden not in text
