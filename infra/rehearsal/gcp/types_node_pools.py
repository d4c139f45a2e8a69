"""The row of a GKE node pool.

What changes in place is what the provider changes so (hashicorp/terraform-provider-google@e03b762,
services/container/resource_container_node_pool.go and node_config.go, `HasChange`).
Not simulated: that the provider, where a pool is there that got no machines, says only that it
`was created in the error state`; here it says what GKE says of the pool.
"""

from infra.rehearsal.cloud.table import Change, Pending, updating
from infra.rehearsal.gcp.container_shapes import (
    NODE_POOL,
    POOL_RENAME,
    pool_inputs,
    pool_outputs,
)
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, converted, got
from infra.rehearsal.gcp.waiting import pending
from infra.replies import block
from infra.wire import Properties, Value, changed_keys

METHODS = "container.projects.locations.clusters.nodePools"
CREATE = f"{METHODS}.create"
UPDATE = f"{METHODS}.update"
FORM = Form("projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}")
CONFIG = {
    "labels": "labels",
    "taints": "taints",
    "tags": "tags",
    "resourceLabels": "labels",
    "workloadMetadataConfig": "",
    "kubeletConfig": "",
    "linuxNodeConfig": "",
    "gcfsConfig": "",
    "gvnic": "",
    "machineType": "",
    "diskType": "",
    "diskSizeGb": "",
    "imageType": "",
}
"""What of the settings of a node UpdateNodePool takes, and the part of its field it goes to."""
WHOLE = {
    "upgradeSettings": ("upgradeSettings", "upgradeSettings"),
    "nodeDrainConfigs": ("nodeDrainConfig", "nodeDrainConfig"),
    "networkConfig": ("networkConfig", "nodeNetworkConfig"),
    "nodeLocations": ("locations", "locations"),
    "version": ("version", "nodeVersion"),
}
"""Input to where a pool has it and to the field of UpdateNodePool."""


def _sent(inputs: Properties) -> Properties:
    present: Properties = {name: item for name, item in inputs.items() if item is not None}
    return converted(CREATE, "nodePool", pool_inputs(present), POOL_RENAME)[0]


def _update(place: Place, change: Change) -> Pending | None:
    """Make one call of all that changes: GKE refuses a second beside it."""
    old, new = _sent(_updatable(change.old)), _sent(_updatable(change.new))
    body: Properties = {}
    for member, field in WHOLE.values():
        if old.get(member) != new.get(member):
            body[field] = new.get(member) or {}
    before, after = block(old, "config"), block(new, "config")
    for name in changed_keys(before, after):
        part = CONFIG.get(name)
        if part is not None:
            value = after.get(name, {})
            body[name] = {part: value} if part else value
    reply = place.call(UPDATE, body, **FORM.addressed(UPDATE, change.physical_id))
    return pending(place, UPDATE, reply, "updating GKE node pool")


def _updatable(inputs: Properties) -> Properties:
    return {name: inputs.get(name) for name in ("nodeConfig", *WHOLE)}


def _set_autoscaling(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.setAutoscaling"
    sent = _sent({"autoscaling": change.new.get("autoscaling")})
    body: Properties = {"autoscaling": block(sent, "autoscaling") or {"enabled": False}}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE node pool")


def _set_management(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.setManagement"
    body: Properties = {"management": block(change.new, "management")}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE node pool management")


def _set_size(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.setSize"
    body: Properties = {"nodeCount": change.new.get("nodeCount")}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE node pool size")


def _delete(place: Place, physical_id: str, _outputs: Properties) -> Pending | None:
    by = f"{METHODS}.delete"
    reply = place.call(by, **FORM.addressed(by, physical_id))
    return pending(place, by, reply, "deleting GKE NodePool")


def _other_machines(old: Value, new: Value) -> bool:
    """Say whether settings of a node change that only a new pool has."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return True
    return not set(changed_keys(old, new)) <= CONFIG.keys()


def _other_network(old: Value, new: Value) -> bool:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return True
    return not set(changed_keys(old, new)) <= {"enablePrivateNodes"}


def _outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    return pool_outputs(api)


ROWS = (
    ResourceType(
        pulumi_type=NODE_POOL,
        form=FORM,
        create=CREATE,
        under="nodePool",
        making="creating GKE NodePool",
        read=got(f"{METHODS}.get", FORM),
        delete=_delete,
        rename=POOL_RENAME,
        reading=POOL_RENAME,
        arrange=pool_inputs,
        settings=STEERING | {"ignoreNodeCountChanges"},
        kept=frozenset({"nodeCount"}),
        updates=(
            updating("nodeConfig", *WHOLE, source=UPDATE, apply=_update),
            updating("autoscaling", source=f"{METHODS}.setAutoscaling", apply=_set_autoscaling),
            updating("management", source=f"{METHODS}.setManagement", apply=_set_management),
            updating("nodeCount", source=f"{METHODS}.setSize", apply=_set_size),
        ),
        replaced_when={"nodeConfig": _other_machines, "networkConfig": _other_network},
        outputs=_outputs,
        name_limit=40,
        computed_blocks=frozenset({"nodeConfig", "networkConfig", "management", "upgradeSettings"}),
    ),
)
