"""The platform's own encryption key.

Owns one KMS key, its alias and its policy: the secrets of the cluster, the weights, the cache and
the logs are encrypted with it.
Does not own the disks of nodes (the account's EBS key), nor images (ECR's own encryption: they hold
no secret, and a repository cannot change its key without being replaced).
Why one key: whoever may read the platform's secrets may read its logs and weights too. A key for
each would cost a dollar a month and one more policy to get wrong.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.logs import cache_log_group, cluster_log_group, flow_log_group
from components.aws.policies import Principals, Statement, key_document
from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import KMS_ALIAS, fit

WAITING_DAYS = 30
WAITING_DAYS_UNPROTECTED = 7
"""Days between `destroy` and the end of the key: the longest and the shortest that KMS has. Until
then it can be restored, and with it what it encrypted."""

MANAGEMENT = tuple(
    f"kms:{action}"
    for action in (
        *("CancelKeyDeletion", "CreateAlias", "CreateGrant", "DeleteAlias", "DescribeKey"),
        *("DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "GetKeyPolicy"),
        *("GetKeyRotationStatus", "ListGrants", "ListKeyPolicies"),
        *("ListKeyRotations", "ListResourceTags", "PutKeyPolicy", "RetireGrant", "RevokeGrant"),
        *("RotateKeyOnDemand", "ScheduleKeyDeletion", "TagResource", "UntagResource"),
        *("UpdateAlias", "UpdateKeyDescription"),
    )
)
"""All that administers a key, and the grant that whoever creates an encrypted EKS cluster makes for
it (EKS user guide, "Encrypt Kubernetes secrets with KMS": `DescribeKey` and `CreateGrant`)."""
USE = tuple(
    f"kms:{action}"
    for action in (
        *("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"),
        *("GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"),
    )
)

THROUGH_IAM = {"Objects": "s3", "Caches": "elasticache", "Secrets": "secretsmanager"}
"""What is encrypted to the service that asks for it in somebody's name."""
OF_METRICS = {"Metrics": "aps"}
"""The same, of a store of samples (Amazon Managed Service for Prometheus user guide, "Encryption at
rest": whoever makes a workspace needs DescribeKey, CreateGrant, GenerateDataKey and Decrypt)."""


class Encryption(pulumi.ComponentResource):
    """A key for the cluster's secrets, the weights, the cache and the logs."""

    key_arn: pulumi.Output[str]
    """The key, once its policy is on it."""

    def __init__(  # noqa: PLR0913  what differs from stack to stack is named one by one
        self,
        name: str,
        *,
        platform: PlatformRef,
        account: AccountRef,
        protected: bool,
        more_logs: Sequence[str] = (),
        metrics: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the key; a protected one refuses `destroy`.

        `more_logs`: log groups beside those that every platform may have. `metrics`: whether the
        platform has a store of samples.
        """
        super().__init__("tokenworks:aws:Encryption", name, None, opts)
        key_name = f"{name}-key"
        key = aws.kms.Key(
            key_name,
            description=f"Secrets, weights, cache and logs of {platform.cluster_name}",
            enable_key_rotation=True,
            deletion_window_in_days=WAITING_DAYS if protected else WAITING_DAYS_UNPROTECTED,
            policy=key_policy(platform, account, more_logs, metrics=metrics),
            tags=tags(platform, key_name),
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=fit(f"alias/{platform.cluster_name}", KMS_ALIAS),
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.key_arn = key.arn
        self.register_outputs({"keyArn": key.arn})


def key_policy(
    platform: PlatformRef,
    account: AccountRef,
    more_logs: Sequence[str] = (),
    *,
    metrics: bool = False,
) -> pulumi.Output[str]:
    """Return who may do what with the key.

    The account's root stands for "whomever IAM allows", as KMS documents it; without it nobody
    could ever change the policy. AWS's own default lets it do `kms:*`; here the use of the key is
    open to requests of S3, ElastiCache and Secrets Manager only, and to CloudWatch Logs for this
    platform's log groups. EKS uses the grant that it is given with the cluster, ElastiCache that of
    a cache.
    """
    return key_document(
        Statement(
            sid="ManagedThroughIam",
            actions=MANAGEMENT,
            principals=Principals(arns=(account.root_arn,)),
        ),
        *(
            Statement(
                sid=f"UsedFor{what}ThroughIam",
                actions=USE,
                principals=Principals(arns=(account.root_arn,)),
                conditions={
                    "StringEquals": {"kms:ViaService": f"{service}.{account.region}.amazonaws.com"}
                },
            )
            for what, service in (THROUGH_IAM | (OF_METRICS if metrics else {})).items()
        ),
        Statement(
            sid="UsedForLogs",
            actions=USE,
            principals=Principals(services=(f"logs.{account.region}.amazonaws.com",)),
            # CloudWatch Logs user guide, "Encrypt log data … using AWS KMS" (2026).
            conditions={
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": [
                        account.log_group_arn(cluster_log_group(platform)),
                        account.log_group_arn(flow_log_group(platform)),
                        account.log_group_arn(cache_log_group(platform, "*", "*")),
                        *(account.log_group_arn(name) for name in more_logs),
                    ]
                }
            },
        ),
    )
