"""The Google Cloud provider that every resource of it in a stack is created with.

Owns project, region and default labels. Does not own credentials: Google's own chain finds them.
Why explicit: the default provider is disabled for the project, so that no resource lands in
whatever project and region a terminal happens to point at.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.tags import labels
from components.handles import PlatformRef


def gcp_provider(
    name: str,
    platform: PlatformRef,
    project_id: str | None,
    *,
    charged: bool = False,
    opts: pulumi.ResourceOptions | None = None,
) -> gcp.Provider:
    """Return the provider for the platform's project and region.

    Args:
        name: of the provider.
        platform: whose it is.
        project_id: id of the project.
        charged: whether calls count against the project's own quotas, whoever makes them; it takes
            `serviceusage.services.use` there.
        opts: of the provider.
    """
    return gcp.Provider(
        name,
        project=project_id,
        region=platform.region,
        default_labels=labels(platform),
        # `goog-pulumi-provisioned` says what `tokenworks-managed-by` says.
        add_pulumi_attribution_label=False,
        user_project_override=charged or None,
        billing_project=project_id if charged else None,
        opts=opts,
    )
