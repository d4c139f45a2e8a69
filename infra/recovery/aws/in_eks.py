"""How clusters, node groups and what a cluster holds are found: EKS names them within a cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from infra.aws_api import AwsApi, listed, pages
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import BY_CONTENT, BY_NAME, Candidate, Condition, Finder, called
from infra.replies import block, dig, optional_text, text, texts
from infra.wire import Properties

CONDITIONS = {
    "CREATING": Condition.COMING,
    "PENDING": Condition.COMING,
    "FAILED": Condition.FAILED,
    "CREATE_FAILED": Condition.FAILED,
}
"""Statuses of clusters, node groups and add-ons (EKS API reference, 2026); others are ready: a
degraded group or add-on is made, and what ails it is for an update."""
LEAVING = ("DELETING",)


def _named(operation: str, at: str, key: str, own: str) -> Finder[AwsApi]:
    """Find by name within a cluster.

    Args:
        operation: the describe call.
        at: where the reply has the thing.
        key: parameter that takes the name.
        own: input that has the name.
    """

    def search(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
        cluster, name = text(inputs, "clusterName"), text(inputs, own)
        asked = {"clusterName": cluster, key: name}
        return _made(f"{cluster}:{name}", block(api.call("eks", operation, **asked), at), inputs)

    return Finder(BY_NAME, search)


def _made(physical_id: str, found: Properties, inputs: Properties) -> Sequence[Candidate]:
    status = optional_text(found, "status")  # an access entry has none
    if status in LEAVING:
        return []
    condition = CONDITIONS.get(status, Condition.READY)
    return [Candidate(physical_id, condition, wears(found.get("tags"), inputs))]


def _clusters(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    name = text(inputs, "name")
    found = block(api.call("eks", "DescribeCluster", name=name), "cluster")
    return _made(name, found, inputs)


def _grants(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    cluster, principal, policy = (
        text(inputs, name) for name in ("clusterName", "principalArn", "policyArn")
    )
    found = listed(
        api,
        "eks",
        "ListAssociatedAccessPolicies",
        "associatedAccessPolicies",
        clusterName=cluster,
        principalArn=principal,
    )
    return [
        Candidate(f"{cluster}#{principal}#{policy}")
        for item in found
        if item.get("policyArn") == policy
    ]


def _identities(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find the association of a service account: it has at most one."""
    cluster = text(inputs, "clusterName")
    found = listed(
        api,
        "eks",
        "ListPodIdentityAssociations",
        "associations",
        clusterName=cluster,
        namespace=text(inputs, "namespace"),
        serviceAccount=text(inputs, "serviceAccount"),
    )
    return [_identity(api, cluster, text(item, "associationId"), inputs) for item in found]


def _identity(api: AwsApi, cluster: str, association: str, inputs: Properties) -> Candidate:
    reply = api.call(
        "eks",
        "DescribePodIdentityAssociation",
        clusterName=cluster,
        associationId=association,
    )
    return Candidate(
        association,
        ours=wears(dig(reply, "association.tags"), inputs),
        facts={"associationId": association},
    )


def _node_groups(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find groups of a cluster; the provider draws the end of their names."""
    cluster, wanted = text(inputs, "clusterName"), text(inputs, "nodeGroupName")
    found: list[Candidate] = []
    for page in pages(api, "eks", "ListNodegroups", clusterName=cluster):
        for name in texts(page, "nodegroups"):
            if called(name, wanted):
                found += _node_group(api, cluster, name, inputs)
    return found


def _node_group(api: AwsApi, cluster: str, name: str, inputs: Properties) -> Sequence[Candidate]:
    reply = api.call("eks", "DescribeNodegroup", clusterName=cluster, nodegroupName=name)
    made = _made(f"{cluster}:{name}", block(reply, "nodegroup"), inputs)
    return [replace(one, as_made={"nodeGroupName": name}) for one in made]


FINDERS: Mapping[str, Finder[AwsApi]] = {
    "aws:eks/cluster:Cluster": Finder(BY_NAME, _clusters),
    "aws:eks/nodeGroup:NodeGroup": Finder(BY_NAME, _node_groups),
    "aws:eks/addon:Addon": _named("DescribeAddon", "addon", "addonName", "addonName"),
    "aws:eks/accessEntry:AccessEntry": _named(
        "DescribeAccessEntry", "accessEntry", "principalArn", "principalArn"
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Finder(BY_CONTENT, _grants),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Finder(BY_CONTENT, _identities),
}
