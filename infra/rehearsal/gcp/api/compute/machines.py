"""Machines: instance templates, managed instance groups, and the instances that nodes are.

Owns: how many machines of each group run. A group asks for machines; each one that the zone sells,
has in stock, and the quotas allow, starts. The rest waits, and `listErrors` says for what, as with
a real group. Nothing of a group that runs is taken away again for another one.
Does not own: which groups there are (GKE makes one for each node pool and zone), nor the nodes.
"""

from collections.abc import Callable

from infra.catalog.machine_type import GcpMachine
from infra.rehearsal.gcp.api.compute.collection import Collection, Row, required
from infra.rehearsal.gcp.api.compute.demand import demand_of_machine
from infra.rehearsal.gcp.api.compute.places import Market, machine_type
from infra.rehearsal.gcp.api.compute.quotas import Quotas
from infra.rehearsal.gcp.api.compute.ranges import refused
from infra.rehearsal.gcp.api.names import COMPUTE, full_name, last, region_of
from infra.rehearsal.gcp.api.operations import Operations, Refusal
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.nodes.groups import Capacity
from infra.replies import block, blocks, dig, number, optional_text, text
from infra.wire import Properties, Value

EACH = "_each"
RUNNING = "_running"
WAITING = "_waiting"
PRIVATE = frozenset({EACH, RUNNING, WAITING})
"""What a group remembers and Google does not show: what one machine counts, how many run, and why
no more do."""
BUYING: dict[str, Capacity] = {
    "STANDARD": "on-demand",
    "SPOT": "spot",
    "FLEX_START": "flex-start",
}
"""By `scheduling.provisioningModel`."""
SCRATCH = "SCRATCH"
"""Type of a local SSD among a template's disks."""
DEFAULT_DISK_GIB = 100
"""Of a GKE node that does not say (container API, NodeConfig, `diskSizeGb`)."""


class Machines:
    """The groups of one project, and their templates and instances."""

    def __init__(
        self, project: Project, operations: Operations, quotas: Quotas, market: Market
    ) -> None:
        """Serve the methods of templates, groups and instances."""
        self._project = project
        self._quotas = quotas
        self._market = market
        rows = (
            Row(name="instanceTemplates", word="instance_template", complete=_complete_template),
            Row(
                name="instanceGroupManagers",
                word="instance_group_manager",
                references={"instanceTemplate": "global/instanceTemplates"},
                demand=_demand_of_group,
                complete=self._complete_group,
                shown=_shown_group,
                actions={
                    "insert": self._settling(Collection.insert),
                    "delete": self._settling(Collection.delete),
                    "resize": self._settling(_resize),
                    "listErrors": self._errors,
                    "listManagedInstances": _managed_instances,
                },
            ),
            Row(name="instances", word="instance", labelled=True, complete=_complete_instance),
        )
        for row in rows:
            Collection(row, project, operations, quotas)

    def running(self, zone: str, group: str) -> int:
        """Return how many machines of a group run, or are on their way."""
        return number(self._group(zone, group), RUNNING)

    def waiting(self, zone: str, group: str) -> Refusal | None:
        """Return why the group would get no further machine, if it would not."""
        found = self._group(zone, group)
        return self._why_not(zone, found)

    def _group(self, zone: str, group: str) -> Properties:
        name = self._project.path("zones", zone, "instanceGroupManagers", group)
        return self._project.store.get(name) or {RUNNING: 0, EACH: {}}

    def _complete_group(self, request: Request, group: Properties, before: Properties) -> None:
        if not group.get("instanceTemplate"):
            field = "instanceTemplate"
            raise required(request, field)
        template = _template(request.project, group)
        group[EACH] = _counts(template)
        group[RUNNING] = before.get(RUNNING, 0)
        group.setdefault("targetSize", 0)
        place = text(group, "zone")
        group["instanceGroup"] = f"{place}/instanceGroups/{text(group, 'name')}"

    def _settling(
        self, work: Callable[[Collection, Request], Properties]
    ) -> Callable[[Collection, Request], Properties]:
        """Return work after which every group gets the machines that it can have."""

        def handle(collection: Collection, request: Request) -> Properties:
            reply = work(collection, request)
            self._settle()
            return reply

        return handle

    def _settle(self) -> None:
        wanted = self._project.path("zones/*/instanceGroupManagers/*")
        groups = [group for _name, group in self._project.store.named(wanted)]
        for group in groups:  # machines that go make room for others
            group[RUNNING] = min(number(group, RUNNING), number(group, "targetSize"))
        for group in groups:
            zone = last(text(group, "zone"))
            while number(group, RUNNING) < number(group, "targetSize"):
                if self._why_not(zone, group) is not None:
                    break
                group[RUNNING] = number(group, RUNNING) + 1

    def _why_not(self, zone: str, group: Properties) -> Refusal | None:
        """Return what Compute Engine says of one more machine in a group, if it refuses."""
        kind = _machine(self._project, group)
        if kind is not None and (zone, kind.name) in self._market.sold_out:
            # akka/akka-core#32992 (2026-09-16)
            message = (
                f"The zone '{self._project.path('zones', zone)}' does not have enough resources "
                "available to fulfill the request. '(resource type:compute)'."
            )
            return Refusal("ZONE_RESOURCE_POOL_EXHAUSTED", message)
        each = {name: int(str(count)) for name, count in block(group, EACH).items()}
        return self._quotas.exceeded(each, region_of(zone))

    def _errors(self, collection: Collection, request: Request) -> Properties:
        _name, group = collection.found(request)
        missing = number(group, "targetSize") - number(group, RUNNING)
        refusal = self._why_not(request["zone"], group) if missing else None
        if refusal is None:
            return {"items": []}
        instance = f"{text(group, 'zone')}/instances/{optional_text(group, 'baseInstanceName')}"
        error: Properties = {
            "error": refusal.shown(),
            "instanceActionDetails": {"action": "CREATING", "instance": instance},
            "timestamp": now(),
        }
        return {"items": [error]}


def _complete_template(request: Request, template: Properties, _before: Properties) -> None:
    name = optional_text(template, "properties.machineType")
    kind = machine_type(last(name))
    field = "properties.machineType"
    if kind is None:
        # The form of hashicorp/terraform-provider-google#2140 (2018-10-01).
        message = "The referenced machineType resource cannot be found."
        raise refused(request, field, name, message)
    buying = _buying(template)
    if buying not in kind.sold_as:
        # No source has Google's words for this one.
        ways = ", ".join(sorted(kind.sold_as))
        message = f"Machine type {kind.name} is not sold as {buying}; it is sold as {ways}."
        raise refused(request, field, name, message)


def _complete_instance(_request: Request, instance: Properties, _before: Properties) -> None:
    instance.setdefault("status", "RUNNING")


def _resize(collection: Collection, request: Request) -> Properties:
    name, group = collection.found(request)
    size = int(str(request.parameters["size"]))
    return collection.change("resize", request, name, {**group, "targetSize": size})


def _managed_instances(collection: Collection, request: Request) -> Properties:
    _name, group = collection.found(request)
    prefix = f"{optional_text(group, 'baseInstanceName')}-"
    wanted = request.project.path("zones", request["zone"], "instances/*")
    found: list[Value] = [
        {
            "instance": COMPUTE + name,
            "id": instance["id"],
            "instanceStatus": instance["status"],
            "currentAction": "NONE",
        }
        for name, instance in request.project.store.named(wanted)
        if last(name).startswith(prefix)
    ]
    return {"managedInstances": found}


def _shown_group(_project: Project, _name: str, group: Properties) -> Properties:
    running, target = number(group, RUNNING), number(group, "targetSize")
    shown = {key: value for key, value in group.items() if key not in PRIVATE}
    actions: Properties = {"creating": target - running, "none": running}
    return {**shown, "currentActions": actions, "status": {"isStable": running == target}}


def _demand_of_group(group: Properties) -> dict[str, int]:
    running = number(group, RUNNING)
    each = block(group, EACH)
    return {name: int(str(count)) * running for name, count in each.items()}


def _counts(template: Properties) -> Properties:
    kind = machine_type(last(text(template, "properties.machineType")))
    if kind is None:
        return {}
    disk = "properties.disks.0.initializeParams"
    size = dig(template, f"{disk}.diskSizeGb")
    disk_type = last(optional_text(template, f"{disk}.diskType"))
    gib = int(str(size)) if size is not None else DEFAULT_DISK_GIB
    local = any(one.get("type") == SCRATCH for one in blocks(template, "properties.disks"))
    return {**demand_of_machine(kind, _buying(template), disk_type, gib, local_ssds=local)}


def _buying(template: Properties) -> Capacity:
    model = optional_text(template, "properties.scheduling.provisioningModel") or "STANDARD"
    return BUYING[model]


def _template(project: Project, group: Properties) -> Properties:
    name = full_name(text(group, "instanceTemplate"), project.project)
    return project.store.get(name) or {}


def _machine(project: Project, group: Properties) -> GcpMachine | None:
    if not group.get("instanceTemplate"):
        return None
    name = optional_text(_template(project, group), "properties.machineType")
    return machine_type(last(name))
