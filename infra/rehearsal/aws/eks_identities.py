"""Pod Identity associations, which moto 5.2.5 does not have.

Owns: operation names and reply shapes, and the associations that add-ons bring along. Does not own
what EKS refuses of a role (`rules_pod_identity.py`), nor giving credentials to pods: in a rehearsal
no pod asks for any.
"""

from infra.rehearsal.aws import rules_pod_identity as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.addons import Association
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.eks_access import timestamp
from infra.rehearsal.aws.eks_state import ClusterRecord, EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import optional_text, tag_map, text
from infra.wire import Properties, Value

ID_DIGITS = 17


class IdentityOperations:
    """Operations on associations, by the names and shapes of the EKS API."""

    def __init__(self, state: EksState) -> None:
        """Work on shared state."""
        self._state = state

    def create_pod_identity_association(self, region: Region, parameters: Properties) -> Properties:
        """Give the pods of a service account a role."""
        operation = "CreatePodIdentityAssociation"
        record = self._state.record(region, parameters, operation)
        rules.played(parameters)
        made = associate(region, record, parameters, operation)
        return {"association": made.describe(text(parameters, "clusterName"))}

    def describe_pod_identity_association(
        self, region: Region, parameters: Properties
    ) -> Properties:
        """Describe an association."""
        found = self._association(region, parameters, "DescribePodIdentityAssociation")
        return {"association": found.describe(text(parameters, "clusterName"))}

    def list_pod_identity_associations(self, region: Region, parameters: Properties) -> Properties:
        """List associations, of one namespace or service account where these are given."""
        record = self._state.record(region, parameters, "ListPodIdentityAssociations")
        cluster = text(parameters, "clusterName")
        found: list[Value] = [
            item.summary(cluster)
            for item in record.associations.values()
            if parameters.get("namespace") in (None, item.namespace)
            and parameters.get("serviceAccount") in (None, item.account)
        ]
        return {"associations": found}

    def update_pod_identity_association(self, region: Region, parameters: Properties) -> Properties:
        """Give the service account another role, or switch session tags."""
        operation = "UpdatePodIdentityAssociation"
        found = self._association(region, parameters, operation)
        rules.played(parameters)
        role = optional_text(parameters, "roleArn")
        if role:
            rules.role_can_be_associated(region, role, operation)
            found.role = role
        if "disableSessionTags" in parameters:
            found.session_tags_off = bool(parameters["disableSessionTags"])
        found.modified = timestamp()
        return {"association": found.describe(text(parameters, "clusterName"))}

    def delete_pod_identity_association(self, region: Region, parameters: Properties) -> Properties:
        """Take the role from the service account."""
        found = self._association(region, parameters, "DeletePodIdentityAssociation")
        cluster = text(parameters, "clusterName")
        del self._state.records[region.name, cluster].associations[found.identifier]
        return {"association": found.describe(cluster)}

    def _association(self, region: Region, parameters: Properties, operation: str) -> Association:
        record = self._state.record(region, parameters, operation)
        identifier = text(parameters, "associationId")
        if identifier not in record.associations:
            message = f"No pod identity association found for associationId: {identifier}"
            raise AwsError(message, operation, "ResourceNotFoundException")
        return record.associations[identifier]


def associate(
    region: Region, record: ClusterRecord, wanted: Properties, operation: str, owner: str = ""
) -> Association:
    """Make an association after EKS's checks."""
    may_associate(region, record, wanted, operation)
    identifier = f"a-{chance.new_hex(ID_DIGITS)}"
    now = timestamp()
    made = Association(
        identifier=identifier,
        arn=region.arn("eks", f"podidentityassociation/{text(wanted, 'clusterName')}/{identifier}"),
        namespace=text(wanted, "namespace"),
        account=text(wanted, "serviceAccount"),
        role=text(wanted, "roleArn"),
        owner=owner,
        session_tags_off=bool(wanted.get("disableSessionTags", False)),
        tags=dict(tag_map(wanted.get("tags"))),
        created=now,
        modified=now,
    )
    record.associations[identifier] = made
    return made


def may_associate(
    region: Region, record: ClusterRecord, wanted: Properties, operation: str
) -> None:
    """Refuse a role that pods cannot take on, and a second role of a service account."""
    rules.role_can_be_associated(region, text(wanted, "roleArn"), operation)
    place = text(wanted, "namespace"), text(wanted, "serviceAccount")
    for item in record.associations.values():
        if (item.namespace, item.account) == place:
            message = f"Association already exists: {item.identifier}"
            raise AwsError(message, operation, "ResourceInUseException")
