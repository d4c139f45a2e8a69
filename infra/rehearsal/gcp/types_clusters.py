"""The row of a GKE cluster.

What changes in place is what the provider changes so (hashicorp/terraform-provider-google@e03b762,
services/container/resource_container_cluster.go, `HasChange`).
Not shown: `nodePools` of a cluster, which the provider reads although nobody asked for them.
"""

from infra.rehearsal.cloud.table import Change, Pending, Update, Wait, updating
from infra.rehearsal.gcp.api.container.clusters import DEFAULT_POOL
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.container_shapes import (
    CLUSTER,
    CLUSTER_READING,
    RENAME,
    cluster_inputs,
    cluster_outputs,
)
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, converted, got, labels_set
from infra.rehearsal.gcp.waiting import pending, wait_for
from infra.replies import block, dig
from infra.wire import Properties

METHODS = "container.projects.locations.clusters"
CREATE = f"{METHODS}.create"
GET = f"{METHODS}.get"
FORM = Form("projects/{project}/locations/{location}/clusters/{name}")
PROTECTED = (
    "Cannot destroy cluster because deletion_protection is set to true. Set it to false to "
    "proceed with cluster deletion."
)
UPDATES = {
    "addonsConfig": ("desiredAddonsConfig", "addonsConfig"),
    "anonymousAuthenticationConfig": (
        "desiredAnonymousAuthenticationConfig",
        "anonymousAuthenticationConfig",
    ),
    "authenticatorGroupsConfig": ("desiredAuthenticatorGroupsConfig", "authenticatorGroupsConfig"),
    "binaryAuthorization": ("desiredBinaryAuthorization", "binaryAuthorization"),
    "clusterAutoscaling": ("desiredClusterAutoscaling", "autoscaling"),
    "controlPlaneEndpointsConfig": (
        "desiredControlPlaneEndpointsConfig",
        "controlPlaneEndpointsConfig",
    ),
    "costManagementConfig": ("desiredCostManagementConfig", "costManagementConfig"),
    "databaseEncryption": ("desiredDatabaseEncryption", "databaseEncryption"),
    "dnsConfig": ("desiredDnsConfig", "networkConfig.dnsConfig"),
    "enableShieldedNodes": ("desiredShieldedNodes", "shieldedNodes"),
    "gatewayApiConfig": ("desiredGatewayApiConfig", "networkConfig.gatewayApiConfig"),
    "loggingConfig": ("desiredLoggingConfig", "loggingConfig"),
    "masterAuthorizedNetworksConfig": (
        "desiredMasterAuthorizedNetworksConfig",
        "masterAuthorizedNetworksConfig",
    ),
    "minMasterVersion": ("desiredMasterVersion", "initialClusterVersion"),
    "monitoringConfig": ("desiredMonitoringConfig", "monitoringConfig"),
    "nodeLocations": ("desiredLocations", "locations"),
    "nodePoolAutoConfig": (
        "desiredNodePoolAutoConfigKubeletConfig",
        "nodePoolAutoConfig.nodeKubeletConfig",
    ),
    "privateClusterConfig": ("desiredPrivateClusterConfig", "privateClusterConfig"),
    "rbacBindingConfig": ("desiredRbacBindingConfig", "rbacBindingConfig"),
    "releaseChannel": ("desiredReleaseChannel", "releaseChannel"),
    "securityPostureConfig": ("desiredSecurityPostureConfig", "securityPostureConfig"),
    "workloadIdentityConfig": ("desiredWorkloadIdentityConfig", "workloadIdentityConfig"),
}
"""Input to the field of a ClusterUpdate, and where a cluster has what goes there."""
NODE_DEFAULTS = "nodePoolDefaults"
DEFAULTS = {"gcfsConfig": "desiredGcfsConfig", "nodeKubeletConfig": "desiredNodeKubeletConfig"}
"""Of the defaults of node pools, what a ClusterUpdate takes here."""
FILLED_IN = frozenset(
    {
        *("addonsConfig", "clusterAutoscaling", "controlPlaneEndpointsConfig"),
        *("databaseEncryption", "ipAllocationPolicy", "masterAuth", "monitoringConfig"),
        *("masterAuthorizedNetworksConfig", "nodeConfig", "nodePoolDefaults"),
        *("privateClusterConfig", "securityPostureConfig"),
    }
)


def _changed(name: str, field: str, place_of: str) -> Update[Place]:
    by = f"{METHODS}.update"

    def apply(place: Place, change: Change) -> Pending | None:
        value = dig(_sent({name: change.new.get(name)}), place_of)
        body: Properties = {"update": {field: {} if value is None else value}}
        reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
        return pending(place, by, reply, f"updating GKE cluster {name}")

    return updating(name, source=f"{by}: {field}", apply=apply)


def _sent(inputs: Properties) -> Properties:
    present: Properties = {name: item for name, item in inputs.items() if item is not None}
    return converted(CREATE, "cluster", cluster_inputs(present), RENAME)[0]


def _subset(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.update"
    wanted = bool(change.new.get("enableL4IlbSubsetting"))
    body: Properties = {"update": {"desiredL4ilbSubsettingConfig": {"enabled": wanted}}}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating L4")


def _set_defaults(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.update"
    old, new = (
        block(_sent({NODE_DEFAULTS: one.get(NODE_DEFAULTS)}), f"{NODE_DEFAULTS}.nodeConfigDefaults")
        for one in (change.old, change.new)
    )
    wanted: Properties = {
        field: new.get(member) or {}
        for member, field in DEFAULTS.items()
        if new.get(member) != old.get(member)
    }
    reply = place.call(by, {"update": wanted}, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE cluster desired gcfs config.")


def _set_maintenance(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.setMaintenancePolicy"
    sent = _sent({"maintenancePolicy": change.new.get("maintenancePolicy")})
    body: Properties = {"maintenancePolicy": block(sent, "maintenancePolicy")}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE cluster maintenance policy")


def _set_legacy_abac(place: Place, change: Change) -> Pending | None:
    by = f"{METHODS}.setLegacyAbac"
    body: Properties = {"enabled": bool(change.new.get("enableLegacyAbac"))}
    reply = place.call(by, body, **FORM.addressed(by, change.physical_id))
    return pending(place, by, reply, "updating GKE legacy ABAC")


def _delete(place: Place, physical_id: str, outputs: Properties) -> Pending | None:
    """The provider's own protection is on where the program says nothing."""
    if outputs.get("deletionProtection") is not False:
        raise ValueError(PROTECTED)
    by = f"{METHODS}.delete"
    reply = place.call(by, **FORM.addressed(by, physical_id))
    return pending(place, by, reply, "deleting GKE cluster")


def _remove_default_pool(place: Place, physical_id: str, inputs: Properties) -> None:
    if inputs.get("removeDefaultNodePool"):
        name = f"{physical_id}/nodePools/{DEFAULT_POOL}"
        place.call(f"{METHODS}.nodePools.delete", name=name)


def _remove_first_pool(place: Place, change: Change) -> Pending | None:
    """Delete GKE's first pool after all: a state may say that the create did not come to it."""
    name = f"{change.physical_id}/nodePools/{DEFAULT_POOL}"
    if not change.new.get("removeDefaultNodePool"):
        return None
    try:
        place.call(f"{METHODS}.nodePools.delete", name=name)
    except GoogleError as error:
        if not error.not_found:
            raise
    return None


def _settle(place: Place, physical_id: str, wait: Wait) -> None:
    """Wait until the pool is gone that is not wanted: the create call is done before it."""
    by = f"{METHODS}.nodePools.get"
    name = f"{physical_id}/nodePools/{DEFAULT_POOL}"

    def ask() -> Properties:
        try:
            with place.lock:
                found = place.call(by, name=name)
        except GoogleError as error:
            if error.not_found:
                return {"status": "DONE"}
            raise
        return {"status": "RUNNING" if found.get("status") == "STOPPING" else "DONE"}

    wait_for(ask, by, "removing default node pool", wait)


def _outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    return cluster_outputs(api)


ROWS = (
    ResourceType(
        pulumi_type=CLUSTER,
        form=FORM,
        create=CREATE,
        under="cluster",
        making="creating GKE cluster",
        read=got(GET, FORM),
        delete=_delete,
        rename=RENAME,
        reading=CLUSTER_READING,
        arrange=cluster_inputs,
        labels="resourceLabels",
        relabel=labels_set(f"{METHODS}.setResourceLabels", GET, FORM),
        settings=STEERING | {"deletionProtection", "removeDefaultNodePool"},
        kept=frozenset({"minMasterVersion"}),
        after_create=(_remove_default_pool,),
        settle=_settle,
        updates=(
            *(_changed(name, field, where) for name, (field, where) in UPDATES.items()),
            updating(
                "removeDefaultNodePool",
                source=f"{METHODS}.nodePools.delete",
                apply=_remove_first_pool,
            ),
            updating("enableL4IlbSubsetting", source=f"{METHODS}.update", apply=_subset),
            updating(NODE_DEFAULTS, source=f"{METHODS}.update", apply=_set_defaults),
            updating(
                "maintenancePolicy",
                source=f"{METHODS}.setMaintenancePolicy",
                apply=_set_maintenance,
            ),
            updating("enableLegacyAbac", source=f"{METHODS}.setLegacyAbac", apply=_set_legacy_abac),
        ),
        outputs=_outputs,
        name_limit=40,
        computed_blocks=FILLED_IN,
    ),
)
