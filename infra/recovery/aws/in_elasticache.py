"""How the parts of the managed cache and its alarms are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from infra.aws_api import AwsApi, listed
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import BY_NAME, Candidate, Condition, Finder, called
from infra.replies import dig, optional_text, text
from infra.wire import Properties


@dataclass(frozen=True)
class _Kind:
    """One kind of thing of ElastiCache."""

    name: str
    """Input with its id."""
    operation: str
    at: str
    key: str


KINDS: Mapping[str, _Kind] = {
    "subnetGroup:SubnetGroup": _Kind(
        "name", "DescribeCacheSubnetGroups", "CacheSubnetGroups", "CacheSubnetGroupName"
    ),
    "parameterGroup:ParameterGroup": _Kind(
        "name", "DescribeCacheParameterGroups", "CacheParameterGroups", "CacheParameterGroupName"
    ),
    "user:User": _Kind("userId", "DescribeUsers", "Users", "UserId"),
    "userGroup:UserGroup": _Kind("userGroupId", "DescribeUserGroups", "UserGroups", "UserGroupId"),
    "replicationGroup:ReplicationGroup": _Kind(
        "replicationGroupId", "DescribeReplicationGroups", "ReplicationGroups", "ReplicationGroupId"
    ),
}
_CONDITIONS = {
    "creating": Condition.COMING,
    "modifying": Condition.COMING,
    "create-failed": Condition.FAILED,
}
"""State of a thing that is not ready (ElastiCache API reference, 2026)."""


def _things(kind: _Kind, api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a thing by its id, which ElastiCache keeps in lower case."""
    wanted = text(inputs, kind.name).lower()
    found = []
    for item in listed(api, "elasticache", kind.operation, kind.at):
        if called(name := item.get(kind.key), wanted):
            reply = api.call("elasticache", "ListTagsForResource", ResourceName=text(item, "ARN"))
            found.append(
                Candidate(
                    str(name),
                    condition=_CONDITIONS.get(optional_text(item, "Status"), Condition.READY),
                    ours=wears(dig(reply, "TagList"), inputs),
                    as_made={kind.name: name},
                )
            )
    return found


def _alarms(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    wanted = text(inputs, "name")
    prefix = wanted.partition("?")[0]
    found = []
    for item in listed(api, "cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNamePrefix=prefix):
        if called(name := item.get("AlarmName"), wanted):
            arn = text(item, "AlarmArn")
            tags = dig(api.call("cloudwatch", "ListTagsForResource", ResourceARN=arn), "Tags")
            named: Properties = {"name": name}
            found.append(Candidate(str(name), ours=wears(tags, inputs), as_made=named))
    return found


FINDERS: Mapping[str, Finder[AwsApi]] = {
    **{
        f"aws:elasticache/{name}": Finder(BY_NAME, partial(_things, kind))
        for name, kind in KINDS.items()
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": Finder(BY_NAME, _alarms),
}
