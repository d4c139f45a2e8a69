"""The cloud's DNS as cert-manager's pods use it: a port, and the words that it takes."""

from typing import Protocol

from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties


class DnsError(ValueError):
    """The cloud refuses a record, in cert-manager's own words; it tries again."""

    def __init__(self, message: str, stable: str = "") -> None:
        """Say what went wrong, and what of it is the same each time."""
        super().__init__(message)
        self.stable = stable or message


class DnsZones(Protocol):
    """Zones in the account."""

    @property
    def provider(self) -> str:
        """Key of the cloud's own settings in a DNS-01 solver."""
        ...

    def present(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Put a value into a TXT record, `_acme-challenge.example.com`.

        Raises:
            DnsError: the cloud does not let those pods, or there is no such zone.
        """
        ...

    def clean_up(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Take the value out again; one that is gone is fine.

        Raises:
            DnsError: the cloud does not let those pods, or there is no such zone.
        """
        ...

    def texts(self, record: str) -> frozenset[str]:
        """Return what anybody in the world sees in a TXT record."""
        ...
