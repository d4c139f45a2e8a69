"""What the checks of both clouds refuse, in the same words.

Does not own when: each cloud's checks know what else they looked at before.
"""

from collections.abc import Mapping

from infra.spec.draft import Draft
from infra.spec.network import NetworkSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.report import Report


def is_without_spot(pool: Draft[GpuPoolSpec], report: Report) -> bool:
    """Say whether a pool buys no spot nodes; machine types for them are then refused."""
    if pool.spec.spot is not None:
        return False
    if pool.spec.spot_machine_types:
        report.add(
            pool.at("spotMachineTypes"),
            "means nothing without spot",
            list(pool.spec.spot_machine_types),
            allowed="nothing, or a `spot` beside it",
            next_step="remove it, or write `spot: {min: 0, max: 1}`",
        )
    return True


def refuse_placement_beside_reservation(
    pool: Draft[GpuPoolSpec], made: str, next_step: str, report: Report
) -> None:
    """Refuse a placement group of a pool with a reservation; `made` is what the cloud makes."""
    if pool.good("placementGroup") and pool.spec.placement_group:
        report.add(
            pool.at("placementGroup"),
            f"makes a {made} of its own, which no reservation matches",
            True,  # noqa: FBT003 - the value as it is written
            allowed="false beside a reservation",
            next_step=next_step,
        )


def refuse_changes_of_foreign_network(
    network: Draft[NetworkSpec], changes: Mapping[str, object], settings: str, report: Report
) -> None:
    """Refuse what would change a network that exists; `settings` are those that it may have."""
    for setting, value in changes.items():
        if network.good(setting) and value is not None:
            report.add(
                network.at(setting),
                "would change a network that is somebody else's",
                value,
                allowed=f"{settings} for a network that exists",
                next_step="remove it; whoever owns the network decides about it",
            )
