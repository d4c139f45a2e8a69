"""The cloud's DNS as external-dns' pod uses it: a port, and the words that it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from infra.rehearsal.controllers.own_pods import Caller

A, CNAME, TXT = "A", "CNAME", "TXT"
TTL_SECONDS = 300
"""Of every record, on both clouds (provider/aws/aws.go, provider/google/google.go)."""


class HostsError(ValueError):
    """The cloud refuses, in external-dns' own words; it tries again at its next look."""


@dataclass(frozen=True)
class Record:
    """A record set as external-dns sees it on every cloud."""

    name: str
    """Without a dot at the end."""
    kind: str
    targets: tuple[str, ...]
    alias: bool = False
    """AWS: it stands for whatever a load balancer's name stands for."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the TXT record beside it says: whose it is, and of what."""


@dataclass(frozen=True)
class Update:
    """A record that becomes another of the same name and type."""

    old: Record
    new: Record


@dataclass(frozen=True)
class Changes:
    """What makes the zone as it should be, the owners' TXT records among it."""

    create: Sequence[Record] = ()
    update: Sequence[Update] = ()
    delete: Sequence[Record] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.create or self.update or self.delete)


@dataclass(frozen=True)
class Scope:
    """Which zones it may use, as it was started."""

    domains: tuple[str, ...]
    zones: tuple[str, ...]
    """Ends of ids or names; none: every zone of the domains."""
    project: str = ""
    """Google Cloud's."""

    def covers(self, name: str) -> bool:
        """Say whether a name is one of the domains, or below one."""
        return not self.domains or any(
            name == domain or name.endswith(f".{domain}") for domain in self.domains
        )

    def has_zone(self, *names: str) -> bool:
        """Say whether a zone of these names is meant."""
        return not self.zones or any(name.endswith(end) for name in names for end in self.zones)


class DnsHosts(Protocol):
    """Records of hosts in the account's zones."""

    @property
    def provider(self) -> str:
        """What `--provider` must say."""
        ...

    def adjusted(self, wanted: Iterable[Record]) -> list[Record]:
        """Return records as this cloud keeps them."""
        ...

    def records(self, caller: Caller, scope: Scope) -> list[Record]:
        """Return every record of the zones.

        Raises:
            HostsError: the cloud does not let those pods.
        """
        ...

    def apply(self, caller: Caller, scope: Scope, changes: Changes) -> None:
        """Make changes.

        Raises:
            HostsError: the cloud does not let those pods, or refuses a record.
        """
        ...
