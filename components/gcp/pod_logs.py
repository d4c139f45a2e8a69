"""Where Cloud Logging keeps what pods print.

Owns a log bucket with its end and its key, the sink that fills it, the exclusion that keeps the
same entries out of the project's own bucket, and the right to write entries.
Does not own who writes (the foundation names the account), nor what is written.
Why a bucket of its own: the one of the control plane (`logs`) keeps its entries for another time.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import KeysRef
from components.gcp.identity import RoleMaker
from components.gcp.log_bucket import Kept, keep
from components.gcp.policies import WRITE_LOGS
from components.handles import PlatformRef, Workload


class PodLogs(pulumi.ComponentResource):
    """A log bucket of what pods print, encrypted and with an end."""

    permissions: tuple[pulumi.Resource, ...]
    """What must exist before a pod writes, and outlive its last line."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        writer: Workload,
        *,
        log: str,
        retention_days: int,
        platform: PlatformRef,
        project: ProjectRef,
        keys: KeysRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket of the log `log`, and let `writer` write entries."""
        super().__init__("tokenworks:gcp:PodLogs", name, None, opts)
        kept = Kept(
            name=f"{platform.cluster_name}-pods",
            filter=pod_log_filter(project.id, log),
            retention_days=retention_days,
            description=f"What pods of {platform.cluster_name} print",
            elsewhere=f"Kept in the log bucket of pods of {platform.cluster_name}",
        )
        bucket, sink = keep(name, kept, project, keys, parent=self)
        # On the project, and for any log of it: IAM knows no resource that is a log to write to.
        right = gcp.projects.IAMMember(
            f"{name}-writes-logs",
            project=project.id,
            role=RoleMaker(self, name, project, keys.drawn).create(WRITE_LOGS),
            member=project.pods(writer),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.permissions = (sink, right)
        self.register_outputs({"bucket": bucket.bucket_id})


def pod_log_filter(project: str, log: str) -> str:
    """Return the filter that matches what Alloy writes, and nothing else."""
    return f'logName="projects/{project}/logs/{log}"'
