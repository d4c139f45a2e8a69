"""A log bucket, what fills it, and what keeps the same entries out of the project's own bucket.

Owns the three of them, which only make sense together. Does not own which entries (`logs`,
`pod_logs`), nor who writes them.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import KeysRef
from components.names import LOG_BUCKET, fit


@dataclass(frozen=True, eq=False)
class Kept:
    """Which entries a bucket keeps, and how it is called."""

    name: str
    """Beginning of the bucket's id; what is drawn for the stack follows."""
    filter: pulumi.Input[str]
    """What matches its entries."""
    retention_days: int
    """How long they are kept."""
    description: str
    elsewhere: str
    """What the exclusion says of where they are."""


def keep(
    name: str, kept: Kept, project: ProjectRef, keys: KeysRef, *, parent: pulumi.Resource
) -> tuple[gcp.logging.ProjectBucketConfig, gcp.logging.ProjectSink]:
    """Create bucket, sink and exclusion; return the bucket, and the sink that fills it."""
    drawn = "x" * 7
    child = pulumi.ResourceOptions(parent=parent)
    bucket = gcp.logging.ProjectBucketConfig(
        f"{name}-bucket",
        project=project.id,
        location=project.region,
        # Google keeps a deleted bucket, and its name, for seven days.
        bucket_id=pulumi.Output.concat(
            fit(f"{kept.name}-{drawn}", LOG_BUCKET).removesuffix(drawn), keys.drawn
        ),
        description=kept.description,
        retention_days=kept.retention_days,
        cmek_settings=gcp.logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=keys.logs.id),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(keys.logs.grants)),
    )
    sink = gcp.logging.ProjectSink(
        f"{name}-sink",
        project=project.id,
        destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
        filter=kept.filter,
        # A bucket of the same project needs no grant to the writer.
        unique_writer_identity=True,
        opts=child,
    )
    gcp.logging.ProjectExclusion(
        f"{name}-elsewhere",
        project=project.id,
        description=kept.elsewhere,
        filter=kept.filter,
        # Never without the sink: then these entries would be nowhere.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[sink]),
    )
    return bucket, sink
