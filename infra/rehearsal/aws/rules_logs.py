"""What CloudWatch Logs and flow logs refuse and moto 5.2.5 accepts, with AWS's own codes."""

from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import PrincipalType, Request, evaluate
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_kms import unusable_key
from infra.rehearsal.aws.values import block, optional_text, text
from infra.wire import Properties

CONTEXT = "kms:EncryptionContext:aws:logs:arn"
NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
"""What CloudWatch Logs does with a key (user guide, "Encrypt log data", 2026)."""
FLOW_LOGS = "vpc-flow-logs.amazonaws.com"


def key_serves_group(region: Region, inputs: Properties) -> None:
    """The key is there, and its policy lets CloudWatch Logs use it for this group."""
    key = optional_text(inputs, "kmsKeyId")
    if not key:
        return
    arn = region.arn("logs", f"log-group:{text(inputs, 'name')}")
    if unusable_key(region, key) or not _may_use(region, key, arn):
        message = (
            "The specified KMS key does not exist or is not allowed to be used with LogGroup "
            f"'{arn}'"
        )
        raise AwsError(message, "CreateLogGroup", "InvalidParameterException")


def flow_log_role(region: Region, inputs: Properties) -> None:
    """The role is there and trusts the service (terraform-provider-aws quotes the words)."""
    arn = optional_text(inputs, "iamRoleArn")
    if arn and not _trusts_flow_logs(region, arn):
        message = "Unable to assume given IAM role"
        raise AwsError(message, "CreateFlowLogs", "InvalidParameter")


def _may_use(region: Region, key: str, group: str) -> bool:
    described = block(region.call("kms", "describe_key", KeyId=key), "KeyMetadata")
    key_id, arn = text(described, "KeyId"), text(described, "Arn")
    reply = region.call("kms", "get_key_policy", KeyId=key_id, PolicyName="default")
    policy = read(text(reply, "Policy"), name=f"policy of key {key_id}", kind=DocumentKind.KEY)
    service = f"logs.{region.name}.amazonaws.com"
    return all(
        evaluate(
            [policy],
            Request(
                principal=service,
                principal_type=PrincipalType.SERVICE,
                action=action,
                resource=arn,
                context={CONTEXT: group},
            ),
        ).is_allowed
        for action in NEEDED
    )


def _trusts_flow_logs(region: Region, arn: str) -> bool:
    name = arn.rpartition("/")[2]
    try:
        reply = region.call("iam", "get_role", RoleName=name)
    except AwsError as error:
        if error.not_found:
            return False
        raise
    trust = read(
        block(reply, "Role.AssumeRolePolicyDocument"),
        name=f"trust of {arn}",
        kind=DocumentKind.TRUST,
    )
    account = region.account.account_id
    request = Request(
        principal=FLOW_LOGS,
        principal_type=PrincipalType.SERVICE,
        action="sts:AssumeRole",
        resource=arn,
        # EC2 names the log that it acts for; its id is drawn later, and patterns allow for that.
        context={
            "aws:SourceAccount": account,
            "aws:SourceArn": region.arn("ec2", "vpc-flow-log/fl-00000000000000000"),
        },
    )
    return evaluate([trust], request).is_allowed
