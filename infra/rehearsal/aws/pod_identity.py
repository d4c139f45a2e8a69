"""What the pods of a service account may do: the role that EKS gives them, and its documents.

Owns the way from a service account to its role, and the answer to a request of it under the role's
own documents. Does not own the logic of a decision (`infra.iam`). Not asked: documents of resources
(a key's own policy among them), boundaries, organizations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from infra.iam.documents import DocumentKind, Json, PolicyDocument, PolicyError, read
from infra.iam.evaluate import Request, evaluate
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.values import blocks, dig, text, texts
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties


@dataclass(frozen=True)
class PodRole:
    """A role as the pods of one service account have it."""

    arn: str
    context: Mapping[str, str]
    """Tags of its sessions, which EKS sets (EKS user guide, "Grant Pods access to AWS resources
    based on tags", as remembered)."""

    @property
    def session(self) -> str:
        """What AWS calls whoever asks."""
        return self.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/eks"


def role_of(state: EksState, region: Region, namespace: str, account: str) -> PodRole | None:
    """Return the role of a service account in the one cluster; None: no association, no role."""
    for (place, cluster), record in state.records.items():
        for found in record.associations.values():
            if place == region.name and (found.namespace, found.account) == (namespace, account):
                tags = {
                    "eks-cluster-name": cluster,
                    "kubernetes-namespace": namespace,
                    "kubernetes-service-account": account,
                }
                named = {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}
                return PodRole(found.role, {} if found.session_tags_off else named)
    return None


def is_allowed(
    region: Region,
    role: PodRole,
    action: str,
    resource: str,
    context: Mapping[str, str | tuple[str, ...]],
) -> bool:
    """Say whether the role's own documents allow a request.

    Raises:
        NotSimulatedError: a document says something that nobody here can judge.
    """
    request = Request(
        principal=role.arn,
        action=action,
        resource=resource,
        context={**role.context, **context},
    )
    try:
        return evaluate([*_documents(region, role.arn)], request).is_allowed
    except PolicyError as error:
        message = f"not simulated: {error}"
        raise NotSimulatedError(message) from error


def _documents(region: Region, arn: str) -> Iterator[PolicyDocument]:
    name = arn.rsplit("/", 1)[-1]
    for policy in texts(region.call("iam", "list_role_policies", RoleName=name), "PolicyNames"):
        found = region.call("iam", "get_role_policy", RoleName=name, PolicyName=policy)
        yield _read(f"{name}/{policy}", found, "PolicyDocument")
    attached = region.call("iam", "list_attached_role_policies", RoleName=name)
    for item in blocks(attached, "AttachedPolicies"):
        policy_arn = text(item, "PolicyArn")
        policy = region.call("iam", "get_policy", PolicyArn=policy_arn)
        version = text(policy, "Policy.DefaultVersionId")
        found = region.call("iam", "get_policy_version", PolicyArn=policy_arn, VersionId=version)
        yield _read(policy_arn, found, "PolicyVersion.Document")


def _read(name: str, reply: Properties, path: str) -> PolicyDocument:
    found = dig(reply, path)
    document: str | Mapping[str, Json] = found if isinstance(found, dict) else unquote(str(found))
    return read(document, name=name, kind=DocumentKind.IDENTITY)
