"""Access entries and access policies of a cluster, which moto 5.2.5 does not have.

Owns: who may reach a cluster, under EKS's operation names and reply shapes, and what that means
for the API server. Does not own: verifying tokens (`authenticator.py`).

One meaning is ours: on EKS an access policy is judged by EKS's own authorizer. The rehearsal's API
server has none, so `AmazonEKSClusterAdminPolicy` with cluster scope becomes the group
`system:masters`. Other policies and namespace scopes are refused as not simulated rather than
granted too much or too little.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, optional_text, tag_map, text, texts
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties, Value

CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
POLICY_PREFIX = "arn:aws:eks::aws:cluster-access-policy/"
ADMIN_GROUP = "system:masters"
KNOWN_POLICIES = (  # EKS user guide, "Review access policy permissions", 2026-11
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
)
TYPES = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX")
RESERVED_GROUPS = ("system:", "eks:", "aws:", "amazon:", "iam:")
"""Prefixes that group names must not have (EKS API reference, CreateAccessEntry)."""


@dataclass
class AccessEntry:
    """One principal of a cluster."""

    principal_arn: str
    arn: str
    kind: str
    username: str
    groups: list[str]
    tags: Properties
    created: str
    modified: str
    policies: dict[str, Properties] = field(default_factory=dict)

    def describe(self, cluster: str) -> Properties:
        """Return the entry as DescribeAccessEntry does."""
        groups: list[Value] = [*self.groups]
        return {
            "clusterName": cluster,
            "principalArn": self.principal_arn,
            "kubernetesGroups": groups,
            "accessEntryArn": self.arn,
            "createdAt": self.created,
            "modifiedAt": self.modified,
            "tags": dict(self.tags),
            "username": self.username,
            "type": self.kind,
        }

    @property
    def effective_groups(self) -> list[str]:
        """Groups that the API server sees."""
        return self.groups + ([ADMIN_GROUP] if CLUSTER_ADMIN in self.policies else [])


def new_entry(region: Region, cluster: str, parameters: Properties) -> AccessEntry:
    """Return an entry after EKS's checks on principal, type and groups."""
    principal = text(parameters, "principalArn")
    kind = optional_text(parameters, "type") or "STANDARD"
    groups = texts(parameters, "kubernetesGroups")
    if kind not in TYPES:
        msg = f"The type {kind} is not valid"
        raise invalid(msg, "CreateAccessEntry")
    if kind != "STANDARD" and groups:
        msg = f"Kubernetes groups are not allowed for type {kind}"
        raise invalid(msg, "CreateAccessEntry")
    _check_groups("CreateAccessEntry", groups)
    _check_principal(region, principal)
    now = timestamp()
    name = principal.rsplit("/", 1)[-1]
    family = "role" if ":role/" in principal else "user"
    owner = principal.split(":")[4]
    return AccessEntry(
        principal_arn=principal,
        arn=region.arn(
            "eks", f"access-entry/{cluster}/{family}/{owner}/{name}/{chance.new_uuid()}"
        ),
        kind=kind,
        username=optional_text(parameters, "username") or _default_username(principal, kind),
        groups=groups,
        tags=dict(tag_map(parameters.get("tags"))),
        created=now,
        modified=now,
    )


def change_entry(entry: AccessEntry, parameters: Properties) -> None:
    """Apply UpdateAccessEntry."""
    if "kubernetesGroups" in parameters:
        groups = texts(parameters, "kubernetesGroups")
        _check_groups("UpdateAccessEntry", groups)
        entry.groups = groups
    entry.username = optional_text(parameters, "username") or entry.username
    entry.modified = timestamp()


def associate(entry: AccessEntry, parameters: Properties) -> Properties:
    """Apply AssociateAccessPolicy and return the association."""
    policy = text(parameters, "policyArn")
    scope = block(parameters, "accessScope")
    if policy.removeprefix(POLICY_PREFIX) not in KNOWN_POLICIES:
        message = f"The policyArn parameter format is not valid: {policy}"
        raise invalid(message, "AssociateAccessPolicy")
    if scope.get("type") == "namespace" and not texts(scope, "namespaces"):
        message = "Namespaces must be given for the access scope type namespace"
        raise invalid(message, "AssociateAccessPolicy")
    if policy != CLUSTER_ADMIN or scope.get("type") != "cluster":
        message = (
            f"not simulated: {policy.rsplit('/', 1)[-1]} with scope {scope.get('type')!r}; the "
            "rehearsal grants AmazonEKSClusterAdminPolicy with scope 'cluster' only: use "
            "kubernetesGroups and a RoleBinding for less"
        )
        raise NotSimulatedError(message)
    before = entry.policies.get(policy)
    now = timestamp()
    entry.policies[policy] = {
        "policyArn": policy,
        "accessScope": {"type": scope["type"], "namespaces": [*texts(scope, "namespaces")]},
        "associatedAt": before["associatedAt"] if before else now,
        "modifiedAt": now,
    }
    return entry.policies[policy]


def invalid(message: str, operation: str) -> AwsError:
    """Return EKS's answer to a bad parameter."""
    return AwsError(message, operation, "InvalidParameterException")


def timestamp() -> str:
    """Return now, in the form of AWS's replies."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_groups(operation: str, groups: list[str]) -> None:
    for group in groups:
        if group.startswith(RESERVED_GROUPS):
            message = (
                f"The kubernetes group name {group} is invalid, it cannot start with "
                f"{', '.join(RESERVED_GROUPS)}"
            )
            raise invalid(message, operation)


def _check_principal(region: Region, principal: str) -> None:
    found = re.fullmatch(r"arn:aws[\w-]*:iam::(\d{12}):(role|user)/(.+)", principal)
    if found is None:
        msg = f"The principalArn {principal} is not valid"
        raise invalid(msg, "CreateAccessEntry")
    account_id, family, path = found.groups()
    if account_id != region.account.account_id:
        return  # another account: nothing in this simulation can say
    name = path.rsplit("/", 1)[-1]
    try:
        if family == "role":
            region.call("iam", "get_role", RoleName=name)
        else:
            region.call("iam", "get_user", UserName=name)
    except AwsError as error:
        message = "The specified principalArn is invalid: invalid principal."
        raise invalid(message, "CreateAccessEntry") from error


def _default_username(principal: str, kind: str) -> str:
    if kind in ("EC2_LINUX", "EC2_WINDOWS", "HYBRID_LINUX"):
        return "system:node:{{EC2PrivateDNSName}}"
    if ":role/" in principal:
        account_id, name = principal.split(":")[4], principal.rsplit("/", 1)[-1]
        return f"arn:aws:sts::{account_id}:assumed-role/{name}/{{{{SessionName}}}}"
    return principal
