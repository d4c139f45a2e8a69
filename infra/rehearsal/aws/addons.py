"""What the simulated EKS remembers of add-ons and of Pod Identity associations.

Owns: the records, and how EKS describes them. Does not own the operations (`eks_addons.py`,
`eks_identities.py`). Whether an add-on is healthy is remembered nowhere: its pods say it.
"""

from dataclasses import dataclass

from infra.wire import Properties, Value

Issue = Properties
"""One entry of `health.issues`: `code`, `message`, `resourceIds`."""


@dataclass(kw_only=True)
class Addon:
    """One add-on of a cluster."""

    name: str
    arn: str
    version: str
    settings: str
    """`configurationValues` as they were given."""
    objects: list[Properties]
    """What it put into the cluster."""
    tags: Properties
    created: str
    modified: str
    failed: str = ""
    """`CREATE_FAILED` or `UPDATE_FAILED`; then `issue` says why."""
    issue: Issue | None = None

    def describe(
        self, cluster: str, status: str, issues: list[Value], associations: list[str]
    ) -> Properties:
        """Return the add-on as DescribeAddon does."""
        owned: list[Value] = [*associations]
        return {
            "addonName": self.name,
            "clusterName": cluster,
            "status": status,
            "addonVersion": self.version,
            "health": {"issues": issues},
            "addonArn": self.arn,
            "createdAt": self.created,
            "modifiedAt": self.modified,
            "tags": dict(self.tags),
            **({"configurationValues": self.settings} if self.settings else {}),
            **({"podIdentityAssociations": owned} if owned else {}),
        }


@dataclass(kw_only=True)
class Association:
    """One Pod Identity association of a cluster: a service account and its role."""

    identifier: str
    arn: str
    namespace: str
    account: str
    role: str
    owner: str
    """ARN of the add-on that it belongs to, or nothing."""
    session_tags_off: bool
    tags: Properties
    created: str
    modified: str

    def summary(self, cluster: str) -> Properties:
        """Return the association as ListPodIdentityAssociations does."""
        return {
            "clusterName": cluster,
            "namespace": self.namespace,
            "serviceAccount": self.account,
            "associationArn": self.arn,
            "associationId": self.identifier,
            **({"ownerArn": self.owner} if self.owner else {}),
        }

    def describe(self, cluster: str) -> Properties:
        """Return the association as DescribePodIdentityAssociation does."""
        return {
            **self.summary(cluster),
            "roleArn": self.role,
            "disableSessionTags": self.session_tags_off,
            "tags": dict(self.tags),
            "createdAt": self.created,
            "modifiedAt": self.modified,
        }
