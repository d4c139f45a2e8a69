"""What the Google Cloud provider asks for each type of resource that a stack has.

Owns the table: a type that a stack gains must get a row (a test compares). Each permission is one
of IAM's (all are in the predefined roles of iann0036/iam-dataset@2073fa5, 2026-08-22); that these
are all that the provider is asked for was seen on no real project, so a first `up` with the account
may name one more.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a role of the foundation counts."""

    purpose: str
    """What its custom role is called."""
    beginnings: tuple[str, ...] = ()
    """How the names of resources begin that it is held to; none: the whole project."""


PROJECT = Place("make")
"""Services that do not say their resource, or things whose names nobody knows beforehand."""
BUCKETS = Place("buckets", ("projects/_/buckets/{stack}-",))
KEYS = Place("keys", ("{location}/keyRings/{stack}-",))
SECRETS = Place(
    "secrets",
    # Secret Manager names a project by its number (its page "IAM conditions", as remembered).
    ("projects/{number}/secrets/tokenworks-{stack}-", "{path}/secrets/tokenworks-{stack}-"),
)


@dataclass(frozen=True)
class Right:
    """What one type of resource asks for."""

    new: tuple[str, ...] = ()
    """Asked of what is above it: no name holds it."""
    change: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    place: Place = PROJECT


def _of(kind: str, verbs: str) -> tuple[str, ...]:
    return tuple(f"{kind}.{verb}" for verb in verbs.split())


def _plain(kind: str, place: Place = PROJECT) -> Right:
    """Return the row of a type with the usual four calls."""
    return Right(_of(kind, "create"), _of(kind, "delete update"), _of(kind, "get"), place)


def _policy(kind: str, place: Place = PROJECT) -> Right:
    """Return the row of a grant on a thing."""
    return Right((), _of(kind, "setIamPolicy"), _of(kind, "getIamPolicy"), place)


_IN_NETWORKS = ("compute.networks.updatePolicy", "compute.networks.use")
RIGHTS: Mapping[str, Right] = {
    "gcp:artifactregistry/repository:Repository": _plain("artifactregistry.repositories"),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _policy(
        "artifactregistry.repositories"
    ),
    # Of the billing account, which is in no project: see `grants.BILLING`.
    "gcp:billing/budget:Budget": Right(),
    "gcp:compute/firewall:Firewall": Right(
        _of("compute.firewalls", "create"),
        (*_of("compute.firewalls", "delete update"), "compute.networks.updatePolicy"),
        _of("compute.firewalls", "get"),
    ),
    "gcp:compute/network:Network": Right(
        _of("compute.networks", "create"),
        (*_of("compute.networks", "delete update"), *_IN_NETWORKS),
        _of("compute.networks", "get"),
    ),
    "gcp:compute/resourcePolicy:ResourcePolicy": _plain("compute.resourcePolicies"),
    "gcp:compute/router:Router": Right(
        _of("compute.routers", "create"),
        (*_of("compute.routers", "delete update"), *_IN_NETWORKS),
        _of("compute.routers", "get"),
    ),
    "gcp:compute/routerNat:RouterNat": Right(
        (), ("compute.routers.update", "compute.subnetworks.use"), ("compute.routers.get",)
    ),
    "gcp:compute/subnetwork:Subnetwork": Right(
        _of("compute.subnetworks", "create"),
        (
            *_of("compute.subnetworks", "delete expandIpCidrRange setPrivateIpGoogleAccess"),
            *("compute.subnetworks.update", *_IN_NETWORKS),
        ),
        _of("compute.subnetworks", "get"),
    ),
    # All else of a cluster, and everything in it: a predefined role that is held to the one
    # cluster (`grants`).
    "gcp:container/cluster:Cluster": Right(
        _of("container.clusters", "create"),
        ("compute.networks.use", "compute.subnetworks.use"),
        _of("container.clusters", "get list"),
    ),
    # The provider looks at the groups of a pool's machines.
    "gcp:container/nodePool:NodePool": Right(
        (),
        ("iam.serviceAccounts.actAs",),
        ("container.clusters.get", *_of("compute.instanceGroupManagers", "get list")),
    ),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": _policy("dns.managedZones"),
    # A zone that is not protected goes with the records in it.
    "gcp:dns/managedZone:ManagedZone": Right(
        _of("dns.managedZones", "create"),
        (
            *_of("dns.managedZones", "delete update"),
            *("dns.changes.create", "dns.resourceRecordSets.delete"),
        ),
        (
            *_of("dns.managedZones", "get list"),
            *("dns.changes.get", "dns.managedZoneOperations.get", "dns.resourceRecordSets.list"),
        ),
    ),
    "gcp:kms/cryptoKey:CryptoKey": Right(
        _of("cloudkms.cryptoKeys", "create"),
        ("cloudkms.cryptoKeys.update", *_of("cloudkms.cryptoKeyVersions", "destroy update")),
        (*_of("cloudkms.cryptoKeys", "get"), *_of("cloudkms.cryptoKeyVersions", "get list")),
        KEYS,
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": _policy("cloudkms.cryptoKeys", KEYS),
    # A ring stays for ever, and has nothing to change.
    "gcp:kms/keyRing:KeyRing": Right(
        _of("cloudkms.keyRings", "create"), (), _of("cloudkms.keyRings", "get"), KEYS
    ),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Right(
        _of("logging.buckets", "create"),
        _of("logging.buckets", "delete undelete update"),
        ("logging.buckets.get", "logging.cmekSettings.get"),
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": _plain("logging.exclusions"),
    "gcp:logging/projectSink:ProjectSink": _plain("logging.sinks"),
    "gcp:memorystore/instance:Instance": _plain("memorystore.instances"),
    "gcp:monitoring/alertPolicy:AlertPolicy": _plain("monitoring.alertPolicies"),
    "gcp:monitoring/notificationChannel:NotificationChannel": _plain(
        "monitoring.notificationChannels"
    ),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": _plain(
        "networkconnectivity.serviceConnectionPolicies"
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Right(
        _of("iam.roles", "create"), _of("iam.roles", "delete undelete update"), ("iam.roles.get",)
    ),
    "gcp:projects/iAMMember:IAMMember": _policy("resourcemanager.projects"),
    "gcp:serviceaccount/account:Account": _plain("iam.serviceAccounts"),
    "gcp:serviceaccount/iAMMember:IAMMember": _policy("iam.serviceAccounts"),
    "gcp:secretmanager/secret:Secret": _plain("secretmanager.secrets", SECRETS),
    "gcp:secretmanager/secretIamMember:SecretIamMember": _policy("secretmanager.secrets", SECRETS),
    # A bucket that is not protected goes with its objects.
    "gcp:storage/bucket:Bucket": Right(
        _of("storage.buckets", "create"),
        (*_of("storage.buckets", "delete update"), *_of("storage.objects", "delete list")),
        _of("storage.buckets", "get"),
        BUCKETS,
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": _policy("storage.buckets", BUCKETS),
}
"""Type of a resource to what it asks for."""

READS = (
    *("compute.globalOperations.get", "compute.regionOperations.get", "compute.projects.get"),
    *("compute.regions.get", "compute.regions.list", "compute.zones.get", "compute.zones.list"),
    *(
        "container.operations.get",
        "memorystore.operations.get",
        "networkconnectivity.operations.get",
    ),
    *("logging.operations.get", "resourcemanager.projects.get", "serviceusage.services.use"),
    *("serviceusage.services.get", "serviceusage.services.list"),
)
"""What belongs to no type: operations that the provider waits for, where there is what, and the use
of an API in the project's name (`user_project_override`, which budgets need)."""
