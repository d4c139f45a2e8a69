"""What all collections of Compute Engine have in common: insert, get, list, patch, delete.

Owns: names that are taken, links, ids, fingerprints, labels, pages, quotas, and refusals of what is
missing or in use. A collection's row adds what it checks and fills in.
"""

import base64
import functools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.google_discovery import UnknownMethodError, method
from infra.rehearsal.gcp.api.compute.quotas import GLOBAL, Quotas
from infra.rehearsal.gcp.api.compute.references import in_use, link_to, users
from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.listing import page, passing
from infra.rehearsal.gcp.api.names import COMPUTE, region_of, region_of_name
from infra.rehearsal.gcp.api.operations import Operations, Refusal
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.replies import text
from infra.wire import Properties, Value

PLACES = ("region", "zone")
GOOGLES = frozenset({"creationTimestamp", "id", "kind", "name", "region", "selfLink", "zone"})
"""Fields that no caller decides."""
FINGERPRINT_DIGITS = 16

Complete = Callable[[Request, Properties, Properties], None]
"""Checks a thing that is about to be kept, and fills in what Google fills in; the last argument is
the thing as it was, empty for a new one."""
Shown = Callable[[Project, str, Properties], Properties]
"""Full name and thing to the thing as Google shows it."""
Demand = Callable[[Properties], Mapping[str, int]]
"""What one of them counts against quotas, by metric."""
Aliases = Callable[[Properties], tuple[str, ...]]
"""Other text by which one of them is referred to, as an address by its number."""
Action = Callable[["Collection", Request], Properties]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One collection, of all places of the project."""

    name: str
    """In the discovery document, `networks`."""
    word: str
    """What Google calls one of them where it is in use, `network`."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Fields that refer to one thing, and the collection of a bare name there."""
    labelled: bool = False
    fingerprinted: bool = False
    demand: Demand | None = None
    """None where no quota counts them."""
    quota_later: bool = False
    """Whether the operation says that the quota is exceeded, not the first reply."""
    in_use_later: bool = False
    """Whether the operation says that one is in use, not the first reply."""
    complete: Complete = lambda _request, _thing, _before: None
    shown: Shown = lambda _project, _name, thing: thing
    aliases: Aliases = lambda _thing: ()
    actions: Mapping[str, Action] = field(default_factory=dict)
    """Methods that only this collection has, or has in its own way."""

    @property
    def path(self) -> str:
        """Its name in full names, where those of regions and global ones have no prefix."""
        for prefix in ("region", "global"):
            rest = self.name.removeprefix(prefix)
            if rest != self.name and rest[0].isupper():
                return rest[0].lower() + rest[1:]
        return self.name

    @property
    def kind(self) -> str:
        """Field `kind` of its resources."""
        response = method(f"compute.{self.name}.get").response
        return f"compute#{response[0].lower()}{response[1:]}"

    @property
    def part(self) -> str:
        """Parameter that has a resource's name."""
        required = method(f"compute.{self.name}.get").required
        return next(name for name in required if name not in ("project", *PLACES))


class Collection:
    """Serves one row."""

    def __init__(self, row: Row, project: Project, operations: Operations, quotas: Quotas) -> None:
        """Serve the methods that the collection has in Google's documents."""
        self.row = row
        self.project = project
        self.operations = operations
        self._quotas = quotas
        self._part = row.part
        if row.demand is not None:
            quotas.usages.append(functools.partial(self._used, row.demand))
        served = {
            "get": self.get,
            "list": self.list,
            "aggregatedList": self.list_everywhere,
            "insert": self.insert,
            "patch": self.patch,
            "update": self.update,
            "delete": self.delete,
            "setLabels": self.set_labels,
        }
        for operation, handler in served.items():
            try:
                project.register(f"compute.{row.name}.{operation}", handler)
            except UnknownMethodError:
                continue  # this collection has none
        for operation, action in row.actions.items():
            project.register(f"compute.{row.name}.{operation}", self._bound(action))

    def insert(self, request: Request) -> Properties:
        """Make one."""
        thing, place = request.body, place_of_call(request)
        name = self.project.path(place, self.row.path, _required_name(request))
        if name in self.project.store:
            raise request.refusal(Reason.ALREADY_EXISTS, f"The resource '{name}' already exists")
        self._link(request, thing)
        thing |= {"id": self.project.new_id(), "kind": self.row.kind, "selfLink": COMPUTE + name}
        thing["creationTimestamp"] = now()
        for part in PLACES:
            if part in request.parameters:
                thing[part] = COMPUTE + self.project.path(place)
        self.row.complete(request, thing, {})
        exceeded = self._exceeded(request, thing)
        if exceeded is not None:
            return self.operations.compute("insert", name, refused=exceeded)
        self._keep(name, thing)
        return self.operations.compute("insert", name)

    def get(self, request: Request) -> Properties:
        """Return one."""
        name, thing = self.found(request)
        return self.row.shown(self.project, name, thing)

    def list(self, request: Request) -> Properties:
        """Return a page of those of one place."""
        full = self.project.path(place_of_call(request), self.row.path)
        things = self.project.store.named(f"{full}/*")
        shown = [self.row.shown(self.project, name, thing) for name, thing in things]
        return {"kind": f"{self.row.kind}List", "id": full, **page(request, shown)}

    def list_everywhere(self, request: Request) -> Properties:
        """Return those of all places, by place, in one page."""
        found: dict[str, list[Value]] = {}
        for place in (GLOBAL, "regions/*", "zones/*"):
            named = self.project.store.named(self.project.path(place, self.row.path, "*"))
            shown = [self.row.shown(self.project, name, thing) for name, thing in named]
            for item in passing(request, shown):
                where = text(item, "selfLink").removeprefix(COMPUTE).split("/")[2:-2]
                found.setdefault("/".join(where), []).append(item)
        items: Properties = {place: {self.row.path: things} for place, things in found.items()}
        return {"kind": f"{self.row.kind}AggregatedList", "items": items}

    def patch(self, request: Request) -> Properties:
        """Change the given fields of one."""
        name, thing = self.found(request)
        return self.change("patch", request, name, {**thing, **self._changes(request, thing)})

    def update(self, request: Request) -> Properties:
        """Put other fields in the place of all that a caller decides."""
        name, thing = self.found(request)
        kept = {key: thing[key] for key in GOOGLES & thing.keys()}
        changes = self._changes(request, thing)
        return self.change("update", request, name, {**changes, **kept})

    def change(self, kind: str, request: Request, name: str, changed: Properties) -> Properties:
        """Keep a thing as it is to be from now on."""
        self.row.complete(request, changed, self.project.store.get(name) or {})
        self._keep(name, changed)
        return self.operations.compute(kind, name)

    def set_labels(self, request: Request) -> Properties:
        """Put other labels on one."""
        name, thing = self.found(request)
        if request.body.get("labelFingerprint") != thing.get("labelFingerprint"):
            # hashicorp/terraform-provider-google#18826 (2024-07-24)
            message = "Labels fingerprint either invalid or resource labels have changed"
            raise request.refusal(Reason.CONDITION_NOT_MET, message)
        self._keep(name, {**thing, "labels": request.body.get("labels") or {}})
        return self.operations.compute("setLabels", name)

    def delete(self, request: Request) -> Properties:
        """Remove one that nothing uses."""
        name, thing = self.found(request)
        for user in users(self.project, name, *self.row.aliases(thing)):
            message = in_use(self.row.word, name, user)
            if not self.row.in_use_later:
                raise request.refusal(Reason.IN_USE, message)
            refused = Refusal("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", message)
            return self.operations.compute("delete", name, refused=refused)
        self.project.store.drop(name)
        return self.operations.compute("delete", name)

    def found(self, request: Request) -> tuple[str, Properties]:
        """Return the full name of the thing that a call is about, and the thing."""
        place = place_of_call(request)
        part = self._part if self._part in request.parameters else "resource"  # of setLabels
        name = self.project.path(place, self.row.path, request[part])
        thing = self.project.store.get(name)
        if thing is None:
            raise request.not_found(name)
        return name, thing

    def _bound(self, action: Action) -> Callable[[Request], Properties]:
        return lambda request: action(self, request)

    def _used(self, demand: Demand, place: str) -> Counter[str]:
        """Return what those of a region, or all, count against which metric."""
        found = Counter[str]()
        for where in (GLOBAL, "regions/*", "zones/*"):
            for name, thing in self.project.store.named(
                self.project.path(where, self.row.path, "*")
            ):
                if place in (GLOBAL, region_of_name(name)):
                    found.update(demand(thing))
        return found

    def _exceeded(self, request: Request, thing: Properties) -> Refusal | None:
        demand = self.row.demand(thing) if self.row.demand else {}
        exceeded = self._quotas.exceeded(demand, region_of_call(request))
        if exceeded is not None and not self.row.quota_later:
            raise request.refusal(Reason.QUOTA_EXCEEDED, exceeded.message)
        return exceeded

    def _changes(self, request: Request, thing: Properties) -> Properties:
        changes = request.body
        asked = changes.pop("fingerprint", None)
        if self.row.fingerprinted:
            _check_fingerprint(request, asked, thing)
        self._link(request, changes)
        return changes

    def _link(self, request: Request, thing: Properties) -> None:
        for name, where in self.row.references.items():
            if thing.get(name):
                collection = where.format_map(request.parameters)
                thing[name] = link_to(request, text(thing, name), collection)

    def _keep(self, name: str, thing: Properties) -> None:
        if self.row.fingerprinted:
            thing["fingerprint"] = self._new_fingerprint()
        if self.row.labelled:
            thing["labelFingerprint"] = self._new_fingerprint()
        self.project.store.put(name, thing)

    def _new_fingerprint(self) -> str:
        digits = self.project.chance.new_hex(FINGERPRINT_DIGITS)
        return base64.b64encode(bytes.fromhex(digits)).decode()


def counted(metric: str) -> Demand:
    """Return the demand of resources that a metric simply counts."""
    return lambda _thing: {metric: 1}


def place_of_call(request: Request) -> str:
    """Return where a call works: `global`, `regions/R` or `zones/Z`."""
    for part in PLACES:
        if part in request.parameters:
            return f"{part}s/{request[part]}"
    return GLOBAL


def region_of_call(request: Request) -> str:
    """Return the region that a call works in, or `global`."""
    if "zone" in request.parameters:
        return region_of(request["zone"])
    return request["region"] if "region" in request.parameters else GLOBAL


def _required_name(request: Request) -> str:
    name = request.body.get("name")
    if not name:
        raise required(request, "name")
    return str(name)


def required(request: Request, field_name: str) -> Exception:
    """Return Google's refusal for want of a field of the body.

    Source: kubernetes-sigs/cluster-api-provider-gcp#1058 (2023-10-27).
    """
    message = f"Required field 'resource.{field_name}' not specified"
    return request.refusal(Reason.REQUIRED, message)


def _check_fingerprint(request: Request, asked: Value, thing: Properties) -> None:
    if asked is None:
        # hashicorp/terraform-provider-google#1469 (2018-05-10)
        field_name = "fingerprint"
        raise required(request, field_name)
    if asked != thing["fingerprint"]:
        # 412 conditionNotMet: ansible-collections/google.cloud#327 (2020-11-10); the words: ours.
        message = "Invalid fingerprint."
        raise request.refusal(Reason.CONDITION_NOT_MET, message)
