"""All rules of the pack, one family a file."""

from policies.rule import AnyRule
from policies.rules import access, encryption, exposure, nodes

RULES: tuple[AnyRule, ...] = (
    *nodes.RULES,
    *encryption.RULES,
    *exposure.RULES,
    *access.RULES,
)
"""Every rule; the order is the one that a reader sees."""
