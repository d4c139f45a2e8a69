"""What the played AI gateway makes of a route, and what it puts beside proxies."""

import json

import pytest

from infra.rehearsal.controllers.ai_gateway import beside
from infra.rehearsal.controllers.ai_gateway.routes import RouteError, objects_of
from infra.spec.files import load_stack_file
from infra.wire import Properties
from tests.support.gateway_spec import GATEWAY
from tests.support.shared_route import shared_host_objects

MODELS = load_stack_file("aws-prod-models").models
ARGUMENTS = [
    "--extProcImage=docker.io/envoyproxy/ai-gateway-extproc:v1.2.1",
    "--metricsRequestHeaderAttributes=x-tokenworks-client:client",
    "--extProcExtraEnvVars=DISABLE_PPROF=true",
]
PUBLIC: Properties = {"metadata": {"name": "public", "namespace": "gateway"}}
PROXIES: Properties = {"metadata": {"name": "envoy-public", "namespace": "gateway"}}


def of_kind(kind: str) -> dict[str, dict]:
    return {
        str(body["metadata"]["name"]): body
        for body in json.loads(json.dumps(list(shared_host_objects(MODELS, GATEWAY, "models"))))
        if body["kind"] == kind
    }


def made_of(name: str, *without: str) -> list[dict]:
    route: dict = json.loads(json.dumps(of_kind("AIGatewayRoute")[name]))
    route["metadata"]["uid"] = "uid-1"
    backends: dict[tuple[str, str], Properties] = {
        ("models", key): body
        for key, body in of_kind("AIServiceBackend").items()
        if key not in without
    }
    return json.loads(json.dumps(objects_of(route, backends)))


def test_a_route_has_the_rules_of_the_models_and_404_for_all_others() -> None:
    *filters, route = made_of("qwen2-5-7b-shared-host")
    model, absent = route["spec"]["rules"]

    assert [one["metadata"]["name"] for one in filters] == [
        "ai-eg-host-rewrite-qwen2-5-7b-shared-host",
        "ai-eg-route-not-found-response-qwen2-5-7b-shared-host",
    ]
    assert route["metadata"]["name"] == "qwen2-5-7b-shared-host"
    assert route["spec"]["hostnames"] == ["api.llm.example.com"]
    assert model["timeouts"] == {"request": "900s"}
    assert model["backendRefs"] == [
        {
            "group": "gateway.envoyproxy.io",
            "kind": "Backend",
            "name": "qwen2-5-7b-shared-host",
            "weight": 1,
        }
    ]
    (match,) = model["matches"]
    assert match["path"] == {"value": "/"}
    assert [(one["name"], one["value"]) for one in match["headers"]] == [
        ("x-ai-eg-model", "qwen2.5-7b")
    ]
    assert absent["name"] == "route-not-found"
    assert "backendRefs" not in absent


def test_what_is_made_goes_with_the_route() -> None:
    for body in made_of("qwen2-5-7b-shared-host"):
        (owner,) = body["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["uid"], owner["controller"]) == (
            "AIGatewayRoute",
            "uid-1",
            True,
        )


def test_a_route_to_a_backend_that_is_not_there_is_not_made() -> None:
    with pytest.raises(
        RouteError, match=r"AIServiceBackend qwen2-5-7b-shared-host\.models not found"
    ):
        made_of("qwen2-5-7b-shared-host", "qwen2-5-7b-shared-host")


def test_the_filter_stands_beside_envoy_with_what_the_gateways_config_gives_it() -> None:
    resources: Properties = {"requests": {"cpu": "100m", "memory": "256Mi"}}
    own: Properties = {"name": "OTEL_TRACES_EXPORTER", "value": "otlp"}
    config: Properties = {"extProc": {"kubernetes": {"resources": resources, "env": [own]}}}
    over = json.loads(json.dumps(beside.patch(PROXIES, PUBLIC, ARGUMENTS, config)))
    pod = over["spec"]["template"]["spec"]
    (sidecar,) = pod["initContainers"]
    volumes = {one["name"] for one in pod["volumes"]}

    assert sidecar["restartPolicy"] == "Always"
    assert sidecar["resources"] == resources
    assert sidecar["env"] == [{"name": "DISABLE_PPROF", "value": "true"}, own]
    assert "x-tokenworks-client:client" in sidecar["args"]
    assert {one["name"] for one in sidecar["volumeMounts"]} == volumes
    assert pod["containers"] == [
        {
            "name": "envoy",
            "volumeMounts": [
                {"name": "ai-gateway-extproc-uds", "mountPath": "/etc/ai-gateway-extproc-uds"}
            ],
        }
    ]


def test_a_change_of_the_filter_rolls_the_proxies_and_nothing_else_does() -> None:
    def mark(arguments: list[str]) -> str:
        over = json.loads(json.dumps(beside.patch(PROXIES, PUBLIC, arguments, {})))
        return over["spec"]["template"]["metadata"]["annotations"][beside.HASH]

    assert mark(ARGUMENTS) == mark(list(ARGUMENTS))
    assert mark(ARGUMENTS) != mark(ARGUMENTS[:2])
    assert beside.nothing(PROXIES)["spec"] == {"template": {}}


def test_the_secrets_of_the_filter_are_where_the_proxies_are() -> None:
    found = json.loads(json.dumps(beside.secrets_of(PUBLIC, "gateway", [])))

    assert {one["metadata"]["namespace"] for one in found} == {"gateway"}
    assert [one["metadata"]["name"] for one in found] == [
        beside.identity(PUBLIC),
        f"{beside.identity(PUBLIC)}-part-000",
        "public-gateway",
    ]
