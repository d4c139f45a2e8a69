"""Google's predefined roles, as far as the platform could use them, and what they allow.

Owns: which roles a policy may name, and of those that the simulated services themselves ask about,
the permissions that they ask for. A role that is real and missing here is one line to add.

Source: IAM documentation, "IAM basic and predefined roles reference", as remembered: the names of
roles are Google's, what each allows was not compared with a project.
"""

from collections.abc import Collection, Mapping

ADMIN_OF_CLUSTERS = "container.clusterRoleBindings.create"
"""Whoever has it gives himself any right inside: GKE treats him as an administrator (GKE
documentation, "Predefined GKE roles", as remembered: Kubernetes Engine Admin, full management of
clusters and their Kubernetes API objects)."""
ENTER_CLUSTERS = "container.clusters.connect"
"""Without it nobody reaches the DNS-based endpoint (public Terraform code that uses it, read
2026-11-26)."""
ACT_AS = "iam.serviceAccounts.actAs"
ENCRYPT = "cloudkms.cryptoKeyVersions.useToEncrypt"
DECRYPT = "cloudkms.cryptoKeyVersions.useToDecrypt"

_EVERYTHING = (ADMIN_OF_CLUSTERS, ENTER_CLUSTERS, ACT_AS)

ALLOWS: Mapping[str, Collection[str]] = {
    "roles/owner": (*_EVERYTHING,),
    "roles/editor": (ENTER_CLUSTERS, ACT_AS),
    "roles/container.admin": (ADMIN_OF_CLUSTERS, ENTER_CLUSTERS),
    "roles/container.developer": (ENTER_CLUSTERS,),
    "roles/container.clusterAdmin": (ENTER_CLUSTERS,),
    "roles/container.clusterViewer": (ENTER_CLUSTERS,),
    "roles/container.viewer": (ENTER_CLUSTERS,),
    "roles/container.serviceAgent": (ENTER_CLUSTERS, ACT_AS),
    "roles/iam.serviceAccountUser": (ACT_AS,),
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": (ENCRYPT, DECRYPT),
    "roles/cloudkms.cryptoKeyEncrypter": (ENCRYPT,),
    "roles/cloudkms.cryptoKeyDecrypter": (DECRYPT,),
}
"""Role to those of the permissions above that it has."""

_OTHERS: Mapping[str, str] = {
    "artifactregistry": "admin reader repoAdmin serviceAgent writer",
    "autoscaling": "metricsWriter sitesAdmin",
    "cloudkms": "admin viewer cryptoOperator publicKeyViewer",
    "cloudtrace": "agent",
    "compute": (
        "admin instanceAdmin instanceAdmin.v1 loadBalancerAdmin networkAdmin networkUser "
        "networkViewer securityAdmin serviceAgent storageAdmin viewer"
    ),
    "container": "defaultNodeServiceAccount defaultNodeServiceAgent hostServiceAgentUser "
    "nodeServiceAccount nodeServiceAgent",
    "dns": "admin reader",
    "iam": (
        "roleAdmin roleViewer securityAdmin securityReviewer serviceAccountAdmin "
        "serviceAccountCreator serviceAccountDeleter serviceAccountTokenCreator "
        "workloadIdentityUser"
    ),
    "logging": "admin bucketWriter configWriter logWriter serviceAgent viewer",
    "monitoring": "admin editor metricWriter viewer",
    "resourcemanager": "projectIamAdmin",
    "secretmanager": "admin secretAccessor viewer",
    "serviceusage": "serviceUsageAdmin serviceUsageConsumer serviceUsageViewer",
    "stackdriver": "resourceMetadata.writer",
    "storage": (
        "admin bucketViewer folderAdmin legacyBucketOwner legacyBucketReader legacyBucketWriter "
        "legacyObjectOwner legacyObjectReader objectAdmin objectCreator objectUser objectViewer"
    ),
}
_KNOWN = frozenset(
    {*ALLOWS, "roles/viewer", "roles/browser"}
    | {f"roles/{service}.{name}" for service, names in _OTHERS.items() for name in names.split()}
)


def is_known(role: str) -> bool:
    """Say whether a predefined role exists, as far as the rehearsal knows."""
    return role in _KNOWN


def is_listed(role: str) -> bool:
    """Say whether roles of the service that a role is named after are listed here at all."""
    service = role.removeprefix("roles/").partition(".")[0]
    return role in _KNOWN or any(one.startswith(f"roles/{service}.") for one in _KNOWN)
