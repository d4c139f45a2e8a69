"""How networks and what belongs to them are found: by names, which their place has only once.

Most of these things have no labels: their content says whether one is ours. Compute Engine works
after it has answered: what is not there may still be on its way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.google_api import GoogleApi, listed
from infra.recovery.candidates import BY_NAME, Candidate, Condition, Finder, called, same
from infra.recovery.gcp.marks import last, points_at, project_of, region_of
from infra.replies import blocks, optional_text, text
from infra.wire import Properties, Value

UNFINISHED = ("PENDING", "RUNNING")
"""States of an operation before its end (Compute Engine API reference, 2026)."""


@dataclass(frozen=True)
class Kind:
    """One collection of things."""

    collection: str
    """`networks`."""
    regional: bool
    links: Sequence[str]
    """Inputs, and members of the reply, that are links or names: both must mean the same."""
    content: Sequence[str]
    """Inputs, and members of the reply, that must be equal."""

    def place(self, api: GoogleApi, inputs: Properties) -> dict[str, Value]:
        """Return the parameters that say where it is."""
        place: dict[str, Value] = {"project": project_of(api, inputs)}
        return place | {"region": region_of(api, inputs)} if self.regional else place

    def full_name(self, place: Mapping[str, Value], name: str) -> str:
        """Return what the provider has as id."""
        where = f"regions/{place['region']}" if self.regional else "global"
        return f"projects/{place['project']}/{where}/{self.collection}/{name}"


def _named(kind: Kind) -> Finder[GoogleApi]:
    def search(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
        place, wanted = kind.place(api, inputs), text(inputs, "name")
        found = [
            Candidate(
                kind.full_name(place, name),
                ours=_fits(kind, item, inputs),
                as_made={"name": name},
            )
            for item in listed(api, f"compute.{kind.collection}.list", "items", **place)
            if called(name := text(item, "name"), wanted)
        ]
        return found or _coming(api, kind, place, wanted)

    return Finder(BY_NAME, search)


def _fits(kind: Kind, item: Properties, inputs: Properties) -> bool:
    return same(item, inputs, dict(zip(kind.content, kind.content, strict=True))) and all(
        points_at(item.get(name), inputs[name])
        for name in kind.links
        if inputs.get(name) is not None
    )


def _coming(
    api: GoogleApi, kind: Kind, place: Mapping[str, Value], wanted: str
) -> Sequence[Candidate]:
    """Return what an operation is about to make."""
    operations = "regionOperations" if kind.regional else "globalOperations"
    prefix, found = kind.full_name(place, ""), []
    for state in UNFINISHED:
        method = f"compute.{operations}.list"
        for item in listed(api, method, "items", **place, filter=f"status = {state}"):
            target = optional_text(item, "targetLink")
            if optional_text(item, "operationType") != "insert" or prefix not in target:
                continue
            if called(name := last(target), wanted):
                found.append(Candidate(f"{prefix}{name}", Condition.COMING, as_made={"name": name}))
    return found


def _gateways(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a NAT: it is a member of its router."""
    router, wanted = last(text(inputs, "router")), text(inputs, "name")
    project, region = project_of(api, inputs), region_of(api, inputs)
    reply = api.call("compute.routers.get", project=project, region=region, router=router)
    return [
        Candidate(f"{project}/{region}/{router}/{name}", as_made={"name": name})
        for item in blocks(reply, "nats")
        if called(name := text(item, "name"), wanted)
    ]


def _kind(
    collection: str,
    *,
    regional: bool = True,
    links: Sequence[str] = (),
    content: Sequence[str] = (),
) -> Finder[GoogleApi]:
    return _named(Kind(collection, regional, links, content))


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:compute/network:Network": _kind(
        "networks", regional=False, content=["autoCreateSubnetworks", "description"]
    ),
    "gcp:compute/subnetwork:Subnetwork": _kind(
        "subnetworks", links=["network"], content=["ipCidrRange"]
    ),
    "gcp:compute/firewall:Firewall": _kind(
        "firewalls", regional=False, links=["network"], content=["direction", "priority"]
    ),
    "gcp:compute/router:Router": _kind("routers", links=["network"]),
    "gcp:compute/routerNat:RouterNat": Finder(BY_NAME, _gateways),
}
