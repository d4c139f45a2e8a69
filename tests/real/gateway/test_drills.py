"""What a caller sees when a part is gone, late or about to end (docs/traffic.md)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import urllib3

from components.serving.route_objects import CANARY_HEADER, EJECTION_SECONDS
from infra.spec.files import load_stack_file
from infra.spec.gateway import GatewaySpec
from infra.spec.models import CanarySpec, ModelSpec
from infra.spec.stack import StackSpec
from tests.support.envoy_gateway import HTTP_PORT, HTTPS_PORT, READY_PORT, eventually
from tests.support.gateway_servers import Endpoint, draining, loading, ready, remove
from tests.support.gateway_world import (
    ENVIRONMENTS,
    GATEWAY,
    World,
    certificate_secret,
    keys_secret,
    route,
)
from tests.support.streaming_server import ModelServer, streaming

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module", name="settings")
def _settings() -> GatewaySpec:
    return GATEWAY.model_copy(update={"requests_per_minute": 100_000})


@pytest.fixture(scope="module", name="stack")
def _stack() -> StackSpec:
    """Four models; the second one has the third one as its canary."""
    stack = load_stack_file(ENVIRONMENTS[0])
    first, old, new, last = stack.models
    canary = CanarySpec(model=new.name, percent=0)
    return stack.model_copy(
        update={"models": (first, old.model_copy(update={"canary": canary}), new, last)}
    )


@pytest.fixture(name="model")
def _model(world: World, server: ModelServer) -> Iterator[ModelSpec]:
    """A model with one server, as it is again after the test."""
    model = world.stack.models[0]
    yield model
    server.forget()
    world.serve(model, ready(server))
    eventually(lambda: world.status(model) == 200, "the model has its server again")


@pytest.fixture(name="other")
def _other(world: World) -> Iterator[ModelServer]:
    with streaming(world.site.address) as other:
        yield other


class Stream:
    """A long answer, which a thread reads to its end."""

    def __init__(self, world: World, model: ModelSpec, server: ModelServer, seconds: float) -> None:
        """Ask, and return once it runs; the server is quick again for whoever comes later."""
        self.lines: list[bytes] = []
        server.tokens, server.pause_seconds = 10, seconds / 10
        self._thread = threading.Thread(target=lambda: self.lines.extend(world.call(model)))
        self._thread.start()
        eventually(lambda: bool(server.asked), "the stream has begun")
        server.tokens, server.pause_seconds = 3, 0

    @property
    def runs(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def last(self) -> bytes:
        """Wait for its end and return its last line."""
        self._thread.join(60)
        return [line.strip() for line in self.lines if line.strip()][-1]


@pytest.mark.parametrize(
    "conditions",
    [(), (loading,), (draining,)],
    ids=["no pod", "a pod that loads", "a pod that drains"],
)
def test_without_a_ready_server_a_caller_learns_at_once_when_to_come_back(
    world: World,
    model: ModelSpec,
    server: ModelServer,
    conditions: tuple[Callable[[ModelServer], Endpoint], ...],
) -> None:
    world.serve(model, *(condition(server) for condition in conditions))
    eventually(lambda: world.status(model) == 503, "Envoy knows that no server is ready")
    server.forget()
    began = time.monotonic()

    answer = world.call(model)

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert time.monotonic() - began < 2
    assert world.call(model, key=None).status == 401
    assert server.asked == []

    world.serve(model, ready(server))

    eventually(lambda: world.status(model) == 200, "the model answers", seconds=10)


def test_a_draining_server_ends_its_stream_and_gets_no_new_request(
    world: World, model: ModelSpec, server: ModelServer, other: ModelServer
) -> None:
    stream = Stream(world, model, server, seconds=4)
    world.serve(model, draining(server), ready(other))
    eventually(lambda: world.status(model) == 200 and bool(other.asked), "the other one is asked")
    other.forget()
    already = len(server.asked)

    for _ in range(20):
        assert world.status(model) == 200

    assert stream.runs
    assert (len(server.asked), len(other.asked)) == (already, 20)
    world.serve(model, ready(other))
    assert stream.last() == b"data: [DONE]"


def test_a_server_that_cannot_be_reached_is_passed_over_and_then_left_out(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    with socket.socket() as nobody:
        nobody.bind((world.site.address, 0))
        gone = Endpoint(nobody.getsockname()[1])
        world.serve(model, ready(server), gone)
        pattern = "ejections_enforced_consecutive_local_origin_failure"

        def ejections() -> int:
            return sum(world.proxy.counters(pattern).values())

        before, statuses = ejections(), set()
        deadline = time.monotonic() + EJECTION_SECONDS
        while ejections() == before and time.monotonic() < deadline:
            statuses.add(world.status(model))

    assert statuses == {200}
    assert ejections() == before + 1


def test_a_server_that_breaks_off_is_not_asked_again_and_the_caller_sees_it(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    server.breaks_off = True
    answer = world.call(model)

    with pytest.raises(urllib3.exceptions.ProtocolError):
        answer.read()

    assert answer.status == 200
    assert len(server.asked) == 1


def test_a_client_that_goes_away_ends_the_work_at_its_server(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    server.tokens, server.pause_seconds = 100, 0.1
    answer = world.call(model)
    assert next(iter(answer)).startswith(b"data")

    answer.close()

    eventually(lambda: server.left == 1, "the server sees that nobody reads", seconds=5)
    assert server.sent < 50


def test_a_draining_proxy_ends_its_streams_and_only_then_itself(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    stream = Stream(world, model, server, seconds=4)
    hook = world.proxy.containers["shutdown-manager"]["lifecycle"]["preStop"]["exec"]["command"]

    ending = world.site.controller.end_proxy(*hook[1:], "--min-drain-duration=1s")

    try:
        eventually(lambda: not is_ready(), "the load balancer is told", seconds=2)
        late = world.call(model, "/v1/models", method="GET")
        assert (late.status, late.headers.get("connection")) == (200, "close")
        late.drain_conn()
        assert ending.poll() is None, "it did not wait for the stream"
        assert stream.runs
        assert stream.last() == b"data: [DONE]"
        assert ending.wait(10) == 0
    finally:
        world.proxy.stop()
    assert world.status(model) == 0

    world.proxy.start()
    eventually(lambda: world.status(model) == 200, "a new proxy answers")


def is_ready() -> bool:
    """Ask what the load balancer asks."""
    address = f"http://127.0.0.1:{READY_PORT}/ready"
    try:
        return urllib3.request("GET", address, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_while_the_controller_is_down_callers_see_nothing_and_new_servers_wait(
    world: World, model: ModelSpec, server: ModelServer, other: ModelServer
) -> None:
    world.site.controller.stop()
    world.serve(model, ready(other))
    statuses = {world.status(model) for _ in range(20)}
    assert (statuses, other.asked) == ({200}, [])
    server.forget()

    world.site.controller.start()
    while not other.asked:
        statuses.add(world.status(model))

    assert statuses == {200}


def test_a_proxy_that_starts_without_the_controller_is_not_ready_until_it_is_back(
    world: World, model: ModelSpec
) -> None:
    world.site.controller.stop()
    world.proxy.stop()
    world.proxy.start()
    time.sleep(1)
    assert not is_ready()

    world.site.controller.start()

    eventually(is_ready, "the proxy has its routes")
    assert world.status(model) == 200


def test_without_its_certificate_nothing_is_served_and_with_it_all_is(
    world: World, model: ModelSpec
) -> None:
    secret = certificate_secret(world.certificate)
    remove(world.api, secret)
    eventually(lambda: not listens(HTTPS_PORT), "nobody listens")
    assert listens(HTTP_PORT)

    world.api.apply(secret, "test", force=True)

    eventually(lambda: world.status(model) == 200, "the model answers")


def listens(port: int) -> bool:
    """Say whether somebody takes connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_without_the_keys_every_model_is_closed_and_with_them_open(
    world: World, model: ModelSpec, server: ModelServer
) -> None:
    secret = keys_secret()
    remove(world.api, secret)
    eventually(lambda: world.status(model) != 200, "Envoy has no keys")
    server.forget()

    assert world.status(model) == 500
    assert world.call(model, key=None).status == 500
    assert server.asked == []

    world.api.apply(secret, "test", force=True)

    eventually(lambda: world.status(model) == 200, "the model answers")


class Canary:
    """A model whose canary gets a share."""

    def __init__(self, world: World, server: ModelServer, other: ModelServer) -> None:
        """Give both versions a server."""
        self.world, self.old, self.new = world, server, other
        _, self.model, self.version, _ = world.stack.models
        world.serve(self.version, ready(other))

    def give(self, percent: int) -> None:
        """Write the share into the route, as an update of the stack does."""
        canary = CanarySpec(model=self.version.name, percent=percent)
        model = self.model.model_copy(update={"canary": canary})
        self.world.api.apply(route(model, self.world.settings), "test", force=True)

    def asks(self, times: int, headers: dict[str, str] | None = None) -> int:
        """Ask and return how many requests the new version got; all are answered."""
        before = len(self.new.asked)
        assert {self.world.status(self.model, headers) for _ in range(times)} == {200}
        return len(self.new.asked) - before


@pytest.fixture(name="canary")
def _canary(world: World, server: ModelServer, other: ModelServer) -> Iterator[Canary]:
    canary = Canary(world, server, other)
    header = {CANARY_HEADER: "true"}
    eventually(lambda: world.status(canary.model, header) == 200 and bool(other.asked), "ready")
    yield canary
    canary.give(0)


def test_a_canary_gets_its_share_and_whoever_asks_for_it(canary: Canary) -> None:
    assert canary.asks(20) == 0
    assert canary.asks(5, {CANARY_HEADER: "true"}) == 5

    canary.give(50)
    eventually(lambda: canary.asks(1) == 1, "the share is there")
    assert 60 <= canary.asks(200) <= 140

    canary.give(100)
    eventually(lambda: canary.asks(10) == 10, "all of it")
    assert canary.asks(20) == 20


def test_a_canary_without_a_server_costs_its_share(canary: Canary, world: World) -> None:
    """The old version is not asked instead."""
    canary.give(50)
    world.serve(canary.version)
    eventually(lambda: world.status(canary.model) == 503, "the canary has no server")

    answers = [world.call(canary.model) for _ in range(60)]

    refused = [answer for answer in answers if answer.status == 503]
    assert {answer.status for answer in answers} == {200, 503}
    assert 10 <= len(refused) <= 50
    assert {answer.headers["retry-after"] for answer in refused} == {"5"}
