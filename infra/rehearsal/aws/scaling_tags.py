"""Tags of Auto Scaling groups. The groups are those that EKS made for node groups.

Owns the three operations on tags, which moto 5.2.5 answers only for Auto Scaling groups of its own
making. Does not own the groups: a group is there as long as its node group is.
"""

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, text, texts
from infra.wire import Properties, Value

KIND = "auto-scaling-group"


def install(account: Account, state: EksState) -> None:
    """Serve tags of Auto Scaling groups of an account."""
    tags = ScalingTags(state)
    for operation in (tags.create_or_update_tags, tags.describe_tags, tags.delete_tags):
        account.gaps["autoscaling", operation.__name__] = operation


class ScalingTags:
    """Operations on tags, by the names and shapes of the EC2 Auto Scaling API."""

    def __init__(self, state: EksState) -> None:
        """Start without tags."""
        self._state = state
        self._tags: dict[tuple[str, str], dict[str, Properties]] = {}
        """Region and group to key to tag."""

    def create_or_update_tags(self, region: Region, parameters: Properties) -> Properties:
        """Set tags; a tag that is there is overwritten, as the real API does."""
        wanted = blocks(parameters, "Tags")
        for tag in wanted:
            self._exists(region, text(tag, "ResourceId"), "CreateOrUpdateTags")
        for tag in wanted:
            mine = self._tags.setdefault((region.name, text(tag, "ResourceId")), {})
            mine[text(tag, "Key")] = dict(tag)
        return {}

    def describe_tags(self, region: Region, parameters: Properties) -> Properties:
        """Return the tags of groups that exist."""
        wanted = {
            text(item, "Name"): texts(item, "Values") for item in blocks(parameters, "Filters")
        }
        found: list[Value] = []
        for group in sorted(self._groups(region)):
            for key, tag in self._tags.get((region.name, group), {}).items():
                row = {"auto-scaling-group": group, "key": key}
                if all(row.get(name) in values for name, values in wanted.items()):
                    found.append(dict(tag))
        return {"Tags": found}

    def delete_tags(self, region: Region, parameters: Properties) -> Properties:
        """Remove tags; one that is not there is no error, as in the real API."""
        for tag in blocks(parameters, "Tags"):
            group = text(tag, "ResourceId")
            self._exists(region, group, "DeleteTags")
            self._tags.get((region.name, group), {}).pop(text(tag, "Key"), None)
        return {}

    def _exists(self, region: Region, group: str, operation: str) -> None:
        if group not in self._groups(region):
            message = f"AutoScalingGroup name not found - AutoScalingGroup '{group}' not found"
            raise AwsError(message, operation, "ValidationError")

    def _groups(self, region: Region) -> set[str]:
        """Return the Auto Scaling groups of all node groups of a region."""
        found: set[str] = set()
        for (place, cluster), record in self._state.records.items():
            if place != region.name:
                continue
            for name in record.node_groups:
                address: Properties = {"clusterName": cluster, "nodegroupName": name}
                reply = region.moto("eks", "describe_nodegroup", address)
                made = blocks(reply, "nodegroup.resources.autoScalingGroups")
                found |= {str(dig(item, "name")) for item in made}
        return found
