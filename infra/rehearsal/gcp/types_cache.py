"""Rows of the managed cache: instances of Memorystore, and the policies that let it into a network.

What changes in place is what the provider's own description of a type gives an update call
(GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, mmv1/products/memorystore/Instance.yaml and
networkconnectivityv1/ServiceConnectionPolicy.yaml, read 2026-11-27): all that is not `immutable`.
"""

from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import ResourceType, labels_patched, patched, served
from infra.replies import block, blocks, text
from infra.wire import Properties, Value

INSTANCES = "memorystore.projects.locations.instances"
POLICIES = "networkconnectivity.projects.locations.serviceConnectionPolicies"
INSTANCE = Form("projects/{project}/locations/{location}/instances/{instanceId}", name="instanceId")
POLICY = Form("projects/{project}/locations/{location}/serviceConnectionPolicies/{name}")
CHANGEABLE = (
    *("engineConfigs", "engineVersion", "replicaCount", "shardCount", "nodeType"),
    *("deletionProtectionEnabled", "persistenceConfig", "maintenancePolicy"),
    "automatedBackupConfig",
)
ENABLED = "ENABLED"


def _inputs(inputs: Properties) -> Properties:
    """Name things as the API does: what is wanted and what is there have one name there."""
    found = dict(inputs)
    if "desiredAutoCreatedEndpoints" in found:
        found["pscAutoConnections"] = found.pop("desiredAutoCreatedEndpoints")
    backups = found.get("automatedBackupConfig")
    if isinstance(backups, dict):
        found["automatedBackupConfig"] = {**backups, "automatedBackupMode": ENABLED}
    policy = found.get("maintenancePolicy")
    if isinstance(policy, dict):
        windows = policy.get("weeklyMaintenanceWindows")
        found["maintenancePolicy"] = {"weeklyMaintenanceWindow": windows}
    return found


def _outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    wanted: list[Value] = [
        {"network": text(one, "network"), "projectId": text(one, "projectId")}
        for one in blocks(api, "pscAutoConnections")[:1]
    ]
    shown: Properties = {"desiredAutoCreatedEndpoints": wanted, "name": text(api, "name")}
    windows: list[Value] = [
        {"day": one["day"], "startTime": one["startTime"]}
        for one in blocks(block(api, "maintenancePolicy"), "weeklyMaintenanceWindow")
    ]
    return {
        **shown,
        **({"maintenancePolicy": {"weeklyMaintenanceWindows": windows}} if windows else {}),
    }


ROWS = (
    ResourceType(
        pulumi_type="gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
        **served(POLICIES, POLICY),
        name_parameter="serviceConnectionPolicyId",
        labels="labels",
        relabel=labels_patched(f"{POLICIES}.patch", POLICY),
        updates=(patched("description", "pscConfig", by=f"{POLICIES}.patch", form=POLICY),),
        computed_blocks=frozenset({"pscConfig"}),
        volatile=frozenset({"updateTime"}),
    ),
    ResourceType(
        pulumi_type="gcp:memorystore/instance:Instance",
        **served(INSTANCES, INSTANCE),
        name_parameter="instanceId",
        arrange=_inputs,
        labels="labels",
        relabel=labels_patched(f"{INSTANCES}.patch", INSTANCE),
        updates=(patched(*CHANGEABLE, by=f"{INSTANCES}.patch", form=INSTANCE, arrange=_inputs),),
        outputs=_outputs,
        autoname=None,
        computed_blocks=frozenset(
            {"persistenceConfig", "maintenancePolicy", "zoneDistributionConfig"}
        ),
        volatile=frozenset({"updateTime"}),
    ),
)
