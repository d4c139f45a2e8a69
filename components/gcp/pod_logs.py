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
from components.gcp.policies import WRITE_LOGS
from components.handles import PlatformRef, Workload
from components.names import LOG_BUCKET, fit


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
        self._name, self._project = name, project
        bucket = gcp.logging.ProjectBucketConfig(
            f"{name}-bucket",
            project=project.id,
            location=platform.region,
            # Google keeps a deleted bucket, and its name, for seven days.
            bucket_id=pulumi.Output.concat(
                fit(f"{platform.cluster_name}-pods-xxxxxxx", LOG_BUCKET).removesuffix("xxxxxxx"),
                keys.drawn,
            ),
            description=f"What pods of {platform.cluster_name} print",
            retention_days=retention_days,
            cmek_settings=gcp.logging.ProjectBucketConfigCmekSettingsArgs(
                kms_key_name=keys.logs.id
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(keys.logs.grants)),
        )
        sink = self._fill(bucket, pod_log_filter(project.id, log), platform)
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

    def _fill(
        self, bucket: gcp.logging.ProjectBucketConfig, ours: str, platform: PlatformRef
    ) -> pulumi.Resource:
        sink = gcp.logging.ProjectSink(
            f"{self._name}-sink",
            project=self._project.id,
            destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
            filter=ours,
            # A bucket of the same project needs no grant to the writer.
            unique_writer_identity=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        gcp.logging.ProjectExclusion(
            f"{self._name}-elsewhere",
            project=self._project.id,
            description=f"Kept in the log bucket of pods of {platform.cluster_name}",
            filter=ours,
            # Never without the sink: then these lines would be nowhere.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[sink]),
        )
        return sink


def pod_log_filter(project: str, log: str) -> str:
    """Return the filter that matches what Alloy writes, and nothing else."""
    return f'logName="projects/{project}/logs/{log}"'
