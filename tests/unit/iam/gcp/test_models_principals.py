"""Who serves models and who ships them on Google Cloud: they cannot touch the foundation.

Asked of our own evaluator, with the grants of every foundation that our stacks declare. One more is
recorded for it, with all that may be switched on and people who may ship models.
"""

import json
from dataclasses import replace
from importlib import resources

import pytest

from infra.google_discovery import OWN
from infra.graph.model import Graph
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.evaluate import Request, Target, evaluate
from infra.iam.gcp.roles import PREDEFINED, Roles
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from infra.wire import plain
from tests.support.foundation_permissions import ALTERING, NO_METHOD_OF_THAT_NAME
from tests.support.gcp_grants import grants_in, project_of, roles_in, targets_in, things_in
from tests.support.graphs import GCP_EVERYTHING, GCP_TEAM, graph_of
from tests.support.stacks import GCP_STACKS

pytestmark = pytest.mark.thorough  # records every foundation

SPECS = [spec for spec in map(load_stack_file, GCP_STACKS) if Layer.FOUNDATION in spec.layers]
FOUNDATIONS = [GCP_EVERYTHING, *(spec.name for spec in SPECS)]
PERMISSIONS = sorted({item for row in ALTERING.values() for item in row})
SERVER, LOADER, NODES, DEPLOYER = "server", "loader", "nodes", "deployer"
PODS = {SERVER: "/sa/model-server", LOADER: "/sa/weights-loader"}
"""How the member that pods are ends."""
ACCOUNTS = {NODES: "-identity-nodes", DEPLOYER: "-access-deployer"}
"""How the logical name of an account ends."""
OTHER_VERBS = {"create": ("insert",), "update": ("patch", "setLabels"), "actAs": ()}
"""Verb of a permission to those of methods that ask for it."""


def _documents(service: str) -> set[tuple[str, str]]:
    """Return resource and verb of every method of an API."""
    folder = resources.files("googleapiclient.discovery_cache") / "documents"
    versions = {"logging": "v2", "monitoring": "v3"}
    name = f"{service}.{versions.get(service, 'v1')}.json"
    file = OWN / name if (OWN / name).is_file() else folder / name
    found: set[tuple[str, str]] = set()

    def walk(part: dict) -> None:
        for method in part.get("methods", {}).values():
            *_, resource, verb = method["id"].split(".")
            found.add((resource, verb))
        for below in part.get("resources", {}).values():
            walk(below)

    walk(json.loads(file.read_text(encoding="utf-8")))
    return found


APIS = {"billing": "billingbudgets", "resourcemanager": "cloudresourcemanager"}
"""Service of a permission to the API with its methods, where they differ."""


def _named_like_a_method(permission: str) -> bool:
    service, resource, verb = permission.split(".")
    api = APIS.get(service, service)
    methods = _documents(api)
    return any((resource, one) in methods for one in (verb, *OTHER_VERBS.get(verb, ())))


def _who(graph: Graph, kind: str) -> frozenset[str]:
    if kind in PODS:
        members = {item.member for item in grants_in(graph)}
        return frozenset(
            item
            for item in members
            if item.startswith("principal://") and item.endswith(PODS[kind])
        )
    return frozenset({_account(graph, ACCOUNTS[kind])})


def _account(graph: Graph, ending: str) -> str:
    (found,) = (
        item
        for item in graph.of_type("gcp:serviceaccount/account:Account")
        if item.name.endswith(ending)
    )
    return f"serviceAccount:{plain(found.outputs['email'])}"


PRINCIPALS = [
    *((name, kind) for name in FOUNDATIONS for kind in (SERVER, LOADER, NODES)),
    (GCP_EVERYTHING, DEPLOYER),
    *((spec.name, DEPLOYER) for spec in SPECS if spec.cluster.model_deployers),
]


def _may(graph: Graph, who: frozenset[str], permissions: list[str], **more: Binding) -> list[str]:
    """Return each request that would be allowed, of any permission on any thing."""
    bindings = (*grants_in(graph), *more.values())
    roles = roles_in(graph)
    return [
        f"{permission} on {target.path}"
        for target in targets_in(graph)
        for permission in permissions
        if evaluate(
            bindings, roles, Request(principals=who, permission=permission, target=target)
        ).is_allowed
    ]


@pytest.mark.parametrize("name", FOUNDATIONS)
def test_every_part_of_a_foundation_has_its_altering_permissions_in_the_table(name: str) -> None:
    parts = {
        item.type
        for item in graph_of(name).resources
        if item.package == "gcp" and item.custom and not item.is_provider
    }

    assert parts - ALTERING.keys() == set()


def test_every_permission_of_the_table_is_one_that_a_method_asks_for() -> None:
    """A mistyped one would be allowed to nobody, and prove nothing."""
    assert {item for item in PERMISSIONS if not _named_like_a_method(item)} == set(
        NO_METHOD_OF_THAT_NAME
    )


@pytest.mark.parametrize(("name", "kind"), PRINCIPALS)
def test_no_principal_of_models_or_of_nodes_can_alter_the_foundation(name: str, kind: str) -> None:
    graph = graph_of(name)
    # What each is there for; the logs of others, and other buckets, stay as they are.
    writes = {
        NODES: {"logging.logEntries.create"},
        LOADER: {"storage.objects.create", "storage.objects.delete"},
    }
    altering = [item for item in PERMISSIONS if item not in writes.get(kind, ())]

    assert _may(graph, _who(graph, kind), altering) == []


@pytest.mark.parametrize(("name", "kind"), PRINCIPALS)
def test_each_is_allowed_what_is_named_here_and_nothing_else(name: str, kind: str) -> None:
    graph = graph_of(name)
    who, roles = _who(graph, kind), roles_in(graph)
    allowed = {
        permission
        for item in grants_in(graph)
        if item.is_for(who)
        for permission in roles.permissions(item.role)
    }
    expected = {
        SERVER: {"storage.buckets.get", "storage.objects.get", "storage.objects.list"},
        LOADER: {
            *("storage.buckets.get", "storage.objects.get", "storage.objects.list"),
            *("storage.objects.create", "storage.objects.delete"),
        },
        NODES: PREDEFINED["roles/container.defaultNodeServiceAccount"]
        | PREDEFINED["roles/serviceusage.serviceUsageConsumer"]
        | PREDEFINED["roles/artifactregistry.reader"],
        DEPLOYER: {"container.clusters.connect", "container.clusters.get"},
    }

    assert allowed == expected[kind]


@pytest.mark.parametrize("name", FOUNDATIONS)
def test_a_model_server_reads_the_weights_and_no_other_bucket(name: str) -> None:
    graph = graph_of(name)
    bucket = next(
        thing for thing in things_in(graph).values() if thing.path.startswith("projects/_/buckets")
    )
    other = replace(bucket, path=f"{bucket.path}-of-another")
    who, bindings, roles = _who(graph, SERVER), grants_in(graph), roles_in(graph)

    def may(permission: str, target: Target, end: str = "") -> bool:
        asked = Request(
            principals=who,
            permission=permission,
            target=replace(target, path=target.path + end),
        )
        return evaluate(bindings, roles, asked).is_allowed

    assert may("storage.buckets.get", bucket)
    assert may("storage.objects.list", bucket)
    assert may("storage.objects.get", bucket, "/objects/org/model.safetensors")
    assert not may("storage.objects.get", other, "/objects/org/model.safetensors")
    assert not may("storage.objects.list", other)


@pytest.mark.parametrize("name", FOUNDATIONS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ns/models", "ns/default"),
        ("sa/model-server", "sa/default"),
        (".svc.id.goog", "-2.svc.id.goog"),
    ],
)
def test_the_weights_are_for_pods_of_one_account_in_one_namespace(
    name: str, old: str, new: str
) -> None:
    graph = graph_of(name)
    (pods,) = _who(graph, SERVER)
    reading = ["storage.objects.get", "storage.objects.list", "storage.buckets.get"]

    assert _may(graph, frozenset({pods}), reading)
    assert _may(graph, frozenset({pods.replace(old, new)}), reading) == []


@pytest.mark.parametrize("name", FOUNDATIONS)
def test_the_loader_writes_into_the_bucket_of_weights_and_no_other(name: str) -> None:
    graph = graph_of(name)
    writing = ["storage.objects.create", "storage.objects.delete"]
    allowed = _may(graph, _who(graph, LOADER), writing)

    assert allowed
    assert all("/buckets/${" in item and "-store" in item for item in allowed)
    assert _may(graph, _who(graph, SERVER), writing) == []


def test_whoever_ships_models_reaches_their_own_cluster_alone() -> None:
    graph = graph_of(GCP_EVERYTHING)
    cluster = things_in(graph)["gcp-everything-cluster-control-plane"]
    who, bindings, roles = _who(graph, DEPLOYER), grants_in(graph), roles_in(graph)

    def may(path: str) -> bool:
        asked = Request(
            principals=who,
            permission="container.clusters.connect",
            target=replace(cluster, path=path),
        )
        return evaluate(bindings, roles, asked).is_allowed

    assert may(cluster.path)
    assert not may(f"{cluster.path}-2")
    assert not may(f"{cluster.path}/nodePools/l4-spot")


def test_the_account_of_deployers_is_for_those_who_are_listed_and_no_other_account_is() -> None:
    graph = graph_of(GCP_EVERYTHING)
    take_on = ["iam.serviceAccounts.getAccessToken"]
    (taken,) = {
        item.partition(" on ")[2].partition("/objects")[0]
        for item in _may(graph, frozenset({GCP_TEAM}), take_on)
        if item.endswith("}")
    }

    assert taken.endswith("/serviceAccounts/${gcp-everything-access-deployer.name}")
    assert _may(graph, frozenset({"group:another@example.com"}), take_on) == []
    for kind in (SERVER, LOADER, NODES, DEPLOYER):
        assert _may(graph, _who(graph, kind), take_on) == [], kind


@pytest.mark.parametrize(
    ("scope", "role"),
    [
        ("projects/example-llm-dev", "roles/cloudkms.cryptoKeyEncrypterDecrypter"),
        ("projects/example-llm-dev", "projects/example-llm-dev/roles/wider"),
    ],
)
def test_a_principal_that_could_alter_something_is_seen(scope: str, role: str) -> None:
    graph = graph_of(GCP_EVERYTHING)
    (pods,) = _who(graph, SERVER)
    wider = Binding(label="wider", scope=scope, role=role, member=pods)
    own = {role: frozenset({"container.clusters.update"})} if role.startswith("projects/") else {}
    roles = Roles({**roles_in(graph).custom, **own})
    found = [
        permission
        for target in targets_in(graph)
        for permission in PERMISSIONS
        if evaluate(
            [wider],
            roles,
            Request(principals=frozenset({pods}), permission=permission, target=target),
        ).is_allowed
    ]

    assert found


def test_the_project_itself_is_one_of_the_things() -> None:
    graph = graph_of(GCP_EVERYTHING)

    assert project_of(graph).path in {target.path for target in targets_in(graph)}
