"""Load balancers, as the controllers of a cluster make them for Services: their parts."""

import ipaddress

from infra.rehearsal.gcp.api.compute.addresses import EXTERNAL_BLOCK
from infra.rehearsal.gcp.api.compute.collection import Complete, Row, counted, required
from infra.rehearsal.gcp.api.compute.ranges import network_range
from infra.rehearsal.gcp.api.compute.references import link_to
from infra.rehearsal.gcp.api.names import full_name
from infra.rehearsal.gcp.api.project import Request
from infra.replies import optional_text, texts
from infra.wire import Properties, Value

HIGHEST = -2
"""In a subnetwork, where an internal balancer's address is drawn from the end."""


def _complete_rule(request: Request, rule: Properties, _before: Properties) -> None:
    if not (rule.get("target") or rule.get("backendService")):
        field = "target"
        raise required(request, field)
    rule.setdefault("loadBalancingScheme", "EXTERNAL")
    rule.setdefault("networkTier", "PREMIUM")
    if not rule.get("IPAddress"):
        rule["IPAddress"] = str(_address(request, rule))


def _address(request: Request, rule: Properties) -> ipaddress.IPv4Address:
    inside = optional_text(rule, "subnetwork")
    if not inside:
        return EXTERNAL_BLOCK.network_address + int(request.project.chance.new_number(5))
    subnetwork = request.project.store.get(full_name(inside, request.project.project))
    block = network_range(request, "subnetwork", (subnetwork or {}).get("ipCidrRange"))
    taken = {
        other.get("IPAddress")
        for _name, other in request.project.store.named(
            request.project.path("regions/*/forwardingRules/*")
        )
    }
    free = (block[HIGHEST - number] for number in range(block.num_addresses + HIGHEST))
    return next(address for address in free if str(address) not in taken)


def _with_links(name: str, collection: str) -> Complete:
    """Return what turns a list of references into links."""

    def complete(request: Request, thing: Properties, _before: Properties) -> None:
        where = collection.format_map(request.parameters)
        links: list[Value] = [link_to(request, one, where) for one in texts(thing, name)]
        if links:
            thing[name] = links

    return complete


ROWS = (
    Row(
        name="forwardingRules",
        word="forwarding_rule",
        references={
            "network": "global/networks",
            "subnetwork": "regions/{region}/subnetworks",
            "target": "regions/{region}/targetPools",
            "backendService": "regions/{region}/backendServices",
        },
        labelled=True,
        fingerprinted=True,
        demand=counted("FORWARDING_RULES"),
        complete=_complete_rule,
    ),
    Row(
        name="targetPools",
        word="target_pool",
        demand=counted("TARGET_POOLS"),
        complete=_with_links("healthChecks", "global/httpHealthChecks"),
    ),
    Row(name="httpHealthChecks", word="http_health_check", demand=counted("HEALTH_CHECKS")),
    Row(
        name="regionBackendServices",
        word="backend_service",
        fingerprinted=True,
        demand=counted("BACKEND_SERVICES"),
        complete=_with_links("healthChecks", "global/healthChecks"),
    ),
    Row(name="healthChecks", word="health_check", demand=counted("HEALTH_CHECKS")),
)
