"""What every rule is tried with: compliant, violating, missing, unknown, and of another type."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

UNKNOWN = UNKNOWN_STRING_VALUE
"""What the engine sends for a value that it does not know yet."""

Json: TypeAlias = "bool | float | str | list[Json] | Mapping[str, Json] | None"


class Verdict(Enum):
    """What a rule says."""

    FINE = "nothing"
    VIOLATION = "a violation"
    UNJUDGED = "that it cannot judge yet"


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One resource of a case."""

    type: str
    properties: Mapping[str, Json]
    name: str = "thing"
    protect: bool = False
    parent: str = ""
    """Name of the component that it is in."""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The five cases of one rule. Each is a whole stack, for most rules of one resource."""

    rule: str
    compliant: tuple[Thing, ...]
    violating: tuple[Thing, ...]
    missing: tuple[Thing, ...]
    """The property that decides is not there."""
    missing_is: Verdict
    unknown: tuple[Thing, ...]
    """The property that decides is not known before the update."""
    unknown_is: Verdict = Verdict.UNJUDGED
    odd: tuple[Thing, ...]
    """The property that decides has a type that it should not have."""
    odd_is: Verdict = Verdict.VIOLATION
    stack: str = "aws-prod"
    """The stack that the resources are in: decides thresholds."""
    allows_unresolved: bool = False
    """Whether it is a rehearsal."""


def one(type_token: str, **properties: Json) -> tuple[Thing, ...]:
    """Return a stack of one resource."""
    return (Thing(type=type_token, properties=properties),)
