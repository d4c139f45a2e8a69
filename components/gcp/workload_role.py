"""What the pods of one service account may do in the cloud.

Owns the grants to them, straight to the identity that Workload Identity gives pods.
Does not own the service account, nor a Google service account in between: none is needed, and there
is nothing to annotate on the Kubernetes side.
Why grants for each workload: pods get nothing from their node, and what one workload needs is never
what another may do.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.identity import RoleMaker
from components.gcp.policies import CustomRole
from components.handles import BucketRef, Workload


class WorkloadRole(pulumi.ComponentResource):
    """Pods of one service account that may use one bucket, and do nothing else."""

    permissions: tuple[pulumi.Resource, ...]
    """What must exist before a pod uses it, and outlive its last use."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        workload: Workload,
        role: CustomRole,
        *,
        bucket: BucketRef,
        project: ProjectRef,
        drawn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Give the pods a role on the bucket.

        The key needs no grant: Cloud Storage encrypts and decrypts for them.
        """
        super().__init__("tokenworks:gcp:WorkloadRole", name, None, opts)
        grant = gcp.storage.BucketIAMMember(
            f"{name}-{role.purpose.replace('_', 's-', 1)}",
            bucket=bucket.bucket,
            role=RoleMaker(self, name, project, drawn).create(role),
            member=project.pods(workload),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.permissions = (grant,)
        self.register_outputs({"member": project.pods(workload)})
