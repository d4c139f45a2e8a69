"""The gateway of an environment, with a real controller and a real Envoy."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.rehearsal import control_plane as planes
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor
from infra.spec.files import load_stack_file
from tests.support import envoy_gateway
from tests.support.certificates import self_signed
from tests.support.contracts import DEFINITIONS, definitions
from tests.support.envoy_gateway import eventually
from tests.support.gateway_world import (
    DOMAIN,
    ENVIRONMENTS,
    World,
    answers,
    create,
    gateway,
    has_listeners,
    models,
    prepare,
)
from tests.support.streaming_server import ModelServer, streaming


@pytest.fixture(scope="module", params=ENVIRONMENTS, name="world")
def _world(
    request: pytest.FixtureRequest, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    if reason := envoy_gateway.missing():
        pytest.skip(f"not run: {reason}")
    if not DEFINITIONS.exists():
        pytest.skip("not run: no contract beside the checkout: crds")
    address = envoy_gateway.own_address()
    if not address:
        pytest.skip("not run: this machine has no address but its loopback")
    folder = tmp_path_factory.mktemp("gateway")
    stack = load_stack_file(request.param)
    certificate = self_signed(folder, f"*.{DOMAIN}")
    with Supervisor(folder / "plane") as supervisor, streaming(address) as server:
        plane = planes.start(
            supervisor,
            programs,
            folder / "plane" / "control-plane",
            kubernetes_version="1.35",
        )
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        for body in definitions():
            api.create(body)
        prepare(api, certificate)
        with envoy_gateway.controller(plane, api, folder / "controller"):
            for body in (*gateway(stack), *models(stack, address, server.port)):
                create(api, body)
            eventually(lambda: has_listeners(api), "the controller looked at the Gateway")
            (folder / "envoy").mkdir()
            with envoy_gateway.proxy(api, folder / "envoy") as proxy:
                world = World(stack, api, proxy, server, certificate)
                eventually(lambda: answers(world), "Envoy has its routes")
                yield world
        api.close()


@pytest.fixture(name="server")
def _server(world: World) -> ModelServer:
    """The model server, as if nobody had asked it anything."""
    fresh = ModelServer()
    world.server.__dict__.update(replace(fresh, port=world.server.port).__dict__)
    return world.server
