"""What a rule is: a name, a level, a reason, and a pure check.

Owns the forms. The rules themselves are in `policies.rules`, one family a file; how the engine runs
them is in `policies.pack`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from policies.scene import Scene
from policies.values import UNKNOWN, Plain, at, each


class Level(StrEnum):
    """What a violation does."""

    MANDATORY = "mandatory"
    """Nothing is created."""
    ADVISORY = "advisory"
    """It is said, and the update goes on."""


class Family(StrEnum):
    """What a rule guards."""

    COST = "cost"
    SECURITY = "security"
    RELIABILITY = "reliability"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One resource as rules see it: what the program declares, before anything exists."""

    urn: str
    type: str
    """Type token, `aws:ec2/natGateway:NatGateway`."""
    name: str
    """Logical name."""
    properties: Mapping[str, Plain]
    """Inputs, camelCase."""
    protect: bool = False
    retain_on_delete: bool = False
    parent: str = ""
    """URN of the parent component; empty for children of the stack."""
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input to the URNs of the resources that its value comes from."""

    def at(self, path: str) -> Plain:
        """Return the input at a path; `MISSING` or `UNKNOWN` where there is no value."""
        return at(dict(self.properties), path)

    def each(self, path: str) -> Iterator[tuple[str, Plain]]:
        """Yield every item of the lists on a path, with its own path."""
        yield from each(dict(self.properties), path)


@dataclass(frozen=True)
class Violation:
    """What is wrong, and what to do next: one or two sentences for a person on call."""

    message: str
    urn: str = ""
    """The resource; empty in a rule about one resource, whose own it is."""


@dataclass(frozen=True)
class Unjudged:
    """What nobody can judge before the engine has run: a property whose value is not known."""

    what: str
    urn: str = ""


Finding: TypeAlias = Violation | Unjudged


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has."""

    name: str
    """Hyphenated, `nodes-require-imdsv2`."""
    family: Family
    level: Level
    why: str
    """Why it is a rule, with the source of what is not obvious."""


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule about one resource."""

    types: tuple[str, ...]
    """Type tokens that it is about."""
    check: Callable[[Subject, Scene], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """A rule about all resources together."""

    check: Callable[[Sequence[Subject], Scene], Iterator[Finding]]
    types: tuple[str, ...] = field(default=())
    """Types that it looks at, for the table of rules; empty: all."""


AnyRule: TypeAlias = ResourceRule | StackRule


def known(finding_of: str, value: Plain) -> Iterator[Unjudged]:
    """Yield that a property cannot be judged, when it is unknown."""
    if value is UNKNOWN:
        yield Unjudged(finding_of)
