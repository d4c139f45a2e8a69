"""Versions of EKS add-ons that the rehearsal knows, by Kubernetes version.

Owns a part of what `DescribeAddonVersions` answers. The whole list changes weekly and by region,
and which version is the default is in no public source: here it is the newest one.

Sources: answers of `aws eks describe-addon-versions --kubernetes-version 1.35`, kept in public
configurations of 2026-05 and 2026-08 (one is devopscoop/project1-dev), and the add-ons of a public
cluster of version 1.36; read 2026-11. Where 1.36 has no entry of its own in them, the newest
version for 1.35 stands in for it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AddonVersion:
    """One version and the clusters that it is for."""

    version: str
    kubernetes: tuple[str, ...]


_BOTH = ("1.35", "1.36")
VERSIONS = {
    "vpc-cni": (
        AddonVersion("v1.23.0-eksbuild.1", ("1.35",)),
        AddonVersion("v1.22.4-eksbuild.3", ("1.36",)),
        AddonVersion("v1.21.1-eksbuild.8", ("1.35",)),
    ),
    "kube-proxy": (
        AddonVersion("v1.36.0-eksbuild.25", ("1.36",)),
        AddonVersion("v1.35.3-eksbuild.18", ("1.35",)),
        AddonVersion("v1.35.3-eksbuild.5", ("1.35",)),
    ),
    "coredns": (
        AddonVersion("v1.14.3-eksbuild.23", ("1.36",)),
        AddonVersion("v1.14.3-eksbuild.3", ("1.35",)),
        AddonVersion("v1.14.2-eksbuild.4", ("1.35",)),
    ),
    "eks-pod-identity-agent": (
        AddonVersion("v1.4.0-eksbuild.1", ("1.35",)),
        AddonVersion("v1.3.10-eksbuild.3", _BOTH),
    ),
    "aws-ebs-csi-driver": (
        AddonVersion("v1.63.1-eksbuild.1", _BOTH),
        AddonVersion("v1.59.0-eksbuild.1", ("1.35",)),
    ),
    "metrics-server": (
        AddonVersion("v0.9.0-eksbuild.11", ("1.36",)),
        AddonVersion("v0.8.1-eksbuild.6", ("1.35",)),
    ),
    "eks-node-monitoring-agent": (
        AddonVersion("v1.7.2-eksbuild.1", ("1.36",)),
        AddonVersion("v1.7.0-eksbuild.1", ("1.35",)),
        AddonVersion("v1.6.4-eksbuild.1", ("1.35",)),
    ),
}
"""Newest first."""


def versions_for(addon: str, kubernetes: str) -> list[str]:
    """Return an add-on's versions for a cluster's version, the default first."""
    return [item.version for item in VERSIONS[addon] if kubernetes in item.kubernetes]
