"""The played AI gateway on a real API server: what it makes, and what waits for it to be there.

The objects are those that our stacks give it; Envoy Gateway is played beside it.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.handles import CountsRef
from components.kubernetes.ai_gateway import controller_values
from components.kubernetes.shared_host import filter_config, gateway_settings
from infra.catalog import releases
from infra.rehearsal import control_plane as planes
from infra.rehearsal.charts import ai_gateway_crds, gateway_crds, objects_of
from infra.rehearsal.controllers.ai_gateway.controller import AiGateway
from infra.rehearsal.controllers.ai_gateway.routes import AI_API_VERSION
from infra.rehearsal.controllers.envoy_gateway.controller import EnvoyGateway
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, is_true
from infra.rehearsal.ladder import Programs
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.supervisor import Supervisor
from infra.rehearsal.way_in import FILTER
from infra.spec.environment import Environment
from infra.spec.files import load_stack_file
from infra.wire import Properties
from tests.support import gateway as objects
from tests.support.gateway_spec import GATEWAY
from tests.support.planes import KUBERNETES_VERSION
from tests.support.shared_route import shared_host_objects
from tests.support.world import wait
from tests.unit.rehearsal.nodes.examples import SYSTEM, ListedGroups

pytestmark = pytest.mark.real

STAGES = Path(__file__).parents[2] / "infra" / "rehearsal" / "nodes" / "stages.yaml"
HOME, MODELS, CLASS, AI = "gateway", "models", "tokenworks", "ai-gateway"
CONTROLLER = "ai-gateway-controller"
ROUTE = "qwen2-5-7b-shared-host"
LOOKS_SECONDS = 4
"""Some looks of a controller that is there."""


def played(**values: object) -> Properties:
    return json.loads(json.dumps(values))


@pytest.fixture(scope="module", name="api")
def _api(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """Two nodes, both controllers with their kinds, and a gateway with one shared model."""
    directory = tmp_path_factory.mktemp("ai-gateway")
    with Supervisor(directory) as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            directory / "control-plane",
            kubernetes_version=KUBERNETES_VERSION,
            stages=STAGES,
        )
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        loops: list[EnvoyGateway | AiGateway | NodeController] = [
            NodeController(api, ListedGroups(replace(SYSTEM, min=2, max=2))),
            EnvoyGateway(api),
            AiGateway(api),
        ]
        for loop in loops:
            loop.start()
        try:
            _prepare(api)
            yield api
        finally:
            for loop in loops:
                loop.stop()
            api.close()


def _prepare(api: ApiClient) -> None:
    for name in (HOME, MODELS, AI):
        metadata = {"name": name, "labels": {objects.ROUTES: "true"}}
        put(api, played(apiVersion="v1", kind="Namespace", metadata=metadata))
    kinds = [*gateway_crds.definitions(), *ai_gateway_crds.definitions()]
    for body in kinds:
        put(api, body)
    for body in kinds:
        wait(lambda one=body: is_true(live(api, one), "Established"), "the kinds are served")
    counts = CountsRef("valkey-tokens.token-counts.svc.cluster.local:6379", ())
    settings = gateway_settings(counts, Environment.DEV)
    charts = {
        "gateway-helm": (HOME, {"crds": {"enabled": False}, "config": {"envoyGateway": settings}}),
        "ai-gateway-helm": (AI, controller_values(Environment.DEV)),
    }
    for chart, (namespace, values) in charts.items():
        version = releases.chart(chart).version
        for body in objects_of(chart, version, chart, namespace, played(**values)):
            if body["kind"] not in ("Certificate", "Issuer"):  # cert-manager is not here
                put(api, body)
    for body in _gateway():
        put(api, body)


def _gateway() -> Iterator[Properties]:
    gateway = json.loads(json.dumps(objects.gateway(HOME, CLASS)))
    gateway["metadata"]["annotations"] = {"aigateway.envoyproxy.io/gateway-config": "public"}
    config = played(**filter_config())
    yield objects.proxy(HOME)
    yield objects.gateway_class(CLASS, HOME)
    yield objects.body(AI_API_VERSION, "GatewayConfig", "public", HOME, config)
    yield gateway
    for kind, name, namespace in (
        ("kubernetes.io/tls", "public-tls", HOME),
        ("Opaque", "api-keys", MODELS),
    ):
        keys = ("tls.crt", "tls.key") if kind.endswith("tls") else ("support",)
        metadata = {"name": name, "namespace": namespace}
        data = dict.fromkeys(keys, "eA==")
        yield played(apiVersion="v1", kind="Secret", type=kind, metadata=metadata, data=data)
    yield from shared()


def shared() -> list[Properties]:
    """Return the objects of one model at the shared host."""
    models = load_stack_file("aws-prod-models").models[:1]
    return list(shared_host_objects(models, GATEWAY, MODELS))


def put(api: ApiClient, body: Properties) -> None:
    api.apply(body, "test", force=True)


def live(api: ApiClient, body: Properties) -> dict:
    metadata = json.loads(json.dumps(body["metadata"]))
    namespace = metadata.get("namespace", "")
    return api.get(str(body["apiVersion"]), str(body["kind"]), metadata["name"], namespace)


def http_route(api: ApiClient) -> dict | None:
    return api.find(objects.V1, "HTTPRoute", ROUTE, MODELS)


def filters(api: ApiClient) -> list[bool]:
    """Say of each proxy that stays whether the filter is beside it."""
    pods = api.list_objects("v1", "Pod", HOME, labelSelector="app.kubernetes.io/component=proxy")
    return [
        any(one["name"] == FILTER for one in pod["spec"].get("initContainers", []))
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
    ]


def scale(api: ApiClient, replicas: int) -> None:
    deployment = api.get("apps/v1", "Deployment", CONTROLLER, AI)
    api.merge(deployment, {"spec": {"replicas": replicas}})
    wait(
        lambda: (
            api.get("apps/v1", "Deployment", CONTROLLER, AI)["status"].get("readyReplicas", 0)
            == replicas
        ),
        f"{replicas} of the controller",
    )


def test_a_shared_model_has_a_route_that_envoy_gateway_takes(api: ApiClient) -> None:
    for body in shared():
        if body["kind"] in ("AIGatewayRoute", "AIServiceBackend", "Backend"):
            wait(lambda one=body: is_true(live(api, one), "Accepted"), f"{body['kind']} is taken")
    wait(lambda: (http_route(api) or {}).get("status"), "the route has a status")

    (parent,) = (http_route(api) or {})["status"]["parents"]
    for kind in ("Accepted", "ResolvedRefs"):
        assert condition({"status": parent}, kind)["status"] == "True", kind
    policies = {
        kind: api.get(objects.ENVOY, kind, ROUTE, MODELS)
        for kind in ("BackendTrafficPolicy", "SecurityPolicy")
    }
    for kind, policy in policies.items():
        (ancestor,) = policy["status"]["ancestors"]
        assert condition({"status": ancestor}, "Accepted")["status"] == "True", kind


def test_the_filter_comes_beside_each_proxy_and_asks_for_what_it_is_given(api: ApiClient) -> None:
    wait(lambda: filters(api) == [True, True], "both proxies have the filter")
    (pod, _) = [
        one
        for one in api.list_objects(
            "v1", "Pod", HOME, labelSelector="app.kubernetes.io/component=proxy"
        )
        if "deletionTimestamp" not in one["metadata"]
    ]

    assert pod["spec"]["initContainers"][0]["resources"]["requests"] == {
        "cpu": "100m",
        "memory": "256Mi",
    }


def test_the_service_that_counts_runs_beside_the_controller(api: ApiClient) -> None:
    def runs() -> bool:
        found = api.find("apps/v1", "Deployment", "envoy-ratelimit", HOME)
        return bool(found and found["status"].get("readyReplicas"))

    wait(runs, "the rate-limit service is ready")


def test_while_the_controller_is_down_routes_stay_and_changes_wait(api: ApiClient) -> None:
    """Proxies go on with what they know; a route that is deleted stays until somebody lets go."""
    wait(lambda: http_route(api), "the route is made")
    before = (http_route(api) or {})["spec"]
    (route,) = [body for body in shared() if body["kind"] == "AIGatewayRoute"]
    scale(api, 0)

    changed = json.loads(json.dumps(route))
    changed["spec"]["rules"][0]["timeouts"]["request"] = "60s"
    put(api, changed)
    time.sleep(LOOKS_SECONDS)
    assert (http_route(api) or {})["spec"] == before

    scale(api, 1)
    wait(
        lambda: (http_route(api) or {})["spec"]["rules"][0]["timeouts"] == {"request": "60s"},
        "the change arrives when the controller is back",
    )


def test_a_route_goes_only_while_the_controller_runs_and_the_filter_with_the_last_one(
    api: ApiClient,
) -> None:
    scale(api, 0)
    api.delete(AI_API_VERSION, "AIGatewayRoute", ROUTE, MODELS)
    time.sleep(LOOKS_SECONDS)
    held = api.get(AI_API_VERSION, "AIGatewayRoute", ROUTE, MODELS)
    assert held["metadata"]["deletionTimestamp"]
    assert http_route(api) is not None

    scale(api, 1)

    wait(lambda: http_route(api) is None, "the route is gone")
    wait(lambda: set(filters(api)) == {False}, "no proxy has the filter")
