"""Compute Engine of one project, put together."""

from collections.abc import Mapping

from infra.rehearsal.gcp.api.compute import (
    addresses,
    balancers,
    disks,
    networks,
    placement,
    routers,
)
from infra.rehearsal.gcp.api.compute.collection import Collection
from infra.rehearsal.gcp.api.compute.machines import Machines
from infra.rehearsal.gcp.api.compute.places import Market, Places
from infra.rehearsal.gcp.api.compute.quotas import Quotas
from infra.rehearsal.gcp.api.compute.routes import Routes
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project

ROWS = (
    *networks.ROWS,
    *routers.ROWS,
    *addresses.ROWS,
    *placement.ROWS,
    *disks.ROWS,
    *balancers.ROWS,
)


class ComputeEngine:
    """Serves every method of Compute Engine that the rehearsal plays."""

    def __init__(
        self, project: Project, operations: Operations, limits: Mapping[str, int], market: Market
    ) -> None:
        """Serve a project with these quotas and this market."""
        self.quotas = Quotas(project, limits)
        self.machines = Machines(project, operations, self.quotas, market)
        self.market = market
        Places(project, self.quotas, market)
        Routes(project)
        for row in ROWS:
            Collection(row, project, operations, self.quotas)
