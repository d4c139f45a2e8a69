"""What a role allows: named permissions, by role.

Owns the predefined roles that our stacks grant, with their permissions, and the lookup of both
kinds of role. Does not own why a role is granted: the component that grants it says so.
Why a table: Google changes its roles; here a change is a line that a reviewer sees.

Source: iann0036/iam-dataset@2073fa5, gcp/roles/*.json, 2026-08-22, which asks Google's API for
every predefined role.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.iam.gcp.errors import GrantError
from infra.iam.gcp.roles_container import CONTAINER

PRIMITIVE = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
"""Roles for everything in a project (IAM documentation, "Overview of IAM Conditions",
note on legacy basic roles, in a public copy, read 2026-11-26)."""
_CUSTOM = re.compile(r"(projects|organizations)/[^/]+/roles/[^/]+")
_PERMISSION = re.compile(r"[a-z][a-zA-Z0-9]*(\.[a-zA-Z][a-zA-Z0-9]*){2,}")

PREDEFINED: Mapping[str, frozenset[str]] = {
    "roles/container.defaultNodeServiceAccount": frozenset(
        {
            "autoscaling.sites.writeMetrics",
            "logging.logEntries.create",
            "monitoring.metricDescriptors.create",
            "monitoring.metricDescriptors.list",
            "monitoring.timeSeries.create",
            "monitoring.timeSeries.list",
        }
    ),
    "roles/artifactregistry.reader": frozenset(
        {
            "artifactregistry.attachments.get",
            "artifactregistry.attachments.list",
            "artifactregistry.dockerimages.get",
            "artifactregistry.dockerimages.list",
            "artifactregistry.files.download",
            "artifactregistry.files.get",
            "artifactregistry.files.list",
            "artifactregistry.locations.get",
            "artifactregistry.locations.list",
            "artifactregistry.mavenartifacts.get",
            "artifactregistry.mavenartifacts.list",
            "artifactregistry.npmpackages.get",
            "artifactregistry.npmpackages.list",
            "artifactregistry.packages.get",
            "artifactregistry.packages.list",
            "artifactregistry.projectconfigs.get",
            "artifactregistry.projectsettings.get",
            "artifactregistry.pythonpackages.get",
            "artifactregistry.pythonpackages.list",
            "artifactregistry.repositories.downloadArtifacts",
            "artifactregistry.repositories.exportArtifacts",
            "artifactregistry.repositories.get",
            "artifactregistry.repositories.list",
            "artifactregistry.repositories.listEffectiveTags",
            "artifactregistry.repositories.listTagBindings",
            "artifactregistry.repositories.readViaVirtualRepository",
            "artifactregistry.rules.get",
            "artifactregistry.rules.list",
            "artifactregistry.tags.get",
            "artifactregistry.tags.list",
            "artifactregistry.versions.get",
            "artifactregistry.versions.list",
            "resourcemanager.projects.get",
        }
    ),
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": frozenset(
        {
            "cloudkms.cryptoKeyVersions.useToDecrypt",
            "cloudkms.cryptoKeyVersions.useToEncrypt",
            "cloudkms.locations.get",
            "cloudkms.locations.list",
            "resourcemanager.projects.get",
        }
    ),
    "roles/cloudkms.cryptoKeyDecrypter": frozenset(
        {
            "cloudkms.cryptoKeyVersions.useToDecrypt",
            "cloudkms.locations.get",
            "cloudkms.locations.list",
            "resourcemanager.projects.get",
        }
    ),
    "roles/serviceusage.serviceUsageConsumer": frozenset(
        {
            "monitoring.timeSeries.list",
            "serviceusage.operations.get",
            "serviceusage.operations.list",
            "serviceusage.quotas.get",
            "serviceusage.services.get",
            "serviceusage.services.list",
            "serviceusage.services.use",
        }
    ),
    "roles/storage.objectViewer": frozenset(
        {
            "resourcemanager.projects.get",
            "resourcemanager.projects.list",
            "storage.folders.get",
            "storage.folders.list",
            "storage.managedFolders.get",
            "storage.managedFolders.list",
            "storage.objects.get",
            "storage.objects.list",
        }
    ),
    **CONTAINER,
}
"""Predefined role to its permissions."""


@dataclass(frozen=True)
class Roles:
    """The roles that a project's bindings may name."""

    custom: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Full name of a role of our own, `projects/ID/roles/NAME`, to its permissions."""

    def __post_init__(self) -> None:
        """Refuse a role or a permission that is none."""
        for name, permissions in self.custom.items():
            if not _CUSTOM.fullmatch(name):
                message = f"role: must be projects/ID/roles/NAME, got {name!r}"
                raise GrantError(message)
            for permission in permissions:
                check_permission(permission)

    def permissions(self, role: str) -> frozenset[str]:
        """Return what a role allows.

        Raises:
            GrantError: the role is primitive, or unknown here: what it allows cannot be said.
        """
        if role in PRIMITIVE:
            message = (
                f"role: primitive, got {role}; it allows thousands of things, name a smaller one"
            )
            raise GrantError(message)
        for known in (self.custom, PREDEFINED):
            if role in known:
                return known[role]
        message = (
            f"role: unknown, got {role!r}; add its permissions to infra/iam/gcp/roles.py, "
            "with source and date"
        )
        raise GrantError(message)


def check_permission(permission: str) -> str:
    """Return a permission unchanged, `service.resource.verb`; raise `GrantError` for another text.

    A wildcard is none: Google's custom roles take full names only.
    """
    if not _PERMISSION.fullmatch(permission):
        message = f"permission: must be service.resource.verb, got {permission!r}"
        raise GrantError(message)
    return permission
