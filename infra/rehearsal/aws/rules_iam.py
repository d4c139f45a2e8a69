"""What IAM refuses and moto 5.2.5 accepts, with IAM's own codes."""

import json
from collections.abc import Callable

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, optional_text, text
from infra.wire import UNKNOWN, Properties, Value


def is_json(name: str) -> Callable[[Properties], list[str]]:
    """The real provider refuses a policy document that is no JSON object before it calls AWS."""

    def check(inputs: Properties) -> list[str]:
        value = inputs.get(name)
        if value is None or value == UNKNOWN:
            return []
        try:
            found = json.loads(str(value))
        except ValueError as error:
            return [f"{name}: contains an invalid JSON policy: {error}"]
        return [] if isinstance(found, dict) else [f"{name}: must be a JSON object"]

    return check


def trust_policy(_region: Region, inputs: Properties) -> None:
    """A trust policy says who may take on the role, and names no resource."""
    document = json.loads(text(inputs, "assumeRolePolicy"))
    for statement in _statements(document):
        wrong = ""
        if statement.get("Effect") not in ("Allow", "Deny"):
            wrong = f"Invalid effect: {statement.get('Effect')}"
        elif "Principal" not in statement and "NotPrincipal" not in statement:
            wrong = "Missing required field Principal"
        elif "Resource" in statement or "NotResource" in statement:
            wrong = "Has prohibited field Resource"
        elif not all(action.startswith("sts:") for action in _actions(statement)):
            wrong = "AssumeRole policy may only specify STS AssumeRole actions."
        if wrong:
            raise AwsError(wrong, "CreateRole", "MalformedPolicyDocument")
    if not _statements(document):
        message = "Syntax errors in policy: no Statement"
        raise AwsError(message, "CreateRole", "MalformedPolicyDocument")


def policy_is_unattached(region: Region, physical_id: str) -> None:
    """A policy that something uses cannot be deleted."""
    attached = region.call("iam", "list_entities_for_policy", PolicyArn=physical_id)
    if any(blocks(attached, kind) for kind in ("PolicyRoles", "PolicyUsers", "PolicyGroups")):
        message = "Cannot delete a policy attached to entities."
        raise AwsError(message, "DeletePolicy", "DeleteConflict")


def inline_name_is_free(region: Region, inputs: Properties) -> None:
    """`PutRolePolicy` overwrites silently: two resources on one name would hide each other.

    The real provider overwrites too; the rehearsal says what production would not.
    """
    role, name = text(inputs, "role"), optional_text(inputs, "name")
    found = dig(region.call("iam", "list_role_policies", RoleName=role), "PolicyNames")
    if isinstance(found, list) and name in found:
        message = f"role {role} has an inline policy {name} already; it would be overwritten"
        raise AwsError(message, "PutRolePolicy", "EntityAlreadyExists")


def _statements(document: Value) -> list[Properties]:
    found = document.get("Statement") if isinstance(document, dict) else None
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _actions(statement: Properties) -> list[str]:
    found = statement.get("Action", [])
    return [str(item) for item in (found if isinstance(found, list) else [found])]
