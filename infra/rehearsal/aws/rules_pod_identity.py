"""What EKS refuses of Pod Identity associations, with EKS's own codes.

The role is looked at when the association is made (seen in hashicorp/terraform-provider-aws#34711
and #41483). Whether EKS looks at the conditions of its trust is in no source; here nobody does.
"""

import json
from urllib.parse import unquote

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_policies import document_of, principals, statements, words
from infra.rehearsal.aws.values import dig, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties

SERVICE = "pods.eks.amazonaws.com"
ACTIONS = ("sts:assumerole", "sts:tagsession")
"""What the service does with a role (EKS user guide, "EKS Pod Identity role trust", 2026)."""
NOT_PLAYED = ("targetRoleArn", "policy")


def role_can_be_associated(region: Region, arn: str, operation: str) -> None:
    """The role exists, and lets the service assume it and tag its sessions."""
    try:
        role = region.call("iam", "get_role", RoleName=arn.rsplit("/", 1)[-1])
    except AwsError as error:
        message = "Role provided in the request does not exist."
        raise AwsError(message, operation, "InvalidParameterException") from error
    if text(role, "Role.Arn") != arn:
        message = "Role provided in the request does not exist."
        raise AwsError(message, operation, "InvalidParameterException")
    if not _trusts_pods(_trust(role)):
        message = (
            f"Trust policy of the role provided is invalid: {arn} must allow {SERVICE} "
            "sts:AssumeRole and sts:TagSession"
        )
        raise AwsError(message, operation, "InvalidParameterException")


def played(parameters: Properties) -> None:
    """Refuse what no rehearsal has needed yet."""
    for name in NOT_PLAYED:
        if parameters.get(name):
            message = f"not simulated: {name} of a Pod Identity association"
            raise NotSimulatedError(message)


def _trust(role: Properties) -> Properties:
    found = dig(role, "Role.AssumeRolePolicyDocument")
    if isinstance(found, dict):
        return found
    try:
        return document_of(unquote(str(found)))
    except json.JSONDecodeError:
        return {}


def _trusts_pods(document: Properties) -> bool:
    allowed = {
        action.lower()
        for one in statements(document)
        if one.get("Effect") == "Allow" and ("Service", SERVICE) in principals(one)
        for action in words(one, "Action")
    }
    return allowed.issuperset(ACTIONS) or "sts:*" in allowed
