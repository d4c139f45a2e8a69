"""Every grant of a recorded graph on Google Cloud, and the things that somebody might reach for.

Owns the tables of types: which hold a grant and on what, and which path and API a thing has. What
looks like a grant and is in no table raises: it would otherwise count as none.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.graph.model import Graph, Resource
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.conditions import Condition
from infra.iam.gcp.evaluate import Target
from infra.iam.gcp.roles import Roles
from infra.rehearsal.charts.objects import part
from infra.wire import Properties, plain, plain_properties

GRANT = re.compile(r"(?i)iam(member|binding|policy|auditconfig)$|denyPolicy$|AccessBoundary")
"""The end of a type that grants, or takes away."""
CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"


@dataclass(frozen=True, slots=True)
class Project:
    """Where a stack stands."""

    id: str
    region: str

    @property
    def path(self) -> str:
        return f"projects/{self.id}"

    @property
    def location(self) -> str:
        return f"{self.path}/locations/{self.region}"

    def key(self, key_id: object) -> str:
        """Return the path of a key; a recorded one has a symbol for an id."""
        return f"{self.location}/keyRings/ring/cryptoKeys/{key_id}"


SCOPES: Mapping[str, Callable[[Properties, Project], str]] = {
    "gcp:projects/iAMMember:IAMMember": lambda made, _: f"projects/{made['project']}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": lambda made, _: (
        f"projects/_/buckets/{made['bucket']}"
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": lambda made, project: (
        f"{project.path}/secrets/{made['secretId']}"
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": lambda made, project: project.key(
        made["cryptoKeyId"]
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": lambda made, project: (
        f"{project.path}/locations/{made['location']}/repositories/{made['repository']}"
    ),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": lambda made, project: (
        f"{project.path}/managedZones/{made['managedZone']}"
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": lambda made, project: (
        f"{project.path}/serviceAccounts/{made['serviceAccountId']}"
    ),
}
"""Type of a grant to the resource that carries it."""

_COMPUTE, _LOGGING = "compute.googleapis.com", "logging.googleapis.com"
_FORMS: Mapping[str, tuple[str, str]] = {
    "gcp:artifactregistry/repository:Repository": (
        "artifactregistry.googleapis.com",
        "{location}/repositories/{name}",
    ),
    "gcp:compute/firewall:Firewall": (_COMPUTE, "{project}/global/firewalls/{name}"),
    "gcp:compute/network:Network": (_COMPUTE, "{project}/global/networks/{name}"),
    "gcp:compute/resourcePolicy:ResourcePolicy": (
        _COMPUTE,
        "{project}/regions/{region}/resourcePolicies/{name}",
    ),
    "gcp:compute/router:Router": (_COMPUTE, "{project}/regions/{region}/routers/{name}"),
    "gcp:compute/routerNat:RouterNat": (_COMPUTE, "{project}/regions/{region}/routers/{name}"),
    "gcp:compute/subnetwork:Subnetwork": (
        _COMPUTE,
        "{project}/regions/{region}/subnetworks/{name}",
    ),
    "gcp:container/cluster:Cluster": (
        "container.googleapis.com",
        "{location}/clusters/{name}",
    ),
    "gcp:container/nodePool:NodePool": (
        "container.googleapis.com",
        "{location}/clusters/{cluster}/nodePools/{name}",
    ),
    "gcp:dns/managedZone:ManagedZone": ("dns.googleapis.com", "{project}/managedZones/{name}"),
    "gcp:kms/cryptoKey:CryptoKey": (
        "cloudkms.googleapis.com",
        "{location}/keyRings/ring/cryptoKeys/{id}",
    ),
    "gcp:kms/keyRing:KeyRing": ("cloudkms.googleapis.com", "{location}/keyRings/ring"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        _LOGGING,
        "{location}/buckets/{id}",
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": (_LOGGING, "{project}/exclusions/{name}"),
    "gcp:logging/projectSink:ProjectSink": (_LOGGING, "{project}/sinks/{name}"),
    CUSTOM_ROLE: ("iam.googleapis.com", "{project}/roles/{roleId}"),
    "gcp:serviceaccount/account:Account": (
        "iam.googleapis.com",
        "{project}/serviceAccounts/{name}",
    ),
    "gcp:secretmanager/secret:Secret": (
        "secretmanager.googleapis.com",
        "{project}/secrets/{secretId}",
    ),
    "gcp:storage/bucket:Bucket": ("storage.googleapis.com", "projects/_/buckets/{name}"),
}
"""Type of a thing to its API and its path."""
INSIDE = ("", "/objects/org/model.safetensors", "/cryptoKeyVersions/1", "/packages/vllm")
"""A thing itself, and what may be in one."""


def project_of(graph: Graph) -> Project:
    """Return where a stack's foundation stands, which all its providers say; budgets have one."""
    providers = graph.of_type("pulumi:providers:gcp")
    places = {(one.inputs["project"], one.inputs["region"]) for one in providers}
    assert len(places) == 1
    made = plain_properties(providers[0].inputs)
    return Project(str(made["project"]), str(made["region"]))


def roles_in(graph: Graph) -> Roles:
    """Return the roles that the bindings of a graph may name."""
    project = project_of(graph)
    custom: dict[str, frozenset[str]] = {}
    for item in graph.of_type(CUSTOM_ROLE):
        made = plain_properties(item.inputs)
        permissions = made["permissions"]
        assert isinstance(permissions, list)
        custom[f"{project.path}/roles/{made['roleId']}"] = frozenset(map(str, permissions))
    return Roles(custom)


def grants_in(graph: Graph) -> tuple[Binding, ...]:
    """Return every grant of a graph.

    Raises:
        ValueError: something grants in a way that is not read here, such as a whole policy, which
            would take away what others granted.
    """
    project = project_of(graph)
    return tuple(
        _binding(item, project)
        for item in graph.resources
        if item.package == "gcp" and GRANT.search(item.type)
    )


def _binding(item: Resource, project: Project) -> Binding:
    if item.type not in SCOPES:
        message = f"{item.name}: not read by these tests, got {item.type}"
        raise ValueError(message)
    made = plain_properties(item.inputs)
    held = part(made, "condition")
    return Binding(
        label=item.name,
        scope=SCOPES[item.type](made, project),
        role=str(made["role"]),
        member=str(made["member"]),
        condition=Condition(str(held["title"]), str(held["expression"])) if held else None,
    )


def things_in(graph: Graph) -> dict[str, Target]:
    """Return the things of a foundation by their logical names, and the project itself."""
    project = project_of(graph)
    api = "cloudresourcemanager.googleapis.com"
    found = {"the project": Target(path=project.path, project=project.id, service=api)}
    for item in graph.resources:
        if item.type in _FORMS:
            found[item.name] = _target(item, project)
    return found


def targets_in(graph: Graph) -> Iterator[Target]:
    """Yield every thing of a foundation, and something inside of it."""
    for thing in things_in(graph).values():
        for end in INSIDE:
            yield Target(
                path=thing.path + end, project=thing.project, service=thing.service, type=thing.type
            )


def _target(item: Resource, project: Project) -> Target:
    service, form = _FORMS[item.type]
    made = {key: plain(value) for key, value in item.outputs.items()}
    path = form.format_map(
        {
            **made,
            "id": item.outputs.get("id") or f"${{{item.name}.id}}",
            "project": project.path,
            "location": project.location,
            "region": project.region,
        }
    )
    return Target(path=path, project=project.id, service=service)
