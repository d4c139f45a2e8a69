"""Kubernetes minor versions that the platform runs on, and until when the cloud supports them.

Owns which versions are allowed. An unknown date is None: no source gives it, it is not "never".
"""

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


_VERSIONS = {
    version.minor: version
    for version in (
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
}

_TOO_OLD = {
    # EKS user guide, kubernetes-versions.adoc, 2025-10: end of standard support.
    "1.34": "standard support ends on 2026-12-02",
    "1.33": "standard support ended on 2026-07-29",
    "1.32": "standard support ended on 2026-03-23",
    "1.31": "standard support ended on 2025-11-26",
}
_NEWEST = (1, 36)


def kubernetes_versions() -> tuple[KubernetesVersion, ...]:
    """Return the allowed versions, oldest first."""
    return tuple(_VERSIONS.values())


def refusal(minor: str) -> str | None:
    """Return why a version is refused, or None when it is allowed."""
    if minor in _VERSIONS:
        return None
    if minor in _TOO_OLD:
        return _TOO_OLD[minor]
    parts = minor.split(".")
    if len(parts) != len(_NEWEST) or not all(part.isdecimal() for part in parts):
        return "is not a minor version such as 1.35"
    if (int(parts[0]), int(parts[1])) > _NEWEST:
        # cert-manager 1.21 and Envoy Gateway 1.9 stop at 1.36 (their support tables, 2026-10).
        return "is newer than what the platform's own components support"
    return "is out of standard support"
