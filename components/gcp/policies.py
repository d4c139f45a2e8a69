"""Who may do what, as IAM of Google Cloud reads it: the one place where grants are checked.

Owns the predefined roles that may be granted and why, the permissions of our own roles, the
condition that holds a grant to one cluster, and what no grant may say: a primitive role, a
permission with a wildcard, everybody as a member.
Does not own who gets which role: the component that creates the key, bucket or account does.
Why one table: a role is a word for dozens of permissions; here a reviewer reads all that are used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

NODES = "roles/container.defaultNodeServiceAccount"
STREAM_IMAGES = "roles/serviceusage.serviceUsageConsumer"
PULL_IMAGES = "roles/artifactregistry.reader"
USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
PREDEFINED: Mapping[str, str] = {
    NODES: (
        "what Google keeps for nodes: write logs and metrics, and nothing to read (GKE "
        "documentation, 'Configure node service accounts': the least that a node needs)"
    ),
    STREAM_IMAGES: (
        "use the project's APIs, for nodes that stream images: without it their pods do not start "
        "(terraform-google-modules/terraform-google-kubernetes-engine#2251, 2025-01-22)"
    ),
    PULL_IMAGES: "on single repositories, for nodes: pull, list and scan results, no write",
    USE_KEY: "on single keys, for the agents of Google's services that encrypt with them",
}
"""Roles of Google's that may be granted, and what each is for. On a project only
those of `ON_PROJECT`."""
ON_PROJECT = (NODES, STREAM_IMAGES)
"""Roles of nodes: what a node writes, and the use of an API, has no resource of its own."""

PRIMITIVE = ("roles/owner", "roles/editor", "roles/viewer")
EVERYBODY = ("allUsers", "allAuthenticatedUsers")


class PolicyError(ValueError):
    """A grant that says more than it may."""


@dataclass(frozen=True)
class CustomRole:
    """A role of our own: named permissions, checked when it is made."""

    purpose: str
    """Short name, part of the role's id: letters and underscores."""
    title: str
    """What the console shows."""
    permissions: tuple[str, ...]
    """Permissions by their full names."""

    def __post_init__(self) -> None:
        """Refuse what says more than it may."""
        wild = [item for item in self.permissions if "*" in item]
        if wild:
            message = (
                f"role {self.purpose}: wildcard in permissions, got {', '.join(wild)}; name each"
            )
            raise PolicyError(message)


REACH_CLUSTER = CustomRole(
    "reach_cluster",
    "Reach one GKE cluster",
    # `get` finds it; `connect` is asked for at its DNS endpoint (public Terraform code that uses
    # it, read 2026-11-26). No predefined role has both and no objects (as remembered).
    ("container.clusters.connect", "container.clusters.get"),
)
TAKE_ON = CustomRole(
    "take_on",
    "Take on one service account",
    # Of the predefined roles, the token creator may sign as the account too.
    ("iam.serviceAccounts.getAccessToken",),
)
READ_WEIGHTS = CustomRole(
    "read_weights",
    "Read the weights of models",
    # vLLM's streamer looks the bucket up before it lists a checkpoint (run-ai/runai-model-streamer
    # @f73a19a, runai_model_streamer_gcs/files/files.py), which the role `storage.objectViewer` does
    # not allow.
    ("storage.buckets.get", "storage.objects.get", "storage.objects.list"),
)
LOAD_WEIGHTS = CustomRole(
    "load_weights",
    "Load the weights of models",
    # A file that is written anew takes the place of the old one, which Cloud Storage asks `delete`
    # for; the bucket keeps the old version (Cloud Storage, "IAM permissions for JSON methods",
    # 2026).
    (
        "storage.buckets.get",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
    ),
)
KEEP_VECTORS = CustomRole(
    "keep_vectors",
    "Keep the bucket of the vector store",
    # Milvus speaks the XML API: it looks the bucket up first, and uploads in parts. An object that
    # takes the place of another asks for `delete`, too (Cloud Storage, "IAM permissions for XML
    # requests", docs.cloud.google.com/storage/docs/access-control/iam-xml, read 2026-11-27).
    (
        "storage.buckets.get",
        "storage.multipartUploads.abort",
        "storage.multipartUploads.create",
        "storage.multipartUploads.listParts",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
    ),
)
_ADD_OBJECTS = (
    "storage.buckets.get",
    "storage.multipartUploads.abort",
    "storage.multipartUploads.create",
    "storage.multipartUploads.listParts",
    "storage.objects.create",
    "storage.objects.get",
    "storage.objects.list",
)
_READ_OBJECTS = ("storage.buckets.get", "storage.objects.get", "storage.objects.list")
READ_VECTORS = CustomRole("read_vectors", "Read the bucket of the vector store", _READ_OBJECTS)
ADD_BACKUPS = CustomRole("add_backups", "Add backups of the vector store", _ADD_OBJECTS)
"""Without `delete` nothing is overwritten either: each backup has a name of its own."""
READ_BACKUPS = CustomRole("read_backups", "Read backups of the vector store", _READ_OBJECTS)

KEEP_TRACES = CustomRole(
    "keep_traces",
    "Keep the bucket of traces",
    # Tempo looks the bucket up first, and speaks the JSON API (grafana/tempo v2.10.8,
    # tempodb/backend/gcs/gcs.go, read 2026-11-27). `delete`: as for weights.
    LOAD_WEIGHTS.permissions,
)
KEEP_LOGS = CustomRole(
    "keep_logs",
    "Keep the bucket of logs",
    # Loki speaks the JSON API, uploads whole objects, and lists and deletes (Loki, "Storage", asks
    # for objectUser, as remembered). An object that takes another's place asks for `delete`, too.
    (
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
    ),
)

CONNECT_TO_CACHE = CustomRole(
    "connect_to_cache",
    "Connect to an instance of the cache",
    # What Google's `roles/memorystore.dbConnectionUser` is for (Memorystore for Valkey, "About IAM
    # authentication", in a public copy of 2026-04, read 2026-11-27).
    ("memorystore.instances.connect",),
)

READ_SECRETS = CustomRole(
    "read_secrets",
    "Read a secret",
    # What `roles/secretmanager.secretAccessor` has besides finds projects.
    ("secretmanager.versions.access",),
)
FILL_SECRETS = CustomRole(
    "fill_secrets",
    "Read a secret, and give it a value",
    # The calls of a push that must not overwrite anything (external-secrets/external-secrets
    # @cc5bfbc, providers/v1/gcp/secretmanager, 2026-08-08). No predefined role has just these.
    (
        "secretmanager.secrets.get",
        "secretmanager.versions.access",
        "secretmanager.versions.add",
        "secretmanager.versions.list",
    ),
)

PROVE_DOMAIN = CustomRole(
    "prove_domain",
    "Prove to a certificate authority that a domain is ours",
    # What cert-manager calls for a zone that it is told by name: it lists a name's records, changes
    # them, and waits for the change (cert-manager 1.21, pkg/issuer/acme/dns/clouddns, as the
    # rehearsal plays it). Zones it need not list. `update` is asked where a change puts other
    # values into a record that is there (Cloud DNS, "Permissions", as remembered).
    (
        "dns.changes.create",
        "dns.changes.get",
        "dns.resourceRecordSets.create",
        "dns.resourceRecordSets.delete",
        "dns.resourceRecordSets.list",
        "dns.resourceRecordSets.update",
    ),
)
POINT_HOSTS = CustomRole(
    "point_hosts",
    "Point hosts at the gateway",
    # What external-dns v0.21.0 calls for the records of a zone (provider/google/google.go, read
    # 2026-11-27); it does not wait for a change. `update`: as above.
    (
        "dns.changes.create",
        "dns.resourceRecordSets.create",
        "dns.resourceRecordSets.delete",
        "dns.resourceRecordSets.list",
        "dns.resourceRecordSets.update",
    ),
)
FIND_ZONES = CustomRole(
    "find_zones",
    "List DNS zones",
    # external-dns lists the project's zones and picks its own, also when it is told its name (the
    # same file). A list has no resource but the project; who answers it sees names of zones only.
    ("dns.managedZones.list",),
)
WRITE_LOGS = CustomRole(
    "write_logs",
    "Write log entries",
    # What `roles/logging.logWriter` has besides is for routes that others made (IAM, "Logging
    # roles", as remembered). Whoever has it reads nothing.
    ("logging.logEntries.create",),
)
OWN_ON_PROJECT = (FIND_ZONES, WRITE_LOGS)
"""Roles of our own that are granted on a project without a condition: what they are about has no
resource of its own. They list zones, or write entries, no more."""


def checked_role(role: str) -> str:
    """Return a predefined role, or raise `PolicyError` for one that is not in the table."""
    if role in PRIMITIVE:
        message = f"role: primitive, got {role}; grant single permissions through a custom role"
        raise PolicyError(message)
    if role not in PREDEFINED:
        message = (
            f"role: not explained, got {role}; write its reason into policies.PREDEFINED, "
            "or name the permissions in a custom role"
        )
        raise PolicyError(message)
    return role


def checked_member(member: str) -> str:
    """Return the member unchanged, or raise `PolicyError` for everybody."""
    if member in EVERYBODY:
        message = f"member: everybody, got {member}; name users, groups or service accounts"
        raise PolicyError(message)
    return member


def account_member(email: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return a service account as a member."""
    return pulumi.Output.concat("serviceAccount:", email)


def only_cluster(cluster_path: str) -> dict[str, str]:
    """Return the condition that holds a grant on a project to one cluster.

    GKE is one of the services that say which resource a request is about (IAM documentation,
    "Resource attributes for IAM Conditions", in a public copy, read 2026-11-26).
    """
    return {
        "title": "only the cluster of this platform",
        "expression": f'resource.name == "{cluster_path}"',
    }


def only_cache(instance_path: pulumi.Input[str]) -> dict[str, pulumi.Output[str]]:
    """Return the condition that holds a grant on a project to one instance of the cache.

    "Bindings can be restricted to a particular instance" (the same page of Memorystore's).
    """
    return {
        "title": pulumi.Output.from_input("only one instance of the cache"),
        "expression": pulumi.Output.concat('resource.name == "', instance_path, '"'),
    }
