"""Every custom resource of our stacks, held to the whole schemas in a real API server.

It has a control plane of its own: elsewhere a test counts on kinds that are not there.
"""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra.catalog import releases
from infra.rehearsal.charts import objects_of
from infra.rehearsal.charts.objects import part
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.spec.files import load_stack_file
from infra.wire import Properties, Value
from tests.support.contracts import DEFINITIONS, definitions, needs
from tests.support.gateway_world import ENVIRONMENTS, GATEWAY
from tests.support.manifests import manifests_of, maps
from tests.support.planes import own_plane, refusal
from tests.support.shared_route import shared_host_objects
from tests.support.stacks import STACKS
from tests.support.standin import wait_for

pytestmark = [pytest.mark.real, needs(DEFINITIONS)]

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "support" / "samples" / "custom_resources.yaml"
STAGES = ROOT / "infra" / "rehearsal" / "nodes" / "stages.yaml"
ESTABLISH_SECONDS = 60

WITHOUT_CONTRACT = {
    "external-secrets.io": "tests/real/test_external_secrets.py",
    "generators.external-secrets.io": "tests/real/test_external_secrets.py",
}
"""API groups of custom resources that we create and no contract describes, and what looks after
them. The groups that add-ons and charts bring, and that we create nothing of, are in
`docs/contracts.md`."""

MISTAKES: list[tuple[str, str, Value, str]] = [
    ("GatewayClass", "controllerName", "envoy", "spec.controllerName"),
    ("Gateway", "listeners.0.port", 70000, "spec.listeners[0].port"),
    ("Gateway", "listeners.0.protocol", None, "spec.listeners[0].protocol"),
    ("HTTPRoute", "rules.0.matches.0.path.type", "Glob", "spec.rules[0].matches[0].path.type"),
    ("HTTPRoute", "rules.0.timeouts.request", "ten", "spec.rules[0].timeouts.request"),
    ("BackendTrafficPolicy", "targetRefs.0.kind", "Service", "targetRefs[*].kind of Gateway"),
    ("AIServiceBackend", "schema.name", "vLLM", "spec.schema.name"),
    ("InferencePool", "targetPorts.0.number", 0, "spec.targetPorts[0].number"),
    ("ClusterIssuer", "ca.secretName", None, "spec.ca.secretName"),
    ("Certificate", "privateKey.algorithm", "DSA", "spec.privateKey.algorithm"),
    ("ScaledObject", "triggers.0.metadata", None, "spec.triggers[0].metadata"),
    ("ServiceMonitor", "endpoints.0.interval", "often", "spec.endpoints[0].interval"),
    ("PrometheusRule", "groups.0.rules.0.for", "long", "spec.groups[0].rules[0].for"),
    ("LeaderWorkerSet", "leaderWorkerTemplate.size", "two", "spec.leaderWorkerTemplate.size"),
    ("NodePool", "template.spec.requirements.0.operator", "Is", "requirements[0].operator"),
]
"""Kind, path below `spec` to what stands there instead (None: nothing), and how the API server
names it."""


def _samples() -> dict[str, Properties]:
    found = yaml.safe_load_all(SAMPLES.read_text(encoding="utf-8"))
    return {body["kind"]: body for body in found}


@pytest.fixture(scope="module")
def api(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """An API server that knows every kind that has a contract."""
    with own_plane(programs, tmp_path_factory.mktemp("custom-resources")) as client:
        for body in definitions():
            client.create(body)
        wait_for(lambda: all(map(_is_established, _live(client))), ESTABLISH_SECONDS)
        yield client


def _live(api: ApiClient) -> list[dict]:
    return api.list_objects("apiextensions.k8s.io/v1", "CustomResourceDefinition")


def _is_established(definition: Properties) -> bool:
    conditions = maps(part(definition, "status").get("conditions"))
    return any(item["type"] == "Established" and item["status"] == "True" for item in conditions)


def _map(value: Value) -> Properties:
    assert isinstance(value, dict), f"no map: {value}"
    return value


def _groups(bodies: tuple[Properties, ...]) -> set[str]:
    return {str(part(body, "spec")["group"]) for body in bodies}


def _group(body: Properties) -> str:
    return str(body["apiVersion"]).rpartition("/")[0]


def _changed(body: Properties, path: str, value: Value) -> Properties:
    """Return a copy with something else at a path below `spec`, or without it."""
    changed = copy.deepcopy(body)
    *above, last = path.split(".")
    here: Value = changed["spec"]
    for step in above:
        here = here[int(step)] if isinstance(here, list) else _map(here)[step]
    if value is None:
        del _map(here)[last]
    else:
        _map(here)[last] = value
    return changed


def test_every_definition_is_one_that_this_version_of_kubernetes_takes(api: ApiClient) -> None:
    assert len(_live(api)) == len(definitions())


@pytest.mark.parametrize("stack", STACKS)
def test_the_api_server_takes_every_custom_resource_of_a_stack(api: ApiClient, stack: str) -> None:
    groups = _groups(definitions())
    ours = [item for item in manifests_of(stack) if _group(item.body) in groups]
    for name in {item.namespace for item in ours} - {""}:
        api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, "test")

    assert ours
    assert [f"{item.title}: {said}" for item in ours if (said := refusal(api, item.body))] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_kind_of_a_stack_is_known_to_the_api_server(api: ApiClient, stack: str) -> None:
    """A custom resource without a contract would pass the test above unseen."""
    served = {entry["name"] for entry in api.request("GET", "/apis")["groups"]} | {""}
    used = {_group(item.body) for item in manifests_of(stack)}

    assert used - served == used & WITHOUT_CONTRACT.keys()


@pytest.mark.parametrize("kind", _samples())
def test_a_correct_object_is_taken(api: ApiClient, kind: str) -> None:
    assert refusal(api, _samples()[kind]) == ""


@pytest.mark.parametrize("kind", _samples())
def test_a_field_that_does_not_exist_is_refused_by_its_name(api: ApiClient, kind: str) -> None:
    wrong = _changed(_samples()[kind], "replicaz", 1)

    assert ".spec.replicaz: field not declared in schema" in refusal(api, wrong)


@pytest.mark.parametrize(("kind", "path", "value", "named"), MISTAKES)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    api: ApiClient, kind: str, path: str, value: Value, named: str
) -> None:
    assert named in refusal(api, _changed(_samples()[kind], path, value))


def test_every_sample_is_broken_in_some_way_that_its_schema_sees() -> None:
    assert {kind for kind, *_ in MISTAKES} == _samples().keys()


def test_what_a_chart_of_ours_would_create_is_taken(api: ApiClient) -> None:
    """It is off: the platform collects these metrics by a PodMonitor of its own."""
    version = releases.chart("dcgm-exporter").version
    values: Properties = {"serviceMonitor": {"enabled": True}}
    made = objects_of("dcgm-exporter", version, "dcgm-exporter", "default", values)
    (monitor,) = [body for body in made if body["kind"] == "ServiceMonitor"]

    assert refusal(api, monitor) == ""


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_the_objects_of_a_shared_host_are_taken(api: ApiClient, stack: str) -> None:
    """With the settings of a gateway of the tests: what the stacks have is taken above."""
    made = list(shared_host_objects(load_stack_file(stack).models, GATEWAY, "default"))

    assert {body["kind"] for body in made} >= {"AIGatewayRoute", "AIServiceBackend", "Backend"}
    assert [f"{body['kind']}: {said}" for body in made if (said := refusal(api, body))] == []


def test_the_stages_of_the_rehearsal_are_taken(api: ApiClient) -> None:
    stages = [
        body
        for body in yaml.safe_load_all(STAGES.read_text(encoding="utf-8"))
        if body["kind"] == "Stage"
    ]

    assert stages
    assert [said for body in stages if (said := refusal(api, body))] == []
