"""All rules of the pack, one family a file."""

from policies.rule import AnyRule
from policies.rules import (
    access,
    budget,
    capacity_cost,
    cluster_cost,
    encryption,
    exposure,
    images,
    nodes,
    pods,
    routes,
)

RULES: tuple[AnyRule, ...] = (
    *budget.RULES,
    *capacity_cost.RULES,
    *cluster_cost.RULES,
    *access.RULES,
    *encryption.RULES,
    *exposure.RULES,
    *nodes.RULES,
    *pods.RULES,
    *images.RULES,
    *routes.RULES,
)
"""Every rule; the order is the one that a reader sees."""
