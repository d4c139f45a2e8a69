"""Kubernetes minor versions that the platform runs on, and until when the cloud supports them.

Owns which versions are allowed. An unknown date is None: no source gives it, it is not "never".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

DEFAULT = "1.35"
"""Version of a stack that names none."""


@dataclass(frozen=True, kw_only=True)
class KubernetesVersion:
    """One minor version."""

    minor: str
    """`1.35`."""
    standard_support_ends: date | None
    """Last day of the cloud's standard support; None when no source gives it."""
    source: str
    """Where the date comes from."""
    source_date: str
    """Date of the source, ISO 8601."""


_AWS_VERSIONS = (
    KubernetesVersion(
        minor="1.35",
        standard_support_ends=date(2027, 3, 27),
        source="https://endoflife.date/amazon-eks",
        source_date="2026-02-14",
    ),
    KubernetesVersion(
        minor="1.36",
        standard_support_ends=None,
        source=(
            "named as current by https://docs.aws.amazon.com/eks/latest/userguide/"
            "kubernetes-versions.html; its calendar row was not found"
        ),
        source_date="2026-11-20",
    ),
)
_GCP_VERSIONS = (
    KubernetesVersion(
        minor="1.35",
        standard_support_ends=None,
        source=(
            "GKE release notes: default of the Regular channel, 1.35.8-gke.1036000, as `gcloud "
            "container get-server-config` said on 2026-09-21 (public notes); the end of its "
            "support was not found"
        ),
        source_date="2026-09-17",
    ),
    KubernetesVersion(
        minor="1.36",
        standard_support_ends=None,
        source=(
            "nodes of GKE 1.36.3 in a camunda load test; since when Regular has it, and until "
            "when GKE supports it, was not found"
        ),
        source_date="2026-10-08",
    ),
)
_VERSIONS: Mapping[str, tuple[KubernetesVersion, ...]] = {
    "aws": _AWS_VERSIONS,
    "gcp": _GCP_VERSIONS,
}

_TOO_OLD: Mapping[str, Mapping[str, str]] = {
    # EKS user guide, kubernetes-versions.adoc, 2025-10: end of standard support.
    "aws": {
        "1.34": "standard support ends on 2026-12-02",
        "1.33": "standard support ended on 2026-07-29",
        "1.32": "standard support ended on 2026-03-23",
        "1.31": "standard support ended on 2025-11-26",
    },
    # The Regular channel's default is 1.35, and a floor below it changes nothing for the better.
    "gcp": {"1.34": "is below the default of GKE's Regular channel"},
}
_NEWEST = (1, 36)


def kubernetes_versions(cloud: str) -> tuple[KubernetesVersion, ...]:
    """Return the allowed versions of a cloud, oldest first."""
    return _VERSIONS[cloud]


def refusal(cloud: str, minor: str) -> str | None:
    """Return why a version is refused, or None when it is allowed."""
    if minor in {version.minor for version in _VERSIONS[cloud]}:
        return None
    if minor in _TOO_OLD[cloud]:
        return _TOO_OLD[cloud][minor]
    parts = minor.split(".")
    if len(parts) != len(_NEWEST) or not all(part.isdecimal() for part in parts):
        return "is not a minor version such as 1.35"
    if (int(parts[0]), int(parts[1])) > _NEWEST:
        # cert-manager 1.21 and Envoy Gateway 1.9 stop at 1.36 (their support tables, 2026-10).
        return "is newer than what the platform's own components support"
    return "is out of standard support"
