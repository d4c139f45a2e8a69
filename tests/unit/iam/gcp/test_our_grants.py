"""Every grant that our stacks declare on Google Cloud."""

import re
from dataclasses import replace

import pytest

from components.gcp.policies import (
    NODES,
    ON_PROJECT,
    OWN_ON_PROJECT,
    PREDEFINED,
    STREAM_IMAGES,
)
from infra.graph.model import Graph
from infra.iam.gcp.audit import audit
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.roles import PREDEFINED as KNOWN
from infra.iam.gcp.roles import Roles
from infra.replies import dig
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from infra.wire import plain_properties
from tests.support.gcp_grants import grants_in, roles_in
from tests.support.graphs import GCP_EVERYTHING, GCP_IN_CLOUD, graph_of
from tests.support.stacks import GCP_STACKS

FOUNDATIONS = [
    GCP_EVERYTHING,
    GCP_IN_CLOUD,
    *(name for name in GCP_STACKS if Layer.FOUNDATION in load_stack_file(name).layers),
]
OWN = tuple(f"tokenworks_{role.purpose}_" for role in OWN_ON_PROJECT)
READS = r"(get|list|listEffectiveTags|listTagBindings)"
HELD_TO = {
    "read_weights": rf"storage\.(buckets|objects)\.{READS}",
    "load_weights": rf"storage\.(buckets|objects)\.{READS}|storage\.objects\.(create|delete)",
    "keep_vectors": (
        rf"storage\.(buckets|objects)\.{READS}|storage\.objects\.(create|delete)"
        r"|storage\.multipartUploads\.(abort|create|listParts)"
    ),
    "keep_traces": rf"storage\.(buckets|objects)\.{READS}|storage\.objects\.(create|delete)",
    "keep_logs": rf"storage\.objects\.{READS}|storage\.objects\.(create|delete)",
    "read_vectors": rf"storage\.(buckets|objects)\.{READS}",
    "read_backups": rf"storage\.(buckets|objects)\.{READS}",
    "add_backups": (
        rf"storage\.(buckets|objects)\.{READS}|storage\.objects\.create"
        r"|storage\.multipartUploads\.(abort|create|listParts)"
    ),
    "prove_domain": (
        r"dns\.changes\.(create|get)|dns\.resourceRecordSets\.(create|delete|list|update)"
    ),
    "point_hosts": r"dns\.changes\.create|dns\.resourceRecordSets\.(create|delete|list|update)",
    "find_zones": r"dns\.managedZones\.list",
    "write_logs": r"logging\.logEntries\.create",
    "read_secrets": r"secretmanager\.versions\.access",
    "fill_secrets": r"secretmanager\.(secrets\.get|versions\.(access|add|list))",
    "reach_cluster": rf"container\.clusters\.({READS}|connect)",
    "take_on": r"iam\.serviceAccounts\.getAccessToken",
    NODES: (
        r"(logging\.logEntries|monitoring\.(metricDescriptors|timeSeries))\.(create|list)"
        r"|autoscaling\.sites\.writeMetrics"
    ),
    STREAM_IMAGES: (
        rf"serviceusage\.(services|operations|quotas)\.({READS}|use)|monitoring\.timeSeries\.list"
    ),
    "roles/artifactregistry.reader": (
        rf"artifactregistry\.\w+\.({READS}|download|downloadArtifacts|exportArtifacts"
        rf"|readViaVirtualRepository)|resourcemanager\.projects\.get"
    ),
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": (
        rf"cloudkms\.cryptoKeyVersions\.useTo(En|De)crypt|cloudkms\.locations\.{READS}"
        rf"|resourcemanager\.projects\.get"
    ),
}
"""Role to the form of what its written reason covers: custom roles by their purpose."""

each_foundation = pytest.mark.parametrize("stack", FOUNDATIONS)


def _findings(bindings: tuple[Binding, ...]) -> str:
    return "\n".join(str(finding) for finding in audit(bindings, PREDEFINED, ON_PROJECT, OWN))


def _form(role: str) -> str:
    """Return what a role is held to; of a custom role its name begins with `tokenworks_`."""
    name = role.rpartition("/roles/tokenworks_")[2]
    return next(form for key, form in HELD_TO.items() if name.startswith(key) or role == key)


def _beyond(roles: Roles, bindings: tuple[Binding, ...]) -> list[str]:
    return [
        f"{binding}: {permission}"
        for binding in bindings
        for permission in sorted(roles.permissions(binding.role))
        if not re.fullmatch(_form(binding.role), permission)
    ]


def test_there_are_foundations_to_look_at() -> None:
    assert len(FOUNDATIONS) > 2


@each_foundation
def test_no_grant_is_too_wide(stack: str) -> None:
    assert _findings(grants_in(graph_of(stack))) == ""


@each_foundation
def test_no_role_holds_more_than_its_written_reason(stack: str) -> None:
    graph = graph_of(stack)

    assert _beyond(roles_in(graph), grants_in(graph)) == []


@pytest.mark.thorough
def test_every_predefined_role_with_a_reason_is_granted_and_known() -> None:
    granted = {item.role for stack in FOUNDATIONS for item in grants_in(graph_of(stack))}

    assert PREDEFINED.keys() - granted == set()
    assert PREDEFINED.keys() - KNOWN.keys() == set()


@each_foundation
def test_nodes_that_stream_images_may_use_the_apis_of_the_project(stack: str) -> None:
    graph = graph_of(stack)
    roles = roles_in(graph)
    may = {
        item.member
        for item in grants_in(graph)
        if "serviceusage.services.use" in roles.permissions(item.role)
    }
    streaming = {
        f"serviceAccount:{dig(config, 'serviceAccount')}"
        for pool in graph.of_type("gcp:container/nodePool:NodePool")
        if dig(config := plain_properties(pool.inputs)["nodeConfig"], "gcfsConfig.enabled")
    }

    assert streaming
    assert streaming <= may


@each_foundation
def test_nobody_outside_of_the_project_is_let_in(stack: str) -> None:
    """But people and groups whom the stack file names."""
    graph = graph_of(stack)
    ours = re.compile(
        r"serviceAccount:(\$\{.+\.email\}|.+@[a-z-]+\.iam\.gserviceaccount\.com)"
        r"|principal://.+/subject/ns/models/sa/(model-server|weights-loader)"
        r"|principal://.+/subject/ns/vector-store/sa/milvus(-backup)?"
        r"|principal://.+/subject/ns/traces/sa/tempo"
        r"|principal://.+/subject/ns/monitoring/sa/(alloy|loki)"
        r"|principal://.+/subject/ns/(cert-manager/sa/cert-manager|external-dns/sa/external-dns"
        r"|external-secrets/sa/external-secrets)"
    )
    others = {item.member for item in grants_in(graph) if not ours.fullmatch(item.member)}

    assert others <= {"group:platform-team@example.com", "group:model-team@example.com"}


@each_foundation
def test_no_grant_takes_away_what_others_granted(stack: str) -> None:
    """`grants_in` refuses whole policies and bindings; each of ours adds one member."""
    assert all(item.label for item in grants_in(graph_of(stack)))


def _with(graph: Graph, name: str, **changes: str | list[str]) -> Graph:
    resources = tuple(
        replace(item, inputs={**item.inputs, **changes}) if item.name == name else item
        for item in graph.resources
    )
    assert any(item.name == name for item in resources)
    return replace(graph, resources=resources)


@pytest.mark.parametrize(
    ("name", "changes", "problem"),
    [
        ("gcp-everything-identity-nodes-role", {"role": "roles/editor"}, "primitive role"),
        ("gcp-everything-identity-nodes-role", {"role": "roles/compute.admin"}, "written reason"),
        ("gcp-everything-model-server-reads-weights", {"member": "allUsers"}, "everybody"),
    ],
)
def test_a_grant_that_is_too_wide_is_seen(
    name: str, changes: dict[str, str | list[str]], problem: str
) -> None:
    assert problem in _findings(grants_in(_with(graph_of(GCP_EVERYTHING), name, **changes)))


def test_a_role_of_ours_that_gains_a_permission_is_seen() -> None:
    graph = graph_of(GCP_EVERYTHING)
    name = "gcp-everything-model-server-read-weights"
    given = plain_properties(graph.named(name).inputs)["permissions"]
    assert isinstance(given, list)
    wider = _with(graph, name, permissions=[*map(str, given), "storage.objects.delete"])

    assert _beyond(roles_in(wider), grants_in(wider)) == [
        "gcp-everything-model-server-reads-weights: storage.objects.delete"
    ]


def test_a_grant_of_a_whole_policy_is_refused() -> None:
    graph = graph_of(GCP_EVERYTHING)
    whole = tuple(
        replace(item, type="gcp:projects/iAMPolicy:IAMPolicy")
        if item.name == "gcp-everything-identity-nodes-role"
        else item
        for item in graph.resources
    )

    with pytest.raises(ValueError, match="not read by these tests"):
        grants_in(replace(graph, resources=whole))
