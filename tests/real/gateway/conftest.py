"""A gateway with a real controller and a real Envoy.

One API server and one controller for all tests of the process (`site`). On it, one after another,
the gateway of each module: `world`, with small numbers, whose `settings` and `stack` a module may
replace; `environment`, what the stack files of production make.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import pytest

from components.serving.shared_route_objects import shared_host
from infra.rehearsal import control_plane as planes
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor
from infra.spec.files import load_stack_file
from infra.spec.gateway import GatewaySpec
from infra.spec.stack import StackSpec
from infra.spec.traces import TracesSpec
from tests.support import envoy_config, envoy_gateway
from tests.support.certificates import self_signed
from tests.support.envoy_gateway import Controller, Proxy, eventually
from tests.support.gateway_servers import ready
from tests.support.gateway_stack import CLOUDS, Environment, rendered
from tests.support.gateway_world import (
    DOMAIN,
    ENVIRONMENTS,
    GATEWAY,
    Site,
    World,
    answers,
    certificate_secret,
    gateway,
    keys_secret,
    model_objects,
    namespaces,
)
from tests.support.streaming_server import ModelServer, streaming


@pytest.fixture(scope="session", name="site")
def _site(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if reason := envoy_gateway.missing():
        pytest.skip(f"not run: {reason}")
    address = envoy_gateway.own_address()
    if not address:
        pytest.skip("not run: this machine has no address but its loopback")
    folder = tmp_path_factory.mktemp("gateway-site")
    with Supervisor(folder / "plane") as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            folder / "plane" / "control-plane",
            kubernetes_version="1.35",
        )
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        kinds = list(envoy_gateway.kinds())
        for body in (*kinds, *namespaces()):
            api.create(body)
        eventually(lambda: all(_is_served(api, body) for body in kinds), "the kinds are served")
        controller = Controller(plane, api, folder / "controller")
        controller.start()
        yield Site(api, controller, address)
        controller.stop()
        api.close()


def _is_served(api: ApiClient, definition: dict) -> bool:
    name = definition["metadata"]["name"]
    found = api.get(definition["apiVersion"], definition["kind"], name)
    conditions = found.get("status", {}).get("conditions", [])
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


@contextmanager
def running(
    site: Site, bodies: Sequence[dict], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Proxy]:
    """Give the controller these objects and run its proxy; nothing of them is left after."""
    try:
        for body in bodies:
            site.api.apply(body, "test", force=True)
        eventually(site.has_gateway, "the controller looked at the Gateway")
        proxy = Proxy(site.api, tmp_path_factory.mktemp("envoy"))
        proxy.start()
        try:
            yield proxy
        finally:
            proxy.stop()
    finally:
        site.remove(reversed([body for body in bodies if body["kind"] != "Namespace"]))
        eventually(lambda: not site.has_proxies(), "the controller took its proxies away")


@pytest.fixture(scope="module", name="settings")
def _settings() -> GatewaySpec:
    """How clients come in: small numbers, so that a test reaches them."""
    return GATEWAY


@pytest.fixture(scope="module", name="stack")
def _stack() -> StackSpec:
    """The models."""
    return load_stack_file(ENVIRONMENTS[0])


@pytest.fixture(scope="module", name="traces")
def _traces() -> TracesSpec | None:
    """Which requests are followed."""
    return None


@pytest.fixture(scope="module", name="world")
def _world(
    site: Site,
    settings: GatewaySpec,
    stack: StackSpec,
    traces: TracesSpec | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    certificate = self_signed(tmp_path_factory.mktemp("certificate"), f"*.{DOMAIN}")
    bodies = [
        *gateway(stack, settings, traces),
        certificate_secret(certificate),
        keys_secret(),
        *model_objects(stack, settings),
    ]
    with streaming(site.address) as server, running(site, bodies, tmp_path_factory) as proxy:
        world = World(stack, site.api, proxy, server, certificate, site, settings)
        for model in stack.models:
            world.serve(model, ready(server))
        eventually(lambda: answers(world), "Envoy has its routes")
        yield world
        for model in stack.models:
            world.serve(model)


@pytest.fixture(name="server")
def _server(world: World) -> ModelServer:
    """The model server, as if nobody had asked it anything."""
    world.server.forget()
    return world.server


@pytest.fixture(scope="module", params=CLOUDS, name="environment")
def _environment(
    request: pytest.FixtureRequest, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environment]:
    made = rendered(request.param, tmp_path_factory.mktemp(request.param))
    with streaming(site.address) as server, running(site, made.objects, tmp_path_factory) as proxy:
        made.serve(site, server)
        hosts = {made.spec.gateway.host(model.object_name) for model in made.spec.models}
        hosts.add(shared_host(made.spec.gateway))
        eventually(
            lambda: {route.host for route in envoy_config.routes(proxy.dump())} >= hosts,
            "Envoy has a route to every model",
        )
        yield Environment(made.spec, site.api, proxy, made.certificate)
        made.serve(site)
