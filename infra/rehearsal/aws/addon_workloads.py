"""EKS add-ons that the rehearsal has placeholders for.

Does not own which there are (`addon_catalogue.py`), nor which settings an add-on takes
(`addon_settings.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.rehearsal.cloud.system_workloads import Workload
from infra.wire import Properties

REGISTRY = "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks"


@dataclass(frozen=True, kw_only=True)
class AddonKind:
    """One add-on that EKS offers and the rehearsal has a placeholder for."""

    name: str
    workloads: tuple[Workload, ...]
    settings: Mapping[str, str]
    """Path in `configurationValues` to its type, as a JSON schema names it."""
    roles_for: tuple[str, ...] = ()
    """Service accounts whose pods use AWS."""
    extra: tuple[Properties, ...] = field(default=())
    """Other objects that it brings."""

    def objects(self, settings: Properties, version: str) -> list[Properties]:
        """Return the objects in the order of their creation."""
        made = [
            one
            for item in self.workloads
            for one in item.objects(settings, lambda name: f"{REGISTRY}/{name}:{version}")
        ]
        return [*made, *self.extra]
