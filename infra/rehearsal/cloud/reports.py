"""What a simulated cloud reports of itself on loopback: the things in it, and its node groups."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.inventory import Thing
from infra.rehearsal.cloud.loopback import Reports
from infra.rehearsal.nodes.groups import NodeGroups


class Inventory(Protocol):
    """Knows what was made."""

    def things(self) -> Sequence[Thing]:
        """Return it, sorted."""
        ...


def reports(inventory: Inventory, fleet: NodeGroups, plane: ControlPlane | None) -> Reports:
    """Return the reports by their paths; without an API server no group has nodes."""
    return {
        "/inventory": lambda: [thing.report() for thing in inventory.things()],
        "/node-groups": lambda: _node_groups(fleet, plane),
    }


def _node_groups(fleet: NodeGroups, plane: ControlPlane | None) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for group in fleet.list_groups():
        total, ready = plane.nodes(group.name) if plane else (0, 0)
        found.append({**asdict(group), "nodes": total, "readyNodes": ready})
    return found
