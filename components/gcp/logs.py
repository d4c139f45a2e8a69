"""Where the platform's logs are kept: a log bucket of its own.

Owns the bucket with its end and its key, the sink that fills it with the logs of the cluster and of
the network, and the exclusion that keeps them out of the project's own bucket, which would bill
them a second time and keep them for 30 days whatever the stack says.
Does not own what is logged: the cluster and the subnetwork say that.
Why one component where AWS has two log groups: on Google Cloud everything is logged to the project,
and a sink sorts it.
"""

import pulumi

from components.gcp.account import ProjectRef
from components.gcp.flow_logs import flow_log_filter
from components.gcp.handles import KeysRef
from components.gcp.log_bucket import Kept, keep
from components.gcp.pod_logs import pod_log_filter
from components.handles import PlatformRef


class Logs(pulumi.ComponentResource):
    """One log bucket, encrypted and with an end, and what fills it."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        retention_days: int,
        subnetwork: pulumi.Output[str] | None,
        platform: PlatformRef,
        project: ProjectRef,
        keys: KeysRef,
        pod_log: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket.

        Args:
            name: name of the component.
            retention_days: how long entries are kept.
            subnetwork: ours, if its flow logs belong into it.
            platform: whose logs they are.
            project: where they are written.
            keys: keys of the platform.
            pod_log: log of what pods print, which has a bucket of its own (`pod_logs`); None: no
                such log.
            opts: options of the component.
        """
        super().__init__("tokenworks:gcp:Logs", name, None, opts)
        ours = log_filter(platform, subnetwork)
        if pod_log is not None:
            theirs = pod_log_filter(project.id, pod_log)
            ours = pulumi.Output.concat("(", ours, ") AND NOT ", theirs)
        kept = Kept(
            name=platform.cluster_name,
            filter=ours,
            retention_days=retention_days,
            description=f"Control plane and network of {platform.cluster_name}",
            elsewhere=f"Kept in the log bucket of {platform.cluster_name}",
        )
        bucket, _sink = keep(name, kept, project, keys, parent=self)
        self.register_outputs({"bucket": bucket.bucket_id})


def log_filter(platform: PlatformRef, subnetwork: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return the filter that matches the logs of the cluster, and of its own subnetwork.

    Audit logs of the cluster's own API carry the cluster's name too, and stay where Google keeps
    them: no sink takes them away from the project's `_Required` bucket.
    """
    cluster = f'resource.labels.cluster_name="{platform.cluster_name}"'
    if subnetwork is None:
        return pulumi.Output.from_input(cluster)
    return subnetwork.apply(lambda name: f"{cluster} OR {flow_log_filter(name)}")
