"""The played Envoy Gateway on a real API server, with objects in the forms of our stacks'."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from infra.catalog import releases
from infra.rehearsal import control_plane as planes
from infra.rehearsal.charts import objects_of
from infra.rehearsal.charts.gateway_crds import definitions
from infra.rehearsal.controllers.balancers import Balancers
from infra.rehearsal.controllers.envoy_gateway.controller import EnvoyGateway
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.values import condition, is_true
from infra.rehearsal.ladder import Programs
from infra.rehearsal.loop import Loop
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.supervisor import Supervisor
from infra.wire import Properties
from tests.support import gateway as objects
from tests.support.planes import KUBERNETES_VERSION, refusal
from tests.support.world import wait
from tests.unit.rehearsal.controllers.memory import MemoryAccount
from tests.unit.rehearsal.nodes.examples import SYSTEM, ListedGroups

pytestmark = pytest.mark.real

STAGES = Path(__file__).parents[2] / "infra" / "rehearsal" / "nodes" / "stages.yaml"
GATEWAY, MODELS, CLASS = "gateway", "models", "tokenworks"
PROXY = "envoy-gateway-public-1e7f3513"
MADE = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "ConfigMap": "v1",
    "ServiceAccount": "v1",
    "PodDisruptionBudget": "policy/v1",
}


class Cluster:
    """A cluster with a running controller and a cloud that makes load balancers."""

    def __init__(self, api: ApiClient, account: MemoryAccount) -> None:
        self.api = api
        self.account = account

    def put(self, body: Properties) -> None:
        self.api.apply(body, "test", force=True)

    def get(self, body: Properties) -> dict:
        metadata = json.loads(json.dumps(body))["metadata"]
        namespace = metadata.get("namespace", "")
        return self.api.get(str(body["apiVersion"]), str(body["kind"]), metadata["name"], namespace)

    def remove(self, body: Properties) -> None:
        metadata = json.loads(json.dumps(body))["metadata"]
        with suppress(ApiError):
            self.api.delete(
                str(body["apiVersion"]),
                str(body["kind"]),
                metadata["name"],
                metadata.get("namespace", ""),
            )

    def secret(self, name: str, namespace: str, kind: str = "Opaque", *keys: str) -> Properties:
        metadata: Properties = {"name": name, "namespace": namespace}
        data: Properties = dict.fromkeys(keys, "eA==")
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": kind,
            "metadata": metadata,
            "data": data,
        }

    def proxies(self) -> list[str]:
        return [
            kind
            for kind, version in MADE.items()
            if self.api.find(version, kind, PROXY, GATEWAY) is not None
        ]


def listener(body: dict, name: str, kind: str) -> dict:
    found = next(one for one in body["status"]["listeners"] if one["name"] == name)
    return condition({"status": found}, kind)


def parent(body: dict, kind: str) -> dict:
    return condition({"status": body["status"]["parents"][0]}, kind)


def accepted(body: dict) -> dict:
    return condition({"status": body["status"]["ancestors"][0]}, "Accepted")


@pytest.fixture(scope="module")
def cluster(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes, the charts, and the controller; the objects are a test's own."""
    directory = tmp_path_factory.mktemp("envoy-gateway")
    with Supervisor(directory) as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            directory / "control-plane",
            kubernetes_version=KUBERNETES_VERSION,
            stages=STAGES,
        )
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        account = MemoryAccount()
        balancers = Balancers(api, account, lambda _trouble: None)
        loops: list[Loop | EnvoyGateway | NodeController] = [
            NodeController(api, ListedGroups(replace(SYSTEM, min=2, max=2))),
            Loop("balancers", balancers.step),
            EnvoyGateway(api),
        ]
        for loop in loops:
            loop.start()
        try:
            yield _prepared(Cluster(api, account))
        finally:
            for loop in loops:
                loop.stop()
            api.close()


def _prepared(cluster: Cluster) -> Cluster:
    for name in (GATEWAY, MODELS):
        labels: Properties = {objects.ROUTES: "true"}
        metadata: Properties = {"name": name, "labels": labels}
        cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    for body in definitions():
        cluster.put(body)
    for body in definitions():
        wait(lambda one=body: is_true(cluster.get(one), "Established"), "the kinds are served")
    version = releases.chart("gateway-helm").version
    values: Properties = {"crds": {"enabled": False}}
    for body in objects_of("gateway-helm", version, "envoy-gateway", GATEWAY, values):
        cluster.put(body)
    service: Properties = {"selector": {"app": "qwen"}, "ports": [{"port": 8000}]}
    cluster.put(objects.body("v1", "Service", "qwen", MODELS, service))
    cluster.put(cluster.secret("api-keys", MODELS))
    return cluster


def ours() -> dict[str, Properties]:
    """The objects of a gateway, in the order in which a stack makes them."""
    return {
        "proxy": objects.proxy(GATEWAY),
        "class": objects.gateway_class(CLASS, GATEWAY),
        "gateway": objects.gateway(GATEWAY, CLASS),
        "redirect": objects.redirect(GATEWAY),
        "route": objects.route(MODELS, GATEWAY),
        "client": objects.client_policy(GATEWAY),
        "backend": objects.backend_policy(MODELS),
        "security": objects.security_policy(MODELS),
    }


@pytest.fixture
def gateway(cluster: Cluster) -> Iterator[dict[str, Properties]]:
    """The objects of a gateway, with its certificate; gone again after the test."""
    certificate = cluster.secret("public-tls", GATEWAY, "kubernetes.io/tls", "tls.crt", "tls.key")
    made = {"certificate": certificate, **ours()}
    for body in made.values():
        cluster.put(body)
    yield made
    for body in reversed(made.values()):
        cluster.remove(body)
    wait(lambda: not cluster.proxies(), "nothing of the gateway is left")
    kind = cluster.api.find
    wait(lambda: kind(objects.V1, "GatewayClass", CLASS) is None, "the class is gone")


def until(cluster: Cluster, body: Properties, ready: Callable[[dict], object]) -> dict:
    """Wait until an object is as it should be, and return it."""

    def found() -> dict | None:
        live = cluster.get(body)
        try:
            return live if ready(live) else None
        except (KeyError, IndexError, StopIteration):
            return None

    live = wait(found, f"{body['kind']} is as expected")
    assert live
    return live


def test_everything_is_accepted_and_the_proxies_run_behind_a_load_balancer(
    cluster: Cluster, gateway: dict[str, Properties]
) -> None:
    live = until(cluster, gateway["gateway"], lambda one: is_true(one, "Programmed"))

    service = cluster.api.get("v1", "Service", PROXY, GATEWAY)
    host = service["status"]["loadBalancer"]["ingress"][0]["hostname"]
    assert live["status"]["addresses"] == [{"type": "Hostname", "value": host}]
    assert service["metadata"]["annotations"] == {objects.NLB: "nlb"}
    assert [one["attachedRoutes"] for one in live["status"]["listeners"]] == [1, 1]
    for name in ("http", "https"):
        assert listener(live, name, "ResolvedRefs")["status"] == "True"
    until(cluster, gateway["class"], lambda one: is_true(one, "Accepted"))
    for name in ("redirect", "route"):
        route = until(cluster, gateway[name], lambda one: parent(one, "Accepted"))
        assert parent(route, "Accepted")["status"] == "True"
        assert parent(route, "ResolvedRefs")["status"] == "True"
    for name in ("client", "backend", "security", "proxy"):
        policy = until(cluster, gateway[name], accepted)
        assert accepted(policy)["status"] == "True"
    pods = cluster.api.list_objects(
        "v1", "Pod", GATEWAY, labelSelector="app.kubernetes.io/name=envoy"
    )
    assert len(pods) == 2
    assert all(len(pod["status"]["containerStatuses"]) == 2 for pod in pods)
    assert all(pod["spec"]["nodeName"] for pod in pods)
    assert cluster.proxies() == list(MADE)


def test_the_job_leaves_the_certificates_of_the_proxies(cluster: Cluster) -> None:
    wait(
        lambda: all(
            cluster.api.find("v1", "Secret", name, GATEWAY)
            for name in ("envoy-gateway", "envoy", "envoy-rate-limit", "envoy-oidc-hmac")
        ),
        "the Secrets are there",
    )


def test_a_certificate_that_comes_late_is_taken_when_it_comes(
    cluster: Cluster, gateway: dict[str, Properties]
) -> None:
    cluster.remove(gateway["certificate"])
    missing = until(
        cluster,
        gateway["gateway"],
        lambda one: listener(one, "https", "ResolvedRefs")["status"] == "False",
    )
    assert listener(missing, "https", "ResolvedRefs")["message"] == (
        "No valid secrets exist: certificate refs 0: Secret gateway/public-tls does not exist."
    )
    assert listener(missing, "https", "Programmed")["reason"] == "Invalid"

    cluster.put(gateway["certificate"])

    until(
        cluster,
        gateway["gateway"],
        lambda one: listener(one, "https", "Programmed")["status"] == "True",
    )


def test_a_route_to_a_backend_that_is_not_there_says_so_until_it_is(
    cluster: Cluster, gateway: dict[str, Properties]
) -> None:
    service = cluster.api.get("v1", "Service", "qwen", MODELS)
    cluster.api.delete("v1", "Service", "qwen", MODELS)
    missing = until(
        cluster, gateway["route"], lambda one: parent(one, "ResolvedRefs")["status"] == "False"
    )
    assert parent(missing, "ResolvedRefs")["reason"] == "BackendNotFound"
    assert parent(missing, "ResolvedRefs")["message"] == (
        "Failed to process route rule 0 backendRef 0: service models/qwen not found."
    )
    assert parent(missing, "Accepted")["status"] == "True"

    spec: Properties = {"selector": service["spec"]["selector"], "ports": [{"port": 8000}]}
    cluster.put(objects.body("v1", "Service", "qwen", MODELS, spec))

    until(cluster, gateway["route"], lambda one: parent(one, "ResolvedRefs")["status"] == "True")


def test_a_changed_proxy_changes_the_pods_and_a_second_policy_is_in_conflict(
    cluster: Cluster, gateway: dict[str, Properties]
) -> None:
    until(cluster, gateway["gateway"], lambda one: is_true(one, "Programmed"))
    second = objects.backend_policy(MODELS, "second")
    cluster.put(second)
    cluster.put(objects.proxy(GATEWAY, replicas=3))

    live = until(cluster, second, accepted)
    assert accepted(live)["reason"] == "Conflicted"
    wait(
        lambda: cluster.api.get("apps/v1", "Deployment", PROXY, GATEWAY)["spec"]["replicas"] == 3,
        "three replicas",
    )
    cluster.remove(second)


def test_a_gateway_takes_its_proxies_and_the_load_balancer_with_it(
    cluster: Cluster, gateway: dict[str, Properties]
) -> None:
    until(cluster, gateway["gateway"], lambda one: is_true(one, "Programmed"))
    assert cluster.account.balancers
    cluster.remove(gateway["class"])
    held = cluster.get(gateway["class"])
    assert held["metadata"]["deletionTimestamp"]  # it stays for as long as it has a Gateway

    cluster.remove(gateway["gateway"])

    find = cluster.api.find
    wait(lambda: not cluster.proxies(), "nothing of the gateway is left")
    wait(lambda: find(objects.V1, "GatewayClass", CLASS) is None, "the class is gone")
    assert cluster.account.balancers == {}


def changed(name: str, path: str, value: object) -> Properties:
    """Return one of our objects with something else at a path below `spec`."""
    body = json.loads(json.dumps(ours()[name]))
    *above, last = (int(step) if step.isdigit() else step for step in path.split("."))
    here = body["spec"]
    for step in above:
        here = here[step]
    here[last] = value
    return body


@pytest.mark.parametrize(
    ("name", "path", "value", "named"),
    [
        ("route", "rules.0.timeouts.request", "ten", "spec.rules[0].timeouts.request"),
        ("route", "rules.0.timeouts.backendRequest", "2h", "backendRequest timeout cannot be"),
        ("route", "rules.0.matches", [{}] * 65, "must have at most 64 items"),
        ("route", "rules.0.backendRefs.0", {"name": "x"}, "Must have port for Service reference"),
        ("route", "rules.0.retries", 2, ".spec.rules[0].retries: field not declared in schema"),
        ("gateway", "listeners.0.port", 70000, "spec.listeners[0].port"),
        ("gateway", "listeners.1.tls.certificateRefs", [], "certificateRefs or options must be"),
        ("client", "targetRefs.0.kind", "HTTPRoute", "targetRefs[*].kind of Gateway or"),
        ("backend", "targetRefs.0.kind", "Service", "targetRefs[*].kind of Gateway"),
        ("backend", "loadBalancer", {"type": "ConsistentHash"}, "consistentHash field needs"),
        ("security", "apiKeyAuth.extractFrom", [{}], "exactly one of headers, params, or"),
        ("proxy", "provider.kubernetes.envoyPDB.minAvailable", 1, "only one of minAvailable or"),
        ("proxy", "logging.level.default", "loud", "spec.logging.level.default"),
    ],
)
def test_a_mistake_is_refused_by_the_name_of_its_field(
    cluster: Cluster, name: str, path: str, value: object, named: str
) -> None:
    assert named in refusal(cluster.api, changed(name, path, value))


def test_the_matches_of_all_rules_together_are_limited(cluster: Cluster) -> None:
    matches = {"matches": [{"path": {"value": f"/{number}"}} for number in range(64)]}
    body = changed("route", "rules", [matches] * 3)

    assert "must be less than 128" in refusal(cluster.api, body)
