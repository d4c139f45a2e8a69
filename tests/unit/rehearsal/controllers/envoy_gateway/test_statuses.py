"""What the played Envoy Gateway says of classes, Gateways, routes and policies."""

import copy
import json

import pytest

from infra.rehearsal.controllers.envoy_gateway.conditions import condition, dated
from infra.rehearsal.controllers.envoy_gateway.gateways import class_status, gateway_status
from infra.rehearsal.controllers.envoy_gateway.policies import policy_statuses
from infra.rehearsal.controllers.envoy_gateway.proxies import proxy_name
from infra.rehearsal.controllers.envoy_gateway.routes import route_status
from infra.rehearsal.controllers.envoy_gateway.world import Settings, World, by_kind, name_of
from infra.wire import Properties
from tests.support import gateway as objects

SETTINGS = Settings("gateway", objects.CONTROLLER, "shutdown:1")
GATEWAY = objects.gateway("gateway", "tokenworks")
SERVICE = "envoy-gateway-public-1e7f3513"


def plain(api_version: str, kind: str, name: str, namespace: str = "", **others: object) -> dict:
    place = {"namespace": namespace} if namespace else {}
    metadata = {"name": name, **place}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **others}


def everything() -> list[dict]:
    """A gateway on which all is well."""
    load_balancer = {"ingress": [{"hostname": "lb.example.com"}]}
    made = [
        plain("v1", "Namespace", "gateway"),
        plain("v1", "Namespace", "models"),
        objects.gateway_class("tokenworks", "gateway"),
        objects.proxy("gateway"),
        GATEWAY,
        objects.redirect("gateway"),
        objects.route("models", "gateway"),
        objects.client_policy("gateway"),
        objects.backend_policy("models"),
        objects.security_policy("models"),
        plain("v1", "Secret", "public-tls", "gateway", type="kubernetes.io/tls"),
        plain("v1", "Secret", "api-keys", "models", type="Opaque"),
        plain("v1", "Service", "qwen", "models", spec={"ports": [{"port": 8000}]}),
        plain(
            "v1",
            "Service",
            SERVICE,
            "gateway",
            spec={"type": "LoadBalancer"},
            status={"loadBalancer": load_balancer},
        ),
        plain(
            "apps/v1",
            "Deployment",
            SERVICE,
            "gateway",
            status={"replicas": 2, "availableReplicas": 1},
        ),
        plain("discovery.k8s.io/v1", "EndpointSlice", "qwen-1", "models", endpoints=[{}]),
    ]
    found = json.loads(json.dumps(made))
    found[1]["metadata"]["labels"] = {objects.ROUTES: "true"}
    found[-1]["metadata"]["labels"] = {"kubernetes.io/service-name": "qwen"}
    return found


def without(kind: str, name: str) -> World:
    return world(
        [item for item in everything() if (item["kind"], item["metadata"]["name"]) != (kind, name)]
    )


def world(made: list[dict]) -> World:
    return World(SETTINGS, by_kind(copy.deepcopy(made)))


def one(of: World, kind: str, name: str) -> Properties:
    return next(item for item in of.all(kind) if name_of(item) == name)


def of_gateway(of: World) -> dict:
    return json.loads(json.dumps(gateway_status(of, one(of, "Gateway", "public"))))


def of_route(of: World, name: str = "qwen") -> dict:
    status = json.loads(json.dumps(route_status(of, one(of, "HTTPRoute", name))))
    return {item["type"]: item for item in status["parents"][0]["conditions"]}


def of_policies(of: World, kind: str) -> dict[str, dict]:
    found = json.loads(json.dumps(policy_statuses(of, kind)))
    return {
        policy["metadata"]["name"]: status["ancestors"][0]["conditions"][0]
        for policy, status in found
    }


def listener(of: World, name: str) -> dict:
    found = next(item for item in of_gateway(of)["listeners"] if item["name"] == name)
    return {
        **{item["type"]: item for item in found["conditions"]},
        "routes": found["attachedRoutes"],
    }


def added(*made: dict) -> World:
    return world([*everything(), *json.loads(json.dumps(made))])


def changed(kind: str, name: str, **spec: object) -> World:
    made = everything()
    for item in made:
        if (item["kind"], item["metadata"]["name"]) == (kind, name):
            item["spec"].update(spec)
    return world(made)


def test_a_gateway_with_an_address_and_a_proxy_is_programmed() -> None:
    status = of_gateway(world(everything()))

    assert status["addresses"] == [{"type": "Hostname", "value": "lb.example.com"}]
    assert [(item["type"], item["status"], item["message"]) for item in status["conditions"]] == [
        ("Accepted", "True", "The Gateway has been scheduled by Envoy Gateway"),
        (
            "Programmed",
            "True",
            "Address assigned to the Gateway, 1/2 envoy replicas available",
        ),
    ]
    assert listener(world(everything()), "https")["routes"] == 1
    assert listener(world(everything()), "http")["routes"] == 1


@pytest.mark.parametrize(
    ("missing", "reason"),
    [(("Service", SERVICE), "AddressNotAssigned"), (("Deployment", SERVICE), "NoResources")],
)
def test_a_gateway_without_address_or_proxies_says_which(
    missing: tuple[str, str], reason: str
) -> None:
    programmed = of_gateway(without(*missing))["conditions"][1]

    assert (programmed["status"], programmed["reason"]) == ("False", reason)


def test_a_certificate_that_is_not_there_fails_its_listener_alone() -> None:
    found = without("Secret", "public-tls")

    assert listener(found, "https")["ResolvedRefs"]["reason"] == "InvalidCertificateRef"
    assert listener(found, "https")["ResolvedRefs"]["message"] == (
        "No valid secrets exist: certificate refs 0: Secret gateway/public-tls does not exist."
    )
    assert listener(found, "https")["Programmed"]["status"] == "False"
    assert listener(found, "http")["Programmed"]["status"] == "True"


def test_a_secret_of_another_type_is_no_certificate() -> None:
    made = everything()
    next(item for item in made if item["metadata"]["name"] == "public-tls")["type"] = "Opaque"

    assert listener(world(made), "https")["ResolvedRefs"]["message"].endswith(
        "Secret gateway/public-tls must be of type kubernetes.io/tls."
    )


def test_a_class_whose_proxy_is_not_there_is_not_accepted() -> None:
    found = without("EnvoyProxy", "proxy")
    (accepted,) = json.loads(
        json.dumps(class_status(found, one(found, "GatewayClass", "tokenworks")))
    )["conditions"]

    assert accepted["reason"] == "InvalidParameters"
    assert accepted["message"] == (
        "Invalid parametersRef: failed to find envoyproxy gateway/proxy for GatewayClass "
        'tokenworks: EnvoyProxy.gateway.envoyproxy.io "proxy" not found'
    )


def test_a_route_with_a_ready_backend_is_accepted_and_resolved() -> None:
    found = of_route(world(everything()))

    assert {key: item["status"] for key, item in found.items()} == {
        "Accepted": "True",
        "ResolvedRefs": "True",
    }


def test_a_backend_without_a_ready_pod_is_said_beside_the_rest() -> None:
    found = of_route(without("EndpointSlice", "qwen-1"))

    assert found["ResolvedRefs"]["status"] == "True"
    assert found["BackendsAvailable"]["message"] == (
        "Failed to find endpoints: no ready endpoints for the related Service models/qwen."
    )


def backend(**others: object) -> list[dict]:
    return [{"backendRefs": [{"name": "qwen", "port": 8000, **others}]}]


@pytest.mark.parametrize(
    ("rules", "reason", "words"),
    [
        (backend(name="nope"), "BackendNotFound", "service models/nope not found."),
        (backend(port=9), "PortNotFound", "TCP Port 9 not found on Service models/qwen."),
        (
            backend(namespace="other"),
            "RefNotPermitted",
            "Backend ref to Service other/qwen not permitted by any ReferenceGrant.",
        ),
    ],
)
def test_a_backend_that_is_wrong_is_named_in_the_controllers_words(
    rules: list, reason: str, words: str
) -> None:
    resolved = of_route(changed("HTTPRoute", "qwen", rules=rules))["ResolvedRefs"]

    assert (resolved["status"], resolved["reason"]) == ("False", reason)
    assert resolved["message"] == f"Failed to process route rule 0 backendRef 0: {words}"


@pytest.mark.parametrize(("source", "permitted"), [("models", True), ("gateway", False)])
def test_a_grant_permits_what_it_names(source: str, permitted: bool) -> None:  # noqa: FBT001 - a case
    grant = plain(
        "gateway.networking.k8s.io/v1beta1",
        "ReferenceGrant",
        "grant",
        "other",
        spec={
            "from": [{"group": objects.GATEWAY_API, "kind": "HTTPRoute", "namespace": source}],
            "to": [{"group": "", "kind": "Service"}],
        },
    )
    made = [
        *everything(),
        grant,
        plain("v1", "Service", "qwen", "other", spec={"ports": [{"port": 8000}]}),
    ]
    next(
        item for item in made if item["metadata"]["name"] == "qwen" and item["kind"] == "HTTPRoute"
    )["spec"]["rules"] = backend(namespace="other")

    assert (of_route(world(made))["ResolvedRefs"]["status"] == "True") is permitted


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"hostnames": ["qwen.elsewhere.com"]}, "NoMatchingListenerHostname"),
        (
            {"parentRefs": [{"name": "public", "namespace": "gateway", "sectionName": "nope"}]},
            "NoMatchingParent",
        ),
        (
            {"parentRefs": [{"name": "public", "namespace": "gateway", "sectionName": "http"}]},
            "NotAllowedByListeners",
        ),
    ],
)
def test_a_route_that_no_listener_takes_says_why_and_counts_nowhere(
    spec: dict, reason: str
) -> None:
    found = changed("HTTPRoute", "qwen", **spec)

    assert of_route(found)["Accepted"]["reason"] == reason
    assert listener(found, "https")["routes"] == 0


def test_a_namespace_without_the_label_hangs_no_route_on_the_gateway() -> None:
    made = everything()
    made[1]["metadata"]["labels"] = {objects.ROUTES: "false"}

    assert of_route(world(made))["Accepted"]["reason"] == "NotAllowedByListeners"


def test_a_route_of_somebody_elses_gateway_is_left_alone() -> None:
    found = changed("GatewayClass", "tokenworks", controllerName="example.com/other")

    assert found.own_gateways() == ()
    assert route_status(found, one(found, "HTTPRoute", "qwen")) is None
    assert policy_statuses(found, "BackendTrafficPolicy") == []


def test_every_policy_with_a_target_is_accepted() -> None:
    found = world(everything())

    for kind in ("ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy"):
        (accepted,) = of_policies(found, kind).values()
        assert (accepted["status"], accepted["message"]) == ("True", "Policy has been accepted.")


def test_of_two_policies_on_one_route_the_older_one_holds() -> None:
    second = json.loads(json.dumps(objects.backend_policy("models", "another")))
    second["metadata"]["creationTimestamp"] = "2026-11-02T00:00:00Z"

    found = of_policies(added(second), "BackendTrafficPolicy")

    assert found["qwen"]["status"] == "True"
    assert (found["another"]["reason"], found["another"]["message"]) == (
        "Conflicted",
        "Unable to target HTTPRoute qwen, another BackendTrafficPolicy has already attached to it",
    )


def test_a_policy_whose_keys_are_not_there_is_invalid() -> None:
    found = of_policies(without("Secret", "api-keys"), "SecurityPolicy")

    assert found["qwen"]["reason"] == "Invalid"
    assert found["qwen"]["message"] == "APIKeyAuth: secret models/api-keys does not exist."


def test_a_policy_without_a_target_is_left_alone() -> None:
    assert of_policies(without("HTTPRoute", "qwen"), "SecurityPolicy") == {}


def test_a_condition_keeps_its_time_until_it_changes() -> None:
    body = plain("v1", "X", "x")
    first: Properties = {"conditions": [condition(body, "Accepted", "yes")]}
    held = dated(first, {}, "2026-11-01T00:00:00Z")
    worse: Properties = {"conditions": [{**condition(body, "Accepted", "no"), "status": "False"}]}

    assert dated(first, held, "2026-11-02T00:00:00Z") == held
    times = [
        item["lastTransitionTime"]
        for item in json.loads(json.dumps(dated(worse, held, "2026-11-02T00:00:00Z")))["conditions"]
    ]
    assert times == ["2026-11-02T00:00:00Z"]


def test_the_name_of_what_a_gateway_has_made_is_that_of_the_real_controller() -> None:
    assert proxy_name(GATEWAY) == SERVICE
