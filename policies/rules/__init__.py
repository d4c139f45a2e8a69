"""All rules of the pack, one family a file."""

from policies.rule import AnyRule
from policies.rules import (
    access,
    budget,
    caches,
    capacity_cost,
    cluster_cost,
    durable,
    encryption,
    exposure,
    images,
    listeners,
    nodes,
    pods,
    rollouts,
    routes,
    servers,
)

RULES: tuple[AnyRule, ...] = (
    *budget.RULES,
    *capacity_cost.RULES,
    *cluster_cost.RULES,
    *access.RULES,
    *caches.RULES,
    *durable.RULES,
    *encryption.RULES,
    *exposure.RULES,
    *images.RULES,
    *listeners.RULES,
    *nodes.RULES,
    *pods.RULES,
    *rollouts.RULES,
    *routes.RULES,
    *servers.RULES,
)
"""Every rule; the order is the one that a reader sees."""
