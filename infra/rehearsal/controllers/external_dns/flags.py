"""What external-dns was started with."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.rehearsal.controllers.external_dns.port import Scope

POLICIES = ("create-only", "sync", "upsert-only")
TYPE = "%{record_type}"
"""Stands in a prefix for a record's type."""


@dataclass(frozen=True)
class Flags:
    """The flags that are played."""

    provider: str
    policy: str
    owner: str
    prefix: str
    """Before the name of a record in that of its owner's TXT record."""
    kinds: tuple[str, ...]
    """Types of records that it looks after."""
    scope: Scope
    namespace: str
    """Of routes; empty: all."""
    gateway_namespace: str
    gateway: str
    """Name of the one gateway; empty: any."""

    @staticmethod
    def of(arguments: Sequence[str]) -> "Flags":
        """Read the arguments of a container."""

        def every(flag: str) -> tuple[str, ...]:
            start = f"--{flag}="
            return tuple(item.removeprefix(start) for item in arguments if item.startswith(start))

        def one(flag: str, usual: str = "") -> str:
            return (*every(flag), usual)[0]

        return Flags(
            provider=one("provider"),
            policy=one("policy", "sync"),
            owner=one("txt-owner-id", "default"),
            prefix=one("txt-prefix").lower(),
            kinds=every("managed-record-types") or ("A", "AAAA", "CNAME"),
            scope=Scope(every("domain-filter"), every("zone-id-filter"), one("google-project")),
            namespace=one("namespace"),
            gateway_namespace=one("gateway-namespace"),
            gateway=one("gateway-name"),
        )
