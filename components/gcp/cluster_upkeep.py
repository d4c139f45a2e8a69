"""When Google may upgrade a cluster, and how far. Plain values.

Owns the weekly window, the pause between upgrades, and that production gets no new minor version
that nobody asked for. Does not own versions: the stack file names the floor.
Why a date in the window: it is the first of all that follow, and stays when it is past. The window
without one, `recurringMaintenanceWindow`, loses the pause between upgrades: the provider neither
sends nor reads it there (hashicorp/terraform-provider-google@e03b762 of 2026-08-21,
`expandMaintenancePolicy`), so every preview would want to change it again. The date of the
exclusion is that of the catalogue's row for the version: it moves when the version does.
"""

import pulumi_gcp as gcp

from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment

WEEKEND = "FREQ=WEEKLY;BYDAY=SA,SU"
FIRST_START = "2026-01-03T04:00:00Z"
FIRST_END = "2026-01-03T10:00:00Z"
"""A Saturday. Six hours on each of two days. GKE asks for 48 hours in 32 days, of windows of four
hours or more (GKE documentation, "Maintenance windows and exclusions", as public repositories quote
it, read 2026-11-26; newer ones say 92 days). This is 48 at the least: eight of these days are in
any 32."""
BETWEEN_PATCHES = "604800s"
BETWEEN_MINORS = "2592000s"
"""A week and a month between two upgrades of the control plane."""

_policy = gcp.container.ClusterMaintenancePolicyArgs
_window = gcp.container.ClusterMaintenancePolicyRecurringWindowArgs
_budget = gcp.container.ClusterMaintenancePolicyDisruptionBudgetArgs
_exclusion = gcp.container.ClusterMaintenancePolicyMaintenanceExclusionArgs
_options = gcp.container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs


def maintenance_policy(
    environment: Environment, kubernetes_version: str
) -> gcp.container.ClusterMaintenancePolicyArgs:
    """Return when the cluster may be upgraded without anybody asking for it."""
    return _policy(
        recurring_window=_window(start_time=FIRST_START, end_time=FIRST_END, recurrence=WEEKEND),
        disruption_budget=_budget(
            patch_version_disruption_interval=BETWEEN_PATCHES,
            minor_version_disruption_interval=BETWEEN_MINORS,
        ),
        maintenance_exclusions=_exclusions(environment, kubernetes_version),
    )


def _exclusions(
    environment: Environment, kubernetes_version: str
) -> list[gcp.container.ClusterMaintenancePolicyMaintenanceExclusionArgs] | None:
    """Keep minor versions out of production until somebody raises `kubernetesVersion`.

    Patches come all the same, and at the end of its support a version is upgraded whatever a stack
    says: on AWS it would be billed six times as much instead.
    """
    if environment is not Environment.PROD:
        return None
    known_since = next(
        version.source_date
        for version in kubernetes_versions(CloudProvider.GCP)
        if version.minor == kubernetes_version
    )
    return [
        _exclusion(
            exclusion_name="minor-versions-on-request",
            start_time=f"{known_since}T00:00:00Z",
            exclusion_options=_options(
                scope="NO_MINOR_UPGRADES", end_time_behavior="UNTIL_END_OF_SUPPORT"
            ),
        )
    ]
