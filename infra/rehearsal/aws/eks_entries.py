"""Access entries and tags of EKS, which moto 5.2.5 lacks or knows for clusters only.

Owns: operation names and reply shapes. What an entry means is in `eks_access.py`.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.eks_access import AccessEntry, associate, change_entry, new_entry
from infra.rehearsal.aws.eks_state import EksState, entries_count
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import tag_map, text, texts
from infra.wire import Properties, Value


class AccessOperations:
    """Operations on access entries and tags, by the names and shapes of the EKS API."""

    def __init__(self, state: EksState) -> None:
        """Work on shared state."""
        self._state = state

    def create_access_entry(self, region: Region, parameters: Properties) -> Properties:
        """Let a principal in."""
        cluster = text(parameters, "clusterName")
        entries = self._entries(region, cluster, "CreateAccessEntry")
        principal = text(parameters, "principalArn")
        if principal in entries:
            message = "The specified access entry resource is already in use on this cluster."
            raise AwsError(message, "CreateAccessEntry", "ResourceInUseException")
        entries[principal] = new_entry(region, cluster, parameters)
        return {"accessEntry": entries[principal].describe(cluster)}

    def describe_access_entry(self, region: Region, parameters: Properties) -> Properties:
        """Describe an entry."""
        cluster = text(parameters, "clusterName")
        return {"accessEntry": self._entry(region, parameters).describe(cluster)}

    def list_access_entries(self, region: Region, parameters: Properties) -> Properties:
        """List principals."""
        entries = self._entries(region, text(parameters, "clusterName"), "ListAccessEntries")
        return {"accessEntries": [*entries]}

    def update_access_entry(self, region: Region, parameters: Properties) -> Properties:
        """Change groups or user name."""
        change_entry(self._entry(region, parameters), parameters)
        return self.describe_access_entry(region, parameters)

    def delete_access_entry(self, region: Region, parameters: Properties) -> Properties:
        """Shut a principal out."""
        entry = self._entry(region, parameters)
        del self._state.records[region.name, text(parameters, "clusterName")].entries[
            entry.principal_arn
        ]
        return {}

    def associate_access_policy(self, region: Region, parameters: Properties) -> Properties:
        """Grant a policy."""
        return {"associatedAccessPolicy": associate(self._entry(region, parameters), parameters)}

    def list_associated_access_policies(self, region: Region, parameters: Properties) -> Properties:
        """List granted policies."""
        policies: list[Value] = [*self._entry(region, parameters).policies.values()]
        return {"associatedAccessPolicies": policies}

    def disassociate_access_policy(self, region: Region, parameters: Properties) -> Properties:
        """Take a policy back."""
        self._entry(region, parameters).policies.pop(text(parameters, "policyArn"), None)
        return {}

    def tag_resource(self, region: Region, parameters: Properties) -> Properties:
        """Tag anything of EKS; moto knows clusters only."""
        tags = self._tags_of(region, text(parameters, "resourceArn"))
        tags |= tag_map(parameters.get("tags"))
        return {}

    def untag_resource(self, region: Region, parameters: Properties) -> Properties:
        """Remove tags."""
        tags = self._tags_of(region, text(parameters, "resourceArn"))
        for key in texts(parameters, "tagKeys"):
            tags.pop(key, None)
        return {}

    def _entries(self, region: Region, cluster: str, operation: str) -> dict[str, AccessEntry]:
        described = self._state.cluster(region, cluster, operation)
        if not entries_count(described):
            message = (
                "The cluster's authentication mode must be set to one of "
                "[API, API_AND_CONFIG_MAP] to perform this operation."
            )
            raise AwsError(message, operation, "InvalidRequestException")
        return self._state.records[region.name, cluster].entries

    def _entry(self, region: Region, parameters: Properties) -> AccessEntry:
        principal = text(parameters, "principalArn")
        entries = self._entries(region, text(parameters, "clusterName"), "DescribeAccessEntry")
        if principal not in entries:
            message = f"The specified principalArn could not be found: {principal}"
            raise AwsError(message, "DescribeAccessEntry", "ResourceNotFoundException")
        return entries[principal]

    def _tags_of(self, region: Region, arn: str) -> dict[str, Value]:
        for (home, cluster), record in self._state.records.items():
            if home != region.name:
                continue
            if arn == region.arn("eks", f"cluster/{cluster}"):
                return _own_tags(record.overlay)
            for item in (
                *record.entries.values(),
                *record.addons.values(),
                *record.associations.values(),
            ):
                if item.arn == arn:
                    return item.tags
            for name, overlay in record.node_groups.items():
                if arn.startswith(region.arn("eks", f"nodegroup/{cluster}/{name}/")):
                    return _own_tags(overlay)
        msg = f"Resource {arn} was not found"
        raise AwsError(msg, "TagResource", "NotFoundException")


def _own_tags(overlay: Properties) -> Properties:
    tags = overlay.get("tags")
    if isinstance(tags, dict):
        return tags
    overlay["tags"] = fresh = {}
    return fresh
