"""What a real Envoy tells of a request, to whom, and what it hands on to the server."""

import json
import re
from collections.abc import Iterator

import pytest

from components.kubernetes import gateway_names, gateway_objects
from components.observability import names
from infra.spec.traces import TracesSpec
from tests.support import envoy_config
from tests.support.envoy_gateway import eventually
from tests.support.gateway_world import KEYS, Site, World
from tests.support.spans import Spans, taking_spans
from tests.support.streaming_server import ModelServer

pytestmark = [pytest.mark.real, pytest.mark.slow]
PROMPT = "the prompt that nobody else may read"
TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])")
OWN = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module", name="traces")
def _traces() -> TracesSpec:
    """Every request is followed."""
    return TracesSpec(enabled=True, sample_percent=100.0, retention_days=1, cpu=0.1, memory_gib=1.0)


@pytest.fixture(scope="module", name="spans")
def _spans(site: Site, world: World, traces: TracesSpec) -> Iterator[Spans]:
    # Nobody resolves Tempo's name here: proxies are told of an address in its place.
    assert names.TEMPO_HOST in str(world.proxy.dump())
    with taking_spans(site.address) as taken:
        place = {"host": site.address, "port": taken.port}
        site.api.apply(reporting_to(traces, place), "test-spans", force=True)
        eventually(lambda: is_told(world, taken), "something is told of requests")
        yield taken


def reporting_to(traces: TracesSpec, place: dict) -> dict:
    """Return that part of the EnvoyProxy which says whom proxies tell."""
    told = json.loads(json.dumps(gateway_objects.tracing(traces)))
    provider = {**told["provider"], **place}
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyProxy",
        "metadata": {"name": gateway_objects.PROXY, "namespace": gateway_names.NAMESPACE},
        "spec": {"telemetry": {"tracing": {"provider": provider}}},
    }


def is_told(world: World, taken: Spans) -> bool:
    """Say whether what a request makes arrives."""
    assert tells_of_requests(world)
    ask(world)
    return bool(taken.sent)


def tells_of_requests(world: World) -> bool:
    """Say whether Envoy was told whom to tell, by every listener of clients."""
    managers = [
        manager
        for listener in envoy_config.listeners(world.proxy.dump())
        if listener["name"].startswith("gateway/public/")
        for chain in envoy_config.chains(listener)
        for manager in envoy_config.connection_managers(chain)
    ]
    return bool(managers) and all("tracing" in one for one in managers)


def ask(world: World, **headers: str) -> None:
    body = f'{{"prompt": "{PROMPT}"}}'.encode()
    answer = world.call(world.stack.models[0], body=body, headers=headers)
    assert answer.status == 200
    answer.drain_conn()


def handed_on(server: ModelServer) -> tuple[str, str]:
    """Return number and flag of the trace that the server was told of last."""
    found = TRACEPARENT.fullmatch(server.asked[-1].headers["traceparent"])
    assert found, server.asked[-1].headers
    return found[1], found[3]


def test_a_request_is_told_of_and_the_server_hears_its_number(
    world: World, server: ModelServer, spans: Spans
) -> None:
    ask(world)
    number, flag = handed_on(server)

    assert flag == "01"
    eventually(lambda: bytes.fromhex(number) in spans.all, "its spans are there", seconds=60)


def test_a_span_has_neither_prompt_nor_answer_nor_key(
    world: World, server: ModelServer, spans: Spans
) -> None:
    ask(world)
    number, _ = handed_on(server)
    eventually(lambda: bytes.fromhex(number) in spans.all, "its spans are there", seconds=60)

    assert b"/v1/chat/completions" in spans.all
    for secret in (PROMPT, KEYS["alice"], "token"):
        assert secret.encode() not in spans.all


def test_a_callers_own_trace_goes_on_and_what_it_says_of_it_counts_for_nothing(
    world: World, server: ModelServer, spans: Spans
) -> None:
    ask(world, traceparent=f"00-{OWN}-b7ad6b7169203331-00")

    assert handed_on(server) == (OWN, "01")
    eventually(lambda: bytes.fromhex(OWN) in spans.all, "its spans are there", seconds=60)
