"""What KMS refuses and moto 5.2.5 accepts, with KMS's own codes."""

from fnmatch import fnmatchcase

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_policies import (
    ANYBODY,
    document_of,
    principals,
    statements,
    unknown_principals,
    words,
)
from infra.rehearsal.aws.values import block, optional_text, text
from infra.wire import UNKNOWN, Properties

ALIAS_PREFIX = "alias/"
RESERVED_ALIASES = "alias/aws/"
WINDOW_DAYS = range(7, 31)  # KMS API reference, ScheduleKeyDeletion, PendingWindowInDays
ROTATION_DAYS = range(90, 2561)  # KMS API reference, EnableKeyRotation, RotationPeriodInDays
PENDING = "PendingDeletion"


def key_inputs(inputs: Properties) -> list[str]:
    """The real provider checks the window and the period before it calls KMS."""
    found = []
    for name, days in (
        ("deletionWindowInDays", WINDOW_DAYS),
        ("rotationPeriodInDays", ROTATION_DAYS),
    ):
        value = inputs.get(name, UNKNOWN)
        if value != UNKNOWN and value not in days:
            found.append(
                f"{name}: expected to be in the range ({days[0]} - {days[-1]}), got {value}"
            )
    if "rotationPeriodInDays" in inputs and not inputs.get("enableKeyRotation"):
        found.append("rotationPeriodInDays: needs enableKeyRotation")
    return found


def alias_inputs(inputs: Properties) -> list[str]:
    """An alias begins with `alias/`, and `alias/aws/` is AWS's own."""
    name = inputs.get("name", UNKNOWN)
    if name == UNKNOWN:
        return []
    if not str(name).startswith(ALIAS_PREFIX):
        return [f"name: must begin with {ALIAS_PREFIX!r}, got {name!r}"]
    if str(name).startswith(RESERVED_ALIASES):
        return [f"name: cannot begin with reserved AWS CMK prefix {RESERVED_ALIASES!r}"]
    return []


def key_policy(region: Region, inputs: Properties) -> None:
    """Principals exist, and whoever sets the policy can set it again."""
    if "policy" not in inputs:
        return
    document = document_of(text(inputs, "policy"))
    if unknown_principals(region, document):
        message = "Policy contains a statement with one or more invalid principals."
        raise AwsError(message, "CreateKey", "MalformedPolicyDocumentException")
    if not inputs.get("bypassPolicyLockoutSafetyCheck") and not _can_be_changed(region, document):
        message = "The new key policy will not allow you to update the key policy in the future."
        raise AwsError(message, "CreateKey", "MalformedPolicyDocumentException")


def alias_target(region: Region, inputs: Properties) -> None:
    """An alias points to a key that exists and stays."""
    described = region.call("kms", "describe_key", KeyId=text(inputs, "targetKeyId"))
    if text(described, "KeyMetadata.KeyState") == PENDING:
        message = f"{text(described, 'KeyMetadata.Arn')} is pending deletion."
        raise AwsError(message, "CreateAlias", "KMSInvalidStateException")


def unusable_key(region: Region, key: str) -> str:
    """Return why a service cannot encrypt with a key of this region, or nothing."""
    try:
        described = region.call("kms", "describe_key", KeyId=key)
    except AwsError as error:
        return str(error)
    found = block(described, "KeyMetadata")
    state, spec = text(found, "KeyState"), optional_text(found, "KeySpec")
    if state != "Enabled":
        return f"key {key} is {state}"
    return "" if spec == "SYMMETRIC_DEFAULT" else f"key {key} is not symmetric"


def _can_be_changed(region: Region, document: Properties) -> bool:
    account = region.account.account_id
    callers = {ANYBODY, account, f"arn:aws:iam::{account}:root", region.account.user_arn}
    return any(
        one.get("Effect") == "Allow"
        and any(name in callers for kind, name in principals(one) if kind == "AWS")
        and any(fnmatchcase("kms:putkeypolicy", item.lower()) for item in words(one, "Action"))
        for one in statements(document)
    )
