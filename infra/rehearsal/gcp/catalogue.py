"""Every resource type that the rehearsal plays. What is not here is refused, never faked."""

from infra.rehearsal.cloud.table import by_token
from infra.rehearsal.gcp import (
    types_alarms,
    types_budgets,
    types_cache,
    types_clusters,
    types_dns,
    types_iam,
    types_logging,
    types_network,
    types_node_pools,
    types_router,
    types_stores,
)

TYPES = by_token(
    (
        *types_network.ROWS,
        *types_router.ROWS,
        *types_iam.ROWS,
        *types_stores.ROWS,
        *types_logging.ROWS,
        *types_cache.ROWS,
        *types_alarms.ROWS,
        *types_budgets.ROWS,
        *types_dns.ROWS,
        *types_clusters.ROWS,
        *types_node_pools.ROWS,
    )
)
