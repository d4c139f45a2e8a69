"""A store of samples that AWS runs: a workspace of Amazon Managed Service for Prometheus.

Owns the workspace, encrypted with the platform's key, and the right to write to it.
Does not own who writes (the foundation gives the right to Prometheus), nor what is written.
AWS keeps samples for 150 days, and deletes them with the workspace (user guide, "Amazon Managed
Service for Prometheus service quotas", as remembered).
"""

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, document
from components.aws.tags import tags
from components.handles import MetricsRef, PlatformRef


class MetricsStore(pulumi.ComponentResource):
    """A workspace for the samples of one platform."""

    ref: MetricsRef
    """Where it is."""
    writer: pulumi.Output[str]
    """Policy document of whoever writes."""

    def __init__(
        self,
        name: str,
        *,
        platform: PlatformRef,
        key_arn: pulumi.Output[str],
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it; a protected one refuses `destroy`. The key's policy must let `aps` use it."""
        super().__init__("tokenworks:aws:MetricsStore", name, None, opts)
        workspace_name = f"{name}-workspace"
        workspace = aws.amp.Workspace(
            workspace_name,
            alias=platform.cluster_name,
            kms_key_arn=key_arn,
            tags=tags(platform, workspace_name),
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )
        self.ref = MetricsRef(workspace.id, platform.region)
        self.writer = document(
            # The key needs no right of the writer's: the service works with a grant of its own.
            Statement(sid="WriteSamples", actions=("aps:RemoteWrite",), resources=(workspace.arn,))
        )
        self.register_outputs({"workspace": workspace.id})
