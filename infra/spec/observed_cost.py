"""Actual cost: whether the cluster measures what its nodes and pods cost.

Owns the words. What a month should cost is the estimate's, and `budget` says what it may.
"""

from infra.spec.section import Section, Switch


class ObservedCostSpec(Section):
    """OpenCost, which `tokenworks costs` asks."""

    enabled: Switch
    """Whether OpenCost runs in the cluster. On Google Cloud an update then fails while the secret
    `google-price-key` of the platform has no value."""
