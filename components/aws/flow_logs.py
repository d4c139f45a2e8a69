"""Who talked to whom in the network: flow logs of its VPC.

Owns the flow log, its log group and the role that writes to it.
Does not own the network. Why accepted traffic too: the question after an incident is where data
went, and what was refused went nowhere.
"""

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.handles import NetworkRef
from components.aws.logs import flow_log_group
from components.aws.policies import Statement, document, service_trust
from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import IAM_ROLE, IAM_ROLE_POLICY, fit


class FlowLogs(pulumi.ComponentResource):
    """Flow logs of one network, encrypted and with an end."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        network: NetworkRef,
        retention_days: int,
        platform: PlatformRef,
        account: AccountRef,
        key_arn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create log group, role and flow log."""
        super().__init__("tokenworks:aws:FlowLogs", name, None, opts)
        self._name = name
        self._platform = platform
        group_name = f"{name}-group"
        group = aws.cloudwatch.LogGroup(
            group_name,
            name=flow_log_group(platform),
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            tags=tags(platform, group_name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        role, grants = self._create_writer(account)
        log_name = f"{name}-log"
        aws.ec2.FlowLog(
            log_name,
            vpc_id=network.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=tags(platform, log_name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grants]),
        )
        self.register_outputs({"logGroup": group.name})

    def _create_writer(self, account: AccountRef) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Create the role of the service, which may write to this group and make no other.

        AWS's example allows it to create groups too: then the last records, delivered after a
        destroy, would bring the group back. The source condition is AWS's own advice
        (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs", 2026).
        """
        name = fit(f"{self._name}-role", IAM_ROLE)
        opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            assume_role_policy=service_trust(
                "vpc-flow-logs.amazonaws.com",
                {
                    "StringEquals": {"aws:SourceAccount": account.number},
                    "ArnLike": {"aws:SourceArn": account.flow_logs_arn()},
                },
            ),
            tags=tags(self._platform, name),
            opts=opts,
        )
        streams = pulumi.Output.concat(account.log_group_arn(flow_log_group(self._platform)), ":*")
        grants = aws.iam.RolePolicy(
            fit(f"{self._name}-grants", IAM_ROLE_POLICY),
            role=role.name,
            policy=document(
                Statement(
                    sid="WriteFlowLogs",
                    actions=(
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ),
                    resources=(streams,),
                )
            ),
            opts=opts,
        )
        return role, grants
