"""How the parts of a foundation on Google Cloud are changed or destroyed: the permissions for it.

Owns the table, for tests that ask who may; the twin for AWS is `foundation_actions`. A type that a
foundation gains must get a row.
Names are those of IAM's permissions reference (2026); most are the API's methods, some under
another verb, and a test compares them. That each exists was checked against the roles of
iann0036/iam-dataset@2073fa5, 2026-08-22.
"""

from collections.abc import Mapping

_PROJECT_POLICY = ("resourcemanager.projects.setIamPolicy",)
_POOL = (
    "container.clusters.update",
    "compute.instanceGroupManagers.delete",
    "compute.instanceGroupManagers.update",
    "compute.instances.create",
    "compute.instances.delete",
    "compute.instances.setMetadata",
)

ALTERING: Mapping[str, tuple[str, ...]] = {
    "gcp:artifactregistry/repository:Repository": (
        "artifactregistry.packages.delete",
        "artifactregistry.repositories.create",
        "artifactregistry.repositories.delete",
        "artifactregistry.repositories.deleteArtifacts",
        "artifactregistry.repositories.update",
        "artifactregistry.repositories.uploadArtifacts",
        "artifactregistry.tags.create",
        "artifactregistry.tags.delete",
        "artifactregistry.tags.update",
        "artifactregistry.versions.delete",
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        "artifactregistry.repositories.setIamPolicy",
    ),
    "gcp:billing/budget:Budget": (
        "billing.budgets.create",
        "billing.budgets.delete",
        "billing.budgets.update",
    ),
    "gcp:compute/firewall:Firewall": (
        "compute.firewalls.create",
        "compute.firewalls.delete",
        "compute.firewalls.update",
    ),
    "gcp:compute/network:Network": (
        "compute.networks.addPeering",
        "compute.networks.create",
        "compute.networks.delete",
        "compute.networks.update",
        "compute.routes.create",
        "compute.routes.delete",
    ),
    "gcp:compute/resourcePolicy:ResourcePolicy": (
        "compute.resourcePolicies.create",
        "compute.resourcePolicies.delete",
        "compute.resourcePolicies.update",
    ),
    "gcp:compute/router:Router": (
        "compute.routers.create",
        "compute.routers.delete",
        "compute.routers.update",
    ),
    "gcp:compute/routerNat:RouterNat": ("compute.routers.update",),
    "gcp:compute/subnetwork:Subnetwork": (
        "compute.subnetworks.create",
        "compute.subnetworks.delete",
        "compute.subnetworks.expandIpCidrRange",
        "compute.subnetworks.setIamPolicy",
        "compute.subnetworks.update",
    ),
    "gcp:memorystore/instance:Instance": (
        "memorystore.instances.create",
        "memorystore.instances.delete",
        "memorystore.instances.update",
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": (
        "monitoring.alertPolicies.create",
        "monitoring.alertPolicies.delete",
        "monitoring.alertPolicies.update",
    ),
    "gcp:monitoring/notificationChannel:NotificationChannel": (
        "monitoring.notificationChannels.create",
        "monitoring.notificationChannels.delete",
        "monitoring.notificationChannels.update",
    ),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": (
        "networkconnectivity.serviceConnectionPolicies.create",
        "networkconnectivity.serviceConnectionPolicies.delete",
        "networkconnectivity.serviceConnectionPolicies.update",
    ),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": ("dns.managedZones.setIamPolicy",),
    "gcp:dns/managedZone:ManagedZone": (
        "dns.managedZones.create",
        "dns.managedZones.delete",
        "dns.managedZones.setIamPolicy",
        "dns.managedZones.update",
    ),
    "gcp:container/cluster:Cluster": (
        "container.clusterRoleBindings.create",
        "container.clusterRoles.bind",
        "container.clusterRoles.escalate",
        "container.clusters.create",
        "container.clusters.delete",
        "container.clusters.getCredentials",
        "container.clusters.impersonate",
        "container.clusters.update",
        "container.pods.exec",
        "container.secrets.get",
    ),
    "gcp:container/nodePool:NodePool": _POOL,
    "gcp:kms/cryptoKey:CryptoKey": (
        "cloudkms.cryptoKeyVersions.create",
        "cloudkms.cryptoKeyVersions.destroy",
        "cloudkms.cryptoKeyVersions.update",
        "cloudkms.cryptoKeyVersions.useToDecrypt",
        "cloudkms.cryptoKeyVersions.useToEncrypt",
        "cloudkms.cryptoKeys.create",
        "cloudkms.cryptoKeys.update",
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ("cloudkms.cryptoKeys.setIamPolicy",),
    "gcp:kms/keyRing:KeyRing": ("cloudkms.keyRings.create", "cloudkms.keyRings.setIamPolicy"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        "logging.buckets.delete",
        "logging.buckets.update",
        "logging.logEntries.create",
        "logging.logs.delete",
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": (
        "logging.exclusions.create",
        "logging.exclusions.delete",
        "logging.exclusions.update",
    ),
    "gcp:logging/projectSink:ProjectSink": (
        "logging.sinks.create",
        "logging.sinks.delete",
        "logging.sinks.update",
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": (
        "iam.roles.create",
        "iam.roles.delete",
        "iam.roles.update",
    ),
    "gcp:projects/iAMMember:IAMMember": _PROJECT_POLICY,
    "gcp:serviceaccount/account:Account": (
        "iam.serviceAccountKeys.create",
        "iam.serviceAccounts.actAs",
        "iam.serviceAccounts.create",
        "iam.serviceAccounts.delete",
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
        "iam.serviceAccounts.update",
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": ("iam.serviceAccounts.setIamPolicy",),
    "gcp:secretmanager/secret:Secret": (
        "secretmanager.secrets.create",
        "secretmanager.secrets.delete",
        "secretmanager.secrets.setIamPolicy",
        "secretmanager.secrets.update",
        "secretmanager.versions.destroy",
        "secretmanager.versions.disable",
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": ("secretmanager.secrets.setIamPolicy",),
    "gcp:storage/bucket:Bucket": (
        "storage.buckets.create",
        "storage.buckets.delete",
        "storage.buckets.update",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.setIamPolicy",
        "storage.objects.update",
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": ("storage.buckets.setIamPolicy",),
}
"""Type of a resource to the permissions that change or destroy one, or let somebody else do it."""

NO_METHOD_OF_THAT_NAME: Mapping[str, str] = {
    "artifactregistry.repositories.deleteArtifacts": "part of deleting a version or a tag",
    "artifactregistry.repositories.uploadArtifacts": "asked of whoever pushes an image",
    "cloudkms.cryptoKeyVersions.useToDecrypt": "method cryptoKeys.decrypt",
    "cloudkms.cryptoKeyVersions.useToEncrypt": "method cryptoKeys.encrypt",
    "container.clusterRoleBindings.create": "asked by the API server of the cluster",
    "container.clusterRoles.bind": "asked by the API server of the cluster",
    "container.clusterRoles.escalate": "asked by the API server of the cluster",
    "container.clusters.getCredentials": "no method: a client certificate, where one is issued",
    "container.clusters.impersonate": "asked by the API server of the cluster",
    "container.pods.exec": "asked by the API server of the cluster",
    "container.secrets.get": "asked by the API server of the cluster",
    "iam.serviceAccountKeys.create": "method serviceAccounts.keys.create",
    "iam.serviceAccounts.actAs": "asked when an account is handed to a machine",
    "iam.serviceAccounts.getAccessToken": "method of another API, iamcredentials",
    "iam.serviceAccounts.getOpenIdToken": "method of another API, iamcredentials",
    "iam.serviceAccounts.implicitDelegation": "method of another API, iamcredentials",
    "logging.logEntries.create": "method entries.write",
}
"""Permissions that no method of their API is named like, and what asks for them."""
