"""Rows of ElastiCache: subnet groups, parameter groups and replication groups.

What changes in place is what the Modify calls take (API reference, 2026); the number of nodes has
calls of its own, which are not simulated: it replaces here, where ElastiCache adds or takes nodes.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.elasticache_kinds import GROUP, PARAMETERS, SUBNETS
from infra.rehearsal.aws.table import ResourceType, deleted
from infra.rehearsal.aws.types_elasticache_users import SERVICE, read_of, retag_of
from infra.rehearsal.aws.values import block, blocks, dig, text, texts
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value


def _described(inputs: Properties) -> Properties:
    """Add what the provider says where the program says nothing (pulumi-aws 7.51.1)."""
    return {"description": "Managed by Pulumi", **inputs}


def _subnet_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    ids: list[Value] = [text(one, "SubnetIdentifier") for one in blocks(api, "Subnets")]
    return {"arn": text(api, "ARN"), "subnetIds": ids}


def _modify_subnets(region: Region, change: Change) -> None:
    region.call(
        SERVICE,
        "modify_cache_subnet_group",
        CacheSubnetGroupName=change.physical_id,
        CacheSubnetGroupDescription=change.new.get("description"),
        SubnetIds=change.new.get("subnetIds"),
    )


def _set_parameters(region: Region, physical_id: str, inputs: Properties) -> None:
    values: list[Value] = [
        {"ParameterName": text(one, "name"), "ParameterValue": text(one, "value")}
        for one in blocks(inputs, "parameters")
    ]
    if values:
        region.call(
            SERVICE,
            "modify_cache_parameter_group",
            CacheParameterGroupName=physical_id,
            ParameterNameValues=values,
        )


def _parameter_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    reply = region.call(
        SERVICE, "describe_cache_parameters", CacheParameterGroupName=physical_id, Source="user"
    )
    values: list[Value] = [
        {"name": text(one, "ParameterName"), "value": text(one, "ParameterValue")}
        for one in blocks(reply, "Parameters")
    ]
    return {"arn": text(api, "ARN"), "parameters": values}


def _change_parameters(region: Region, change: Change) -> None:
    _set_parameters(region, change.physical_id, change.new)


def _group_inputs(inputs: Properties) -> Properties:
    """Say where logs go as the API does."""
    if "logDeliveryConfigurations" not in inputs:
        return inputs
    return {**inputs, "logDeliveryConfigurations": _logs(inputs)}


def _logs(inputs: Properties) -> Value:
    if inputs.get("logDeliveryConfigurations") == UNKNOWN:
        return UNKNOWN
    found: list[Value] = [
        {
            "logType": one.get("logType"),
            "logFormat": one.get("logFormat"),
            "destinationType": one.get("destinationType"),
            "destinationDetails": {"cloudWatchLogsDetails": {"logGroup": one.get("destination")}},
        }
        for one in blocks(inputs, "logDeliveryConfigurations")
    ]
    return found


def _logs_go_to_cloudwatch(inputs: Properties) -> list[str]:
    kinds = [one.get("destinationType") for one in _known_logs(inputs)]
    return [
        f"logDeliveryConfigurations: {kind!r} is not simulated, only 'cloudwatch-logs'"
        for kind in kinds
        if kind not in ("cloudwatch-logs", UNKNOWN)
    ]


def _known_logs(inputs: Properties) -> list[Properties]:
    found = inputs.get("logDeliveryConfigurations")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _group_outputs(region: Region, _physical_id: str, api: Properties) -> Properties:
    members = texts(api, "MemberClusters")
    node = block(
        region.call(SERVICE, "describe_cache_clusters", CacheClusterId=members[0]),
        "CacheClusters.0",
    )
    groups: list[Value] = [text(one, "SecurityGroupId") for one in blocks(node, "SecurityGroups")]
    logs: list[Value] = [
        {
            "logType": dig(one, "LogType"),
            "logFormat": dig(one, "LogFormat"),
            "destinationType": dig(one, "DestinationType"),
            "destination": dig(one, "DestinationDetails.CloudWatchLogsDetails.LogGroup"),
        }
        for one in blocks(api, "LogDeliveryConfigurations")
    ]
    version = str(dig(node, "EngineVersion") or "")
    return {
        "arn": text(api, "ARN"),
        "automaticFailoverEnabled": dig(api, "AutomaticFailover") == "enabled",
        "multiAzEnabled": dig(api, "MultiAZ") == "enabled",
        "clusterEnabled": dig(api, "ClusterEnabled"),
        "dataTieringEnabled": False,
        "engineVersion": version,
        "engineVersionActual": f"{version}.1" if version else "",
        "logDeliveryConfigurations": logs,
        "maintenanceWindow": dig(node, "PreferredMaintenanceWindow"),
        "numCacheClusters": len(members),
        "numNodeGroups": 1,
        "replicasPerNodeGroup": len(members) - 1,
        "parameterGroupName": dig(node, "CacheParameterGroup.CacheParameterGroupName"),
        "port": dig(api, "NodeGroups.0.PrimaryEndpoint.Port"),
        "primaryEndpointAddress": dig(api, "NodeGroups.0.PrimaryEndpoint.Address"),
        "readerEndpointAddress": dig(api, "NodeGroups.0.ReaderEndpoint.Address"),
        "securityGroupIds": groups,
        "subnetGroupName": dig(node, "CacheSubnetGroupName"),
    }


MODIFIED = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "automaticFailoverEnabled": "AutomaticFailoverEnabled",
    "description": "ReplicationGroupDescription",
    "engineVersion": "EngineVersion",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "securityGroupIds": "SecurityGroupIds",
    "snapshotRetentionLimit": "SnapshotRetentionLimit",
    "snapshotWindow": "SnapshotWindow",
    "transitEncryptionMode": "TransitEncryptionMode",
}
"""Input to parameter of ModifyReplicationGroup."""


def _modify_group(region: Region, change: Change) -> None:
    sent: Properties = {
        member: change.new.get(name)
        for name, member in MODIFIED.items()
        if change.new.get(name) != change.old.get(name) and change.new.get(name) is not None
    }
    new, old = texts(change.new, "userGroupIds"), texts(change.old, "userGroupIds")
    come: list[Value] = [one for one in new if one not in old]
    go: list[Value] = [one for one in old if one not in new]
    sent |= {"UserGroupIdsToAdd": come} if come else {}
    sent |= {"UserGroupIdsToRemove": go} if go else {}
    if change.new.get("logDeliveryConfigurations") != change.old.get("logDeliveryConfigurations"):
        sent["LogDeliveryConfigurations"] = [
            {
                "LogType": one["logType"],
                "LogFormat": one["logFormat"],
                "DestinationType": one["destinationType"],
                "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": one["destination"]}},
            }
            for one in blocks(change.new, "logDeliveryConfigurations")
        ]
    region.call(
        SERVICE,
        "modify_replication_group",
        ReplicationGroupId=change.physical_id,
        ApplyImmediately=change.new.get("applyImmediately") is True,
        **sent,
    )


ROWS = (
    ResourceType(
        pulumi_type="aws:elasticache/subnetGroup:SubnetGroup",
        service=SERVICE,
        create="create_cache_subnet_group",
        identity=lambda reply, _inputs: text(reply, "CacheSubnetGroup.CacheSubnetGroupName"),
        read=read_of(SUBNETS),
        delete=deleted(SERVICE, SUBNETS.delete, SUBNETS.key),
        arrange=_described,
        rename={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
        reading={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
        autoname="name",
        tags="list",
        retag=retag_of(SUBNETS),
        updates=(
            updating(
                "description", "subnetIds", source="ModifyCacheSubnetGroup", apply=_modify_subnets
            ),
        ),
        outputs=_subnet_outputs,
    ),
    ResourceType(
        pulumi_type="aws:elasticache/parameterGroup:ParameterGroup",
        service=SERVICE,
        create="create_cache_parameter_group",
        identity=lambda reply, _inputs: text(reply, "CacheParameterGroup.CacheParameterGroupName"),
        read=read_of(PARAMETERS),
        delete=deleted(SERVICE, PARAMETERS.delete, PARAMETERS.key),
        rename={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"},
        reading={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"},
        elsewhere=frozenset({"parameters"}),
        arrange=_described,
        autoname="name",
        tags="list",
        retag=retag_of(PARAMETERS),
        after_create=(_set_parameters,),
        updates=(
            updating("parameters", source="ModifyCacheParameterGroup", apply=_change_parameters),
        ),
        outputs=_parameter_outputs,
    ),
    ResourceType(
        pulumi_type="aws:elasticache/replicationGroup:ReplicationGroup",
        service=SERVICE,
        create="create_replication_group",
        identity=lambda reply, _inputs: text(reply, "ReplicationGroup.ReplicationGroupId"),
        read=read_of(GROUP),
        delete=deleted(SERVICE, GROUP.delete, GROUP.key),
        arrange=_group_inputs,
        rename={
            "description": "ReplicationGroupDescription",
            "nodeType": "CacheNodeType",
            "parameterGroupName": "CacheParameterGroupName",
            "subnetGroupName": "CacheSubnetGroupName",
            "maintenanceWindow": "PreferredMaintenanceWindow",
        },
        reading={"nodeType": "CacheNodeType"},
        settings=frozenset({"applyImmediately"}),
        autoname="replicationGroupId",
        name_form=str.lower,
        name_limit=40,  # API reference, CreateReplicationGroup
        tags="list",
        retag=retag_of(GROUP),
        checks=(_logs_go_to_cloudwatch,),
        updates=(
            updating(
                *MODIFIED,
                "userGroupIds",
                "logDeliveryConfigurations",
                source="ModifyReplicationGroup",
                apply=_modify_group,
            ),
        ),
        outputs=_group_outputs,
    ),
)
