"""What one component of Google Cloud hands to the next; for any cloud see `components.handles`.

Owns records that only Google Cloud's components read: networks with secondary ranges, keys with the
grants that make them usable, service accounts by their e-mail.
"""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, eq=False)
class NetworkRef:
    """A network with room for nodes, pods and Services."""

    network: pulumi.Output[str]
    """Name of the network."""
    subnetwork: pulumi.Output[str]
    """Name of the subnetwork of nodes, in the platform's region."""
    pod_range: pulumi.Output[str]
    """Name of its secondary range for pods."""
    service_range: pulumi.Output[str]
    """Name of its secondary range for Services."""
    cidr: pulumi.Output[str]
    """IPv4 range of nodes."""
    egress: tuple[pulumi.Resource, ...]
    """What must exist before a node can pull an image, and outlive the last node."""


@dataclass(frozen=True, eq=False)
class KeyRef:
    """A key, and the grants that let a service of Google's use it."""

    id: pulumi.Output[str]
    """The key's full name."""
    grants: tuple[pulumi.Resource, ...]
    """What must exist before the key is used, and outlive its last use."""


@dataclass(frozen=True, eq=False)
class KeysRef:
    """The keys of a platform, one for each service of Google's that encrypts with it."""

    secrets: KeyRef
    """Of the cluster's secrets."""
    disks: KeyRef
    """Of the boot disks of nodes."""
    weights: KeyRef
    """Of the bucket of weights."""
    logs: KeyRef
    """Of the log bucket."""
    cache: KeyRef
    """Of the managed cache."""
    drawn: pulumi.Output[str]
    """Seven characters that were drawn for this platform, for names that Google blocks for days or
    weeks after their owner is deleted."""


@dataclass(frozen=True, eq=False)
class AccountRef:
    """A Google service account."""

    email: pulumi.Output[str]
    """Its e-mail, by which IAM knows it."""
    permissions: tuple[pulumi.Resource, ...]
    """Grants that must exist before the account is used, and outlive its last use."""


@dataclass(frozen=True, eq=False)
class NodeHome:
    """Everything a group of nodes needs to join a cluster."""

    cluster_name: pulumi.Output[str]
    """Name as the created cluster reports it: nodes wait for the cluster."""
    account: AccountRef
    """What a node may do in the cloud."""
    network: NetworkRef
    """Where nodes stand."""
    disk_key: KeyRef
    """Key of boot disks."""
