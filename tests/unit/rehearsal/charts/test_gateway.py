"""The placeholders of Envoy Gateway's charts, and the slim schemas of its kinds."""

import json
from collections.abc import Iterator

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, gateway_helm, objects_of
from infra.rehearsal.charts.gateway_crds import definitions
from infra.rehearsal.nodes.view import pod_requests
from infra.wire import Properties
from tests.support import contracts
from tests.unit.rehearsal.charts.test_charts import by_title, lookup

KINDS = {
    "Backend",
    "BackendTrafficPolicy",
    "ClientTrafficPolicy",
    "EnvoyProxy",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "HTTPRouteFilter",
    "ReferenceGrant",
    "SecurityPolicy",
}
AT_RELEASE = {
    "global.images.envoyGateway.image",
    "global.images.envoyGateway.pullPolicy",
    "global.images.ratelimit.image",
}
"""The contract was taken between releases, where the chart's build has put in nothing yet."""
SAME = (
    *("type", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"),
    *("x-kubernetes-int-or-string", "pattern"),
)
IN_OTHER_WORDS = "clientCIDRs"
"""Its pattern says the same of addresses in fewer words."""


def chart(name: str, values: Properties) -> dict[str, dict]:
    return by_title(objects_of(name, releases.chart(name).version, name, "gateway", values))


def controller(**values: object) -> dict[str, dict]:
    return chart("gateway-helm", json.loads(json.dumps({"crds": {"enabled": False}, **values})))


def test_the_chart_of_kinds_brings_those_that_are_switched_on_as_templates() -> None:
    both = chart(
        "gateway-crds-helm",
        {"crds": {"gatewayAPI": {"enabled": True}, "envoyGateway": {"enabled": True}}},
    )
    only = chart("gateway-crds-helm", {"crds": {"gatewayAPI": {"enabled": True}}})

    assert {item["spec"]["names"]["kind"] for item in both.values()} == KINDS
    assert {item["spec"]["group"] for item in only.values()} == {"gateway.networking.k8s.io"}
    assert chart("gateway-crds-helm", {}) == {}
    marks = [item["metadata"]["annotations"]["tokenworks.dev/templated"] for item in both.values()]
    assert set(marks) == {"true"}


def test_the_controllers_own_definitions_are_never_taken_away_again() -> None:
    brought = chart("gateway-helm", {})
    kinds = [item for item in brought.values() if item["kind"] == "CustomResourceDefinition"]

    assert len(kinds) == len(KINDS)
    for item in kinds:
        assert "tokenworks.dev/templated" not in item["metadata"].get("annotations", {})


def test_the_controller_has_its_service_rights_and_job() -> None:
    assert list(controller()) == [
        "ServiceAccount envoy-gateway",
        "ClusterRole gateway-helm-envoy-gateway-role",
        "ClusterRoleBinding gateway-helm-envoy-gateway-rolebinding",
        "Role gateway-helm-infra-manager",
        "RoleBinding gateway-helm-infra-manager",
        "Role gateway-helm-leader-election-role",
        "RoleBinding gateway-helm-leader-election-rolebinding",
        "ServiceAccount gateway-helm-certgen",
        "Role gateway-helm-certgen",
        "RoleBinding gateway-helm-certgen",
        "ConfigMap envoy-gateway-config",
        "Deployment envoy-gateway",
        "Service envoy-gateway",
        "Job gateway-helm-certgen",
    ]


def test_the_pods_of_the_controller_and_of_its_job_are_restricted() -> None:
    made = controller(certgen={"job": {"resources": {"requests": {"cpu": "10m"}}}})
    for title in ("Deployment envoy-gateway", "Job gateway-helm-certgen"):
        pod = made[title]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["image"] == releases.image("envoy-gateway").reference
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod_requests(pod).cpu_millicores > 0


def test_two_controllers_have_a_budget_where_one_is_asked_for() -> None:
    made = controller(podDisruptionBudget={"minAvailable": 1}, deployment={"replicas": 2})

    assert made["Deployment envoy-gateway"]["spec"]["replicas"] == 2
    budget = made["PodDisruptionBudget envoy-gateway"]["spec"]
    assert budget["minAvailable"] == 1
    selector = made["Deployment envoy-gateway"]["spec"]["selector"]
    assert budget["selector"] == selector


def test_without_the_injector_neither_port_nor_right_is_there() -> None:
    made = controller(topologyInjector={"enabled": False})
    ports = [item["name"] for item in made["Service envoy-gateway"]["spec"]["ports"]]
    rules = made["ClusterRole gateway-helm-envoy-gateway-role"]["rules"]

    assert ports == ["grpc", "ratelimit", "wasm", "metrics"]
    assert not [rule for rule in rules if "pods/binding" in rule["resources"]]
    job = made["Job gateway-helm-certgen"]["spec"]["template"]["spec"]["containers"][0]
    assert job["args"] == ["--disable-topology-injector"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"hpa": {"enabled": True}}, "hpa.enabled"),
        ({"createNamespace": True}, "createNamespace"),
        ({"deployment": {"replica": 2}}, "deployment.replica"),
        (
            {"config": {"envoyGateway": {"provider": {"kubernetes": {"watch": {"type": "A"}}}}}},
            "config.envoyGateway.provider.kubernetes.watch",
        ),
    ],
)
def test_what_is_not_played_and_what_the_chart_does_not_have_is_refused(
    values: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"gateway-helm: {path}: "):
        controller(**values)


def test_a_channel_that_installs_nothing_is_refused() -> None:
    with pytest.raises(ChartValueError, match=r"crds\.gatewayAPI\.channel: .* got 'stable'"):
        chart("gateway-crds-helm", {"crds": {"gatewayAPI": {"channel": "stable"}}})


@contracts.needs(contracts.CHARTS)
def test_the_table_of_values_agrees_with_the_offline_contract() -> None:
    contract = contracts.chart_contract("gateway-helm")
    assert contract
    ours = gateway_helm.default_values()
    differing = {
        path
        for path, value in contract.defaults.items()
        if _at(ours, path) != value and path not in AT_RELEASE
    }
    assert differing == set()


def _at(values: Properties, path: str) -> object:
    """Look up a dotted path; a key such as `prometheus.io/port` has dots of its own."""
    before, _dot, key = path.partition("annotations.")
    if key:
        held = lookup(values, f"{before}annotations")
        return held.get(key) if isinstance(held, dict) else None
    return lookup(values, path)


def schemas(found: list[dict]) -> dict[str, dict]:
    return {
        f"{item['spec']['names']['kind']} {version['name']}": version["schema"]["openAPIV3Schema"]
        for item in found
        for version in item["spec"]["versions"]
    }


def differences(ours: dict, theirs: dict, path: str) -> Iterator[str]:
    """Yield where a slim schema is wider than the whole one, or says something else."""
    if IN_OTHER_WORDS not in path:
        yield from (f"{path}: {line}" for line in _own_differences(ours, theirs))
    for name, below in ours.get("properties", {}).items():
        if name not in theirs.get("properties", {}):
            yield f"{path}.{name}: no such field"
        elif name not in ("status", "metadata"):
            yield from differences(below, theirs["properties"][name], f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if key in ours:
            yield from differences(ours[key], theirs.get(key, {}), f"{path}[]")


def _own_differences(ours: dict, theirs: dict) -> Iterator[str]:
    for key in SAME:
        if ours.get(key) != theirs.get(key):
            yield f"{key}: {ours.get(key)}, not {theirs.get(key)}"
    if not _is_within(ours.get("enum"), theirs.get("enum")):
        yield f"enum: {ours.get('enum')}, not within {theirs.get('enum')}"
    missing = {*theirs.get("required", [])} - {*ours.get("required", [])}
    if missing:
        yield f"{sorted(missing)} are required"


def _is_within(ours: list | None, theirs: list | None) -> bool:
    """Say whether no value is allowed that the whole schema refuses."""
    return theirs is None or (ours is not None and {*ours} <= {*theirs})


@contracts.needs(contracts.DEFINITIONS)
def test_the_slim_schemas_are_never_wider_than_the_whole_ones() -> None:
    whole = schemas(json.loads(json.dumps(contracts.definitions())))
    slim = schemas(json.loads(json.dumps(definitions())))

    assert [
        line for name, ours in slim.items() for line in differences(ours, whole[name], name)
    ] == []


@contracts.needs(contracts.DEFINITIONS)
def test_the_definitions_have_the_names_and_scopes_of_the_whole_ones() -> None:
    whole = {
        item["metadata"]["name"]: item["spec"]
        for item in json.loads(json.dumps(contracts.definitions()))
    }
    for item in json.loads(json.dumps(definitions())):
        theirs = whole[item["metadata"]["name"]]
        assert item["spec"]["scope"] == theirs["scope"]
        assert item["spec"]["names"].items() <= theirs["names"].items()
