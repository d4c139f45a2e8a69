"""Where CloudWatch Logs keeps what pods print.

Owns the log group with its end and its key, its one stream, and the right to write to that stream.
Does not own who writes (the foundation gives the right to Alloy's account), nor what is written.
Why the stream is made here: the endpoint that Alloy writes to makes none ("OTLP Endpoints",
CloudWatch user guide, 2026), and whoever may make one could fill streams that nobody looks at.
"""

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.policies import Statement, document
from components.aws.tags import tags
from components.handles import PlatformRef


class PodLogs(pulumi.ComponentResource):
    """A log group of what pods print, encrypted and with an end."""

    writer: pulumi.Output[str]
    """Policy document of whoever writes."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        group: str,
        stream: str,
        retention_days: int,
        platform: PlatformRef,
        account: AccountRef,
        key_arn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the group `group` with the stream `stream`; the key's policy must name it."""
        super().__init__("tokenworks:aws:PodLogs", name, None, opts)
        group_name = f"{name}-group"
        made = aws.cloudwatch.LogGroup(
            group_name,
            name=group,
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            tags=tags(platform, group_name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        written = aws.cloudwatch.LogStream(
            f"{name}-stream",
            name=stream,
            log_group_name=made.name,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # The key needs no right of the writer's: CloudWatch Logs itself uses it.
        target = pulumi.Output.concat(account.log_group_arn(group), ":log-stream:", written.name)
        self.writer = document(
            Statement(sid="WriteLines", actions=("logs:PutLogEvents",), resources=(target,))
        )
        self.register_outputs({"logGroup": made.name})
