"""Every resource type that the rehearsal plays. What is not here is refused, never faked."""

from infra.rehearsal.cloud.table import by_token
from infra.rehearsal.gcp import types_network, types_router

TYPES = by_token((*types_network.ROWS, *types_router.ROWS))
