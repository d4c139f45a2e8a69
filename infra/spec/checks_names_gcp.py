"""Checks of names whose length Google Cloud bounds more tightly than AWS.

Sources: container API v1, revision 20261027, `Cluster.name`, 40 characters; node pools have as
many. A node pool's name ends with its way of buying and 8 characters that Pulumi draws, so that a
new one can stand beside the old.
"""

from collections.abc import Sequence

from infra.spec.draft import Draft
from infra.spec.pools import GpuPoolSpec
from infra.spec.report import Report
from infra.spec.stack import cluster_name

_MOST_OF_CLUSTER = 40
_MOST_OF_NODE_POOL = 40
_LONGEST_WAY = "-flex-start"
_DRAWN = len("-1234567")
MOST_OF_STACK = _MOST_OF_CLUSTER - len(cluster_name(""))
"""Characters of a stack's name at most, of those stacks that make a cluster."""
MOST_OF_POOL = _MOST_OF_NODE_POOL - len(_LONGEST_WAY) - _DRAWN
"""Characters of a pool's name at most."""


def check_gcp_names(platform: str, pools: Sequence[Draft[GpuPoolSpec]], report: Report) -> None:
    """Check the name of the stack that makes the cluster, and those of its pools."""
    if len(platform) > MOST_OF_STACK or platform.endswith("-"):
        report.add(
            ("stack",),
            "makes the name of a cluster that GKE refuses",
            platform,
            allowed=f"at most {MOST_OF_STACK} characters, the last one no hyphen",
            next_step="rename the stack file",
        )
    for pool in pools:
        if pool.good("name") and len(pool.spec.name) > MOST_OF_POOL:
            report.add(
                pool.at("name"),
                "is too long for a node pool of GKE",
                pool.spec.name,
                allowed=f"at most {MOST_OF_POOL} characters",
                next_step="choose a short name such as l4 or h100-8",
            )
