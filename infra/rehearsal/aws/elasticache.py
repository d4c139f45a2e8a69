"""ElastiCache's API, which moto 5.2.5 has in part.

moto lacks parameter groups and user groups, never lets go of a deleted replication group, cannot
delete a subnet group, changes three settings of a group of which there are twenty, and draws
endpoints from a chance of its own. A half of one and a half of the other would not fit together, so
all of it is here: by the names and shapes of the API, with its refusals (`rules_elasticache`).
Not simulated: nodes' network interfaces, snapshots, failovers, and shards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.rehearsal.aws import rules_elasticache as rules
from infra.rehearsal.aws.account import Account, Gap, Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.elasticache_access import Access
from infra.rehearsal.aws.elasticache_kinds import (
    GROUP,
    KINDS,
    PARAMETERS,
    SUBNETS,
    Kind,
    Store,
)
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, optional_text, text, texts
from infra.wire import Properties, Value

ENDPOINT_CHARACTERS = 6
_CHANGED_AS_THEY_ARE = {
    "ReplicationGroupDescription": "Description",
    "CacheNodeType": "CacheNodeType",
    "SnapshotRetentionLimit": "SnapshotRetentionLimit",
    "SnapshotWindow": "SnapshotWindow",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "TransitEncryptionMode": "TransitEncryptionMode",
    "Engine": "Engine",
}
"""Parameter of ModifyReplicationGroup to member of a replication group."""
_OF_NODES = (
    *("EngineVersion", "CacheParameterGroupName", "SecurityGroupIds"),
    *("PreferredMaintenanceWindow", "CacheSubnetGroupName", "NotificationTopicArn"),
)
"""Parameters that only a group's nodes show again (`DescribeCacheClusters`)."""


def install(account: Account) -> None:
    """Serve ElastiCache of an account."""
    served = ElastiCache()
    operations: tuple[Gap, ...] = (
        served.create_cache_subnet_group,
        served.modify_cache_subnet_group,
        served.create_cache_parameter_group,
        served.modify_cache_parameter_group,
        served.describe_cache_parameters,
        served.create_user,
        served.modify_user,
        served.create_user_group,
        served.modify_user_group,
        served.create_replication_group,
        served.modify_replication_group,
        served.describe_cache_clusters,
        served.list_tags_for_resource,
        served.add_tags_to_resource,
        served.remove_tags_from_resource,
    )
    for operation in operations:
        account.gaps["elasticache", operation.__name__] = operation
    for kind in KINDS:
        account.gaps["elasticache", kind.describe] = _Describe(served.store, kind)
        account.gaps["elasticache", kind.delete] = _Delete(served.store, kind)


@dataclass(frozen=True)
class _Describe:
    """Returns the things of a kind, or the one that is named."""

    store: Store
    kind: Kind

    def __call__(self, region: Region, parameters: Properties) -> Properties:
        wanted = optional_text(parameters, self.kind.key)
        if wanted:
            found = [self.store.found(region, self.kind, wanted, self.kind.describe)]
        else:
            found = [thing for _name, thing in self.store.all_of(region, self.kind)]
        shown: list[Value] = [dict(thing) for thing in found]
        return {self.kind.listed: shown}


@dataclass(frozen=True)
class _Delete:
    """Forgets a thing that nothing stands on."""

    store: Store
    kind: Kind

    def __call__(self, region: Region, parameters: Properties) -> Properties:
        name = text(parameters, self.kind.key)
        thing = self.store.found(region, self.kind, name, self.kind.delete)
        rules.not_in_use(self.store, region, self.kind, name)
        self.store.drop(region, self.kind, name)
        return {self.kind.wrapped: thing} if self.kind.wrapped else {}


class ElastiCache(Access):
    """Operations of the API beside describing and deleting, which are alike for all kinds."""

    def create_cache_subnet_group(self, region: Region, parameters: Properties) -> Properties:
        """Make a group of subnets of one network."""
        name = text(parameters, "CacheSubnetGroupName").lower()
        group: Properties = {
            "CacheSubnetGroupName": name,
            "CacheSubnetGroupDescription": parameters.get("CacheSubnetGroupDescription"),
            **rules.subnets(region, texts(parameters, "SubnetIds"), "CreateCacheSubnetGroup"),
        }
        return self.made(region, SUBNETS, name, group, parameters)

    def modify_cache_subnet_group(self, region: Region, parameters: Properties) -> Properties:
        """Take other subnets, or another description."""
        operation = "ModifyCacheSubnetGroup"
        group = self.store.found(
            region, SUBNETS, text(parameters, "CacheSubnetGroupName"), operation
        )
        if "SubnetIds" in parameters:
            group.update(rules.subnets(region, texts(parameters, "SubnetIds"), operation))
        if "CacheSubnetGroupDescription" in parameters:
            group["CacheSubnetGroupDescription"] = parameters["CacheSubnetGroupDescription"]
        return {SUBNETS.wrapped: dict(group)}

    def create_cache_parameter_group(self, region: Region, parameters: Properties) -> Properties:
        """Make a group with the engine's own values."""
        name = text(parameters, "CacheParameterGroupName").lower()
        rules.parameter_family(parameters)
        group: Properties = {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": parameters.get("CacheParameterGroupFamily"),
            "Description": parameters.get("Description"),
            "IsGlobal": False,
        }
        self.store.parameters[region.name, name] = {}
        return self.made(region, PARAMETERS, name, group, parameters)

    def modify_cache_parameter_group(self, region: Region, parameters: Properties) -> Properties:
        """Set values."""
        name = text(parameters, "CacheParameterGroupName")
        self.store.found(region, PARAMETERS, name, "ModifyCacheParameterGroup")
        for one in blocks(parameters, "ParameterNameValues"):
            rules.parameter(text(one, "ParameterName"), text(one, "ParameterValue"))
            self.store.parameters[region.name, name][text(one, "ParameterName")] = text(
                one, "ParameterValue"
            )
        return {"CacheParameterGroupName": name}

    def describe_cache_parameters(self, region: Region, parameters: Properties) -> Properties:
        """Return the values that somebody set."""
        name = text(parameters, "CacheParameterGroupName")
        self.store.found(region, PARAMETERS, name, "DescribeCacheParameters")
        found: list[Value] = [
            {"ParameterName": key, "ParameterValue": value, "Source": "user"}
            for key, value in sorted(self.store.parameters[region.name, name].items())
        ]
        return {"Parameters": found}

    def create_replication_group(self, region: Region, parameters: Properties) -> Properties:
        """Make a primary and its replicas; in reality it takes some ten minutes."""
        rules.replication_group(self.store, region, parameters)
        name = text(parameters, "ReplicationGroupId").lower()
        count = int(str(parameters.get("NumCacheClusters") or 1))
        members: list[Value] = [f"{name}-{number:03}" for number in range(1, count + 1)]
        shown = {
            member: parameters[asked]
            for asked, member in _CHANGED_AS_THEY_ARE.items()
            if asked in parameters
        }
        group: Properties = {
            "ReplicationGroupId": name,
            **shown,
            "Status": "available",
            "MemberClusters": members,
            "NodeGroups": [_node_group(name, region, parameters)],
            "AutomaticFailover": _switch(parameters.get("AutomaticFailoverEnabled")),
            "MultiAZ": _switch(parameters.get("MultiAZEnabled")),
            "ClusterEnabled": False,
            "ClusterMode": "disabled",
            "AuthTokenEnabled": "AuthToken" in parameters,
            "TransitEncryptionEnabled": parameters.get("TransitEncryptionEnabled", False),
            "AtRestEncryptionEnabled": parameters.get("AtRestEncryptionEnabled", False),
            "KmsKeyId": parameters.get("KmsKeyId"),
            "UserGroupIds": parameters.get("UserGroupIds", []),
            "LogDeliveryConfigurations": parameters.get("LogDeliveryConfigurations", []),
            "DataTiering": "disabled",
            "NetworkType": "ipv4",
            "IpDiscovery": "ipv4",
        }
        self.store.nodes[region.name, name] = {
            member: parameters[member] for member in _OF_NODES if member in parameters
        }
        return self.made(region, GROUP, name, group, parameters)

    def modify_replication_group(self, region: Region, parameters: Properties) -> Properties:
        """Change settings in place, at once or in the next window: here at once."""
        name = text(parameters, "ReplicationGroupId")
        group = self.store.found(region, GROUP, name, "ModifyReplicationGroup")
        count = len(texts(group, "MemberClusters"))
        rules.replication_group(
            self.store, region, {"NumCacheClusters": count, **parameters}, new=False
        )
        for asked, member in _CHANGED_AS_THEY_ARE.items():
            group[member] = parameters.get(asked, group.get(member))
        for asked, member in (
            ("AutomaticFailoverEnabled", "AutomaticFailover"),
            ("MultiAZEnabled", "MultiAZ"),
        ):
            if asked in parameters:
                group[member] = _switch(parameters[asked])
        gone = texts(parameters, "UserGroupIdsToRemove")
        kept = [one for one in texts(group, "UserGroupIds") if one not in gone]
        users: list[Value] = [*kept, *texts(parameters, "UserGroupIdsToAdd")]
        group["UserGroupIds"] = users
        if "LogDeliveryConfigurations" in parameters:
            group["LogDeliveryConfigurations"] = parameters["LogDeliveryConfigurations"]
        nodes = self.store.nodes[region.name, name]
        nodes.update({one: parameters[one] for one in _OF_NODES if one in parameters})
        return {GROUP.wrapped: dict(group)}

    def describe_cache_clusters(self, region: Region, parameters: Properties) -> Properties:
        """Return nodes, with what only they show."""
        wanted = optional_text(parameters, "CacheClusterId")
        found: list[Value] = [
            node for node in self._nodes(region) if wanted in ("", node["CacheClusterId"])
        ]
        if wanted and not found:
            message = f"CacheCluster not found: {wanted}"
            raise AwsError(message, "DescribeCacheClusters", "CacheClusterNotFound")
        return {"CacheClusters": found}

    def _nodes(self, region: Region) -> Iterator[Properties]:
        for name, group in self.store.all_of(region, GROUP):
            nodes = self.store.nodes[region.name, name]
            groups: list[Value] = [
                {"SecurityGroupId": one, "Status": "active"}
                for one in texts(nodes, "SecurityGroupIds")
            ]
            for member in texts(group, "MemberClusters"):
                yield {
                    "CacheClusterId": member,
                    "ReplicationGroupId": name,
                    "CacheClusterStatus": "available",
                    "CacheNodeType": group.get("CacheNodeType"),
                    "Engine": group.get("Engine"),
                    "EngineVersion": nodes.get("EngineVersion"),
                    "PreferredMaintenanceWindow": nodes.get("PreferredMaintenanceWindow"),
                    "CacheSubnetGroupName": nodes.get("CacheSubnetGroupName"),
                    "CacheParameterGroup": {
                        "CacheParameterGroupName": nodes.get("CacheParameterGroupName")
                    },
                    "SecurityGroups": groups,
                }


def _node_group(name: str, region: Region, parameters: Properties) -> Properties:
    """Return the one shard, with the names by which clients reach it."""
    drawn = chance.new_hex(ENDPOINT_CHARACTERS)
    zone = f"{name}.{drawn}.{region.name}.cache.amazonaws.com"
    port = dig(parameters, "Port") or 6379
    return {
        "NodeGroupId": "0001",
        "Status": "available",
        "PrimaryEndpoint": {"Address": f"master.{zone}", "Port": port},
        "ReaderEndpoint": {"Address": f"replica.{zone}", "Port": port},
    }


def _switch(value: Value) -> str:
    return "enabled" if value is True else "disabled"
