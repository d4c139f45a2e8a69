"""A quota of a cloud, what a stack needs of it, and an increase that must be asked for.

Owns the forms, for every cloud. Which quotas there are, and what counts against which, is in
`aws` and `gcp`.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.spec.cloud import CloudSpec


class UnknownBucketError(ValueError):
    """No source says against which quota a machine type counts."""


@dataclass(frozen=True)
class Quota(ABC):
    """One quota, as a facts file names it."""

    code: str
    """The cloud's code for it: `L-DB2E81BA`, `NVIDIA_L4_GPUS`."""
    name: str
    """The cloud's own name."""
    unit: str
    """What is counted."""

    @abstractmethod
    def request(self, cloud: CloudSpec, value: int) -> str:
        """Return the command that asks the cloud for so many."""

    @abstractmethod
    def console(self, cloud: CloudSpec) -> str:
        """Return the page of the cloud's console that has the quota, and asks for more of it."""

    @property
    @abstractmethod
    def lookup(self) -> str:
        """The command that says what the account has."""


@dataclass(frozen=True)
class Part:
    """What one setting of a stack needs of one quota."""

    quota: Quota
    at_minimum: int
    at_maximum: int
    because: str


@dataclass(frozen=True)
class QuotaNeed:
    """What a stack needs of one quota, in the quota's unit."""

    quota: Quota
    at_minimum: int
    """While every node group has its minimum: what the first `up` needs."""
    at_maximum: int
    """When every node group has grown to its maximum."""
    because: tuple[str, ...]
    """The settings that it follows from, each with its sum."""


@dataclass(frozen=True)
class Increase:
    """A quota that the account must have raised before the stack can have all it asks for."""

    quota: Quota
    have: int
    need: int
    """With every node group at its maximum."""
    need_at_once: int
    """With every node group at its minimum."""
    because: tuple[str, ...]

    @property
    def blocks_the_first_up(self) -> bool:
        """Whether the first `up` fails without it; otherwise only growth does."""
        return self.need_at_once > self.have

    def request(self, cloud: CloudSpec) -> str:
        """Return the command that asks the cloud for it."""
        return self.quota.request(cloud, self.need)


def summed(parts: Iterable[Part], quotas: Mapping[str, Quota]) -> list[QuotaNeed]:
    """Return what all parts need of each quota, in the order of the quotas."""
    by_code: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_code[part.quota.code].append(part)
    return [
        QuotaNeed(
            quota=quota,
            at_minimum=sum(part.at_minimum for part in by_code[code]),
            at_maximum=sum(part.at_maximum for part in by_code[code]),
            because=tuple(part.because for part in by_code[code]),
        )
        for code, quota in quotas.items()
        if any(part.at_maximum for part in by_code[code])
    ]
