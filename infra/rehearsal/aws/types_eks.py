"""Rows of EKS: clusters and node groups."""

import time

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import block, blocks, dig, tag_map, text, texts
from infra.rehearsal.cloud.errors import FailedStateError, InterruptedWaitError
from infra.rehearsal.cloud.table import Change, Wait, updating
from infra.wire import UNKNOWN, Properties, Value

POLL_SECONDS = 0.2


def _cluster_inputs(inputs: Properties) -> Properties:
    types = inputs.get("enabledClusterLogTypes")
    rest = {key: item for key, item in inputs.items() if key != "enabledClusterLogTypes"}
    if types is None or types == UNKNOWN:
        return rest
    return {**rest, "logging": {"clusterLogging": [{"types": types, "enabled": True}]}}


def _read_cluster(region: Region, physical_id: str) -> Properties:
    return block(region.call("eks", "describe_cluster", name=physical_id), "cluster")


def _cluster_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    logs: list[Value] = [
        kind
        for one in blocks(api, "logging.clusterLogging")
        if dig(one, "enabled")
        for kind in texts(one, "types")
    ]
    issuer = dig(api, "identity.oidc.issuer")
    outputs: Properties = {"identities": [{"oidcs": [{"issuer": issuer}]}]}
    if logs:
        outputs["enabledClusterLogTypes"] = logs
    return outputs


def _update_network(region: Region, change: Change) -> None:
    new, old = block(change.new, "vpcConfig"), block(change.old, "vpcConfig")
    changed = {
        key: new[key]
        for key in ("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs")
        if key in new and new[key] != old.get(key)
    }
    moved = {
        key: new[key]
        for key in ("subnetIds", "securityGroupIds")
        if key in new and new[key] != old.get(key)
    }
    for part in (changed, moved):  # UpdateClusterConfig takes one kind of change at a time
        if part:
            region.call(
                "eks", "update_cluster_config", name=change.physical_id, resourcesVpcConfig=part
            )


def _update_part(wire: str, member: str | None = None):  # noqa: ANN202 - `Update` names the type
    def apply(region: Region, change: Change) -> None:
        value = change.new.get(wire)
        part = {member or wire: value}
        region.call("eks", "update_cluster_config", name=change.physical_id, **part)

    return apply


def _encrypt(region: Region, change: Change) -> None:
    region.call(
        "eks",
        "associate_encryption_config",
        clusterName=change.physical_id,
        encryptionConfig=[change.new["encryptionConfig"]],
    )


def _update_logs(region: Region, change: Change) -> None:
    new = texts(change.new, "enabledClusterLogTypes")
    off = [kind for kind in texts(change.old, "enabledClusterLogTypes") if kind not in new]
    settings: list[Value] = []
    for kinds, enabled in ((new, True), (off, False)):
        if kinds:
            settings.append({"types": [*kinds], "enabled": enabled})
    region.call(
        "eks",
        "update_cluster_config",
        name=change.physical_id,
        logging={"clusterLogging": settings},
    )


def _update_cluster_version(region: Region, change: Change) -> None:
    region.call(
        "eks", "update_cluster_version", name=change.physical_id, version=change.new["version"]
    )


def _delete_cluster(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call("eks", "delete_cluster", name=physical_id)


def retag_eks(region: Region, arn: str, changed: dict[str, str], gone: list[str]) -> None:
    """Tags of anything in EKS (`TagResource`, `UntagResource`)."""
    if gone:
        keys: list[Value] = [*gone]
        region.call("eks", "untag_resource", resourceArn=arn, tagKeys=keys)
    if changed:
        region.call("eks", "tag_resource", resourceArn=arn, tags=dict(changed))


def _group_address(physical_id: str) -> Properties:
    cluster, _colon, name = physical_id.partition(":")
    return {"clusterName": cluster, "nodegroupName": name}


def _read_group(region: Region, physical_id: str) -> Properties:
    reply = region.call("eks", "describe_nodegroup", **_group_address(physical_id))
    return block(reply, "nodegroup")


def _group_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    names: list[Value] = [
        {"name": text(item, "name")} for item in blocks(api, "resources.autoScalingGroups")
    ]
    return {"resources": [{"autoscalingGroups": names}]}


def _update_group(region: Region, change: Change) -> None:
    sent: Properties = {}
    labels, before = tag_map(change.new.get("labels")), tag_map(change.old.get("labels"))
    if labels != before:
        removed: list[Value] = [key for key in before if key not in labels]
        sent["labels"] = {"addOrUpdateLabels": dict(labels), "removeLabels": removed}
    taints, old_taints = blocks(change.new, "taints"), blocks(change.old, "taints")
    if taints != old_taints:
        lost: list[Value] = [item for item in old_taints if _place(item) not in _places(taints)]
        sent["taints"] = {"addOrUpdateTaints": [*taints], "removeTaints": lost}
    for part in ("scalingConfig", "updateConfig", "nodeRepairConfig"):
        if part in change.new and change.new[part] != change.old.get(part):
            sent[part] = change.new[part]
    region.call("eks", "update_nodegroup_config", **_group_address(change.physical_id), **sent)


def _place(taint: Properties) -> tuple[Value, Value]:
    return taint.get("key"), taint.get("effect")


def _places(taints: list[Properties]) -> list[tuple[Value, Value]]:
    return [_place(item) for item in taints]


def _update_group_version(region: Region, change: Change) -> None:
    sent = {
        part: change.new[part]
        for part in ("version", "releaseVersion", "launchTemplate")
        if part in change.new and change.new[part] != change.old.get(part)
    }
    region.call("eks", "update_nodegroup_version", **_group_address(change.physical_id), **sent)


def _delete_group(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call("eks", "delete_nodegroup", **_group_address(physical_id))


def _await_group(region: Region, physical_id: str, wait: Wait) -> None:
    """Wait until as many nodes as desired are Ready, and none too many is left."""
    began = time.monotonic()
    while True:
        group = _read_group(region, physical_id)
        status = text(group, "status")
        if status == "ACTIVE":
            return
        if status in ("CREATE_FAILED", "DEGRADED"):
            raise FailedStateError(_failure(physical_id, status, group))
        _pause(f"node group {physical_id} is {status}", began, wait)


def _failure(physical_id: str, status: str, group: Properties) -> str:
    """Return the real provider's words (pulumi-aws 7, wait for a node group)."""
    issues = [
        f"{', '.join(texts(item, 'resourceIds'))}: {text(item, 'code')}: {text(item, 'message')}"
        for item in blocks(group, "health.issues")
    ]
    what = "create" if status == "CREATE_FAILED" else "update"
    return (
        f"waiting for EKS Node Group ({physical_id}) {what}: unexpected state '{status}', "
        f"wanted target 'ACTIVE'. last error: {'; '.join(issues)}"
    )


def _await_group_gone(region: Region, physical_id: str, wait: Wait) -> None:
    began = time.monotonic()
    while True:
        try:
            _read_group(region, physical_id)
        except AwsError as error:
            if error.not_found:
                return
            raise
        _pause(f"node group {physical_id} is DELETING", began, wait)


def _pause(state: str, began: float, wait: Wait) -> None:
    waited = time.monotonic() - began
    if waited > wait.timeout_seconds:
        message = (
            f"{state} after {waited:.0f} s: its nodes are not as many and as Ready as it wants; "
            "look at the nodes of the API server and at the log of the simulated AWS"
        )
        raise InterruptedWaitError(message)
    if wait.cancelled(POLL_SECONDS):
        message = f"{state}: interrupted after {waited:.0f} s"
        raise InterruptedWaitError(message)


def _retag_cluster(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    retag_eks(region, text(_read_cluster(region, physical_id), "arn"), changed, gone)


def _retag_group(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    retag_eks(region, text(_read_group(region, physical_id), "nodegroupArn"), changed, gone)


ROWS = (
    ResourceType(
        pulumi_type="aws:eks/cluster:Cluster",
        service="eks",
        create="create_cluster",
        identity=lambda reply, _inputs: text(reply, "cluster.name"),
        read=_read_cluster,
        delete=_delete_cluster,
        arrange=_cluster_inputs,
        rename={"vpcConfig": "resourcesVpcConfig"},
        reading={"vpcConfig": "resourcesVpcConfig"},
        settings=frozenset({"forceUpdateVersion"}),
        kept=frozenset({"bootstrapSelfManagedAddons"}),  # DescribeCluster does not say
        autoname="name",
        name_limit=100,  # EKS API reference, CreateCluster
        tags="map",
        retag=_retag_cluster,
        updates=(
            updating("vpcConfig", source="UpdateClusterConfig", apply=_update_network),
            updating(
                "accessConfig", source="UpdateClusterConfig", apply=_update_part("accessConfig")
            ),
            updating(
                "upgradePolicy", source="UpdateClusterConfig", apply=_update_part("upgradePolicy")
            ),
            updating(
                "deletionProtection",
                source="UpdateClusterConfig",
                apply=_update_part("deletionProtection"),
            ),
            updating("enabledClusterLogTypes", source="UpdateClusterConfig", apply=_update_logs),
            updating("version", source="UpdateClusterVersion", apply=_update_cluster_version),
            updating("encryptionConfig", source="AssociateEncryptionConfig", apply=_encrypt),
        ),
        replaced_when={"encryptionConfig": lambda old, _new: old is not None},
        outputs=_cluster_outputs,
        computed_blocks=frozenset({"vpcConfig", "kubernetesNetworkConfig", "accessConfig"}),
    ),
    ResourceType(
        pulumi_type="aws:eks/nodeGroup:NodeGroup",
        service="eks",
        create="create_nodegroup",
        identity=lambda reply, inputs: (
            f"{inputs['clusterName']}:{text(reply, 'nodegroup.nodegroupName')}"
        ),
        read=_read_group,
        delete=_delete_group,
        rename={"nodeRoleArn": "nodeRole", "subnetIds": "subnets"},
        reading={"nodeRoleArn": "nodeRole", "subnetIds": "subnets", "arn": "nodegroupArn"},
        settings=frozenset({"forceUpdateVersion"}),
        autoname="nodeGroupName",
        name_limit=63,  # EKS API reference, CreateNodegroup
        tags="map",
        retag=_retag_group,
        updates=(
            updating(
                *("scalingConfig", "updateConfig", "nodeRepairConfig", "labels", "taints"),
                source="UpdateNodegroupConfig",
                apply=_update_group,
            ),
            updating(
                *("version", "releaseVersion", "launchTemplate"),
                source="UpdateNodegroupVersion",
                apply=_update_group_version,
            ),
        ),
        settle=_await_group,
        settle_delete=_await_group_gone,
        outputs=_group_outputs,
        computed_blocks=frozenset({"launchTemplate"}),
        volatile=frozenset({"status"}),
    ),
)
