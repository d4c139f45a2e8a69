"""Routes: the one that every network begins with, to the internet.

Does not own routes that a caller makes (no component makes one), nor those of subnetworks, which
lead nowhere else.
"""

from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.names import COMPUTE
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import text
from infra.wire import Properties

PRIORITY = 1000
"""Of the default route (cloud.google.com/vpc/docs/routes, "System-generated default routes",
2026)."""
ANYWHERE = "0.0.0.0/0"
ID_DIGITS = 16


class Routes:
    """Serves the default route of each network."""

    def __init__(self, project: Project) -> None:
        """Serve them."""
        self._project = project
        project.register("compute.routes.list", self._list)

    def _list(self, request: Request) -> Properties:
        networks = self._project.store.named(self._project.path("global/networks/*"))
        routes = [self._default_route(network) for _name, network in networks]
        return {"kind": "compute#routeList", **page(request, routes)}

    def _default_route(self, network: Properties) -> Properties:
        name = f"default-route-{text(network, 'id')[:ID_DIGITS]}"
        gateway = self._project.path("global/gateways/default-internet-gateway")
        return {
            "kind": "compute#route",
            "name": name,
            "network": network["selfLink"],
            "destRange": ANYWHERE,
            "priority": PRIORITY,
            "nextHopGateway": COMPUTE + gateway,
            "selfLink": COMPUTE + self._project.path("global/routes", name),
        }
