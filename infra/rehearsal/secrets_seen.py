"""Which secrets arrived in the cluster, as External Secrets says."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, is_true, text


@dataclass(frozen=True, order=True)
class SyncedSecret:
    """One ExternalSecret."""

    name: str
    """Namespace and name."""
    arrived: bool
    words: str
    """The operator's own, of its condition Ready."""


def synced_secrets(api: ApiClient) -> list[SyncedSecret]:
    """Return every ExternalSecret by its name; none where the cluster has no such kind.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    found = api.list_served("external-secrets.io/v1", "ExternalSecret")
    return sorted(
        SyncedSecret(
            name=f"{text(one, 'metadata', 'namespace')}/{text(one, 'metadata', 'name')}",
            arrived=is_true(one, "Ready"),
            words=text(condition(one, "Ready"), "message"),
        )
        for one in found
    )


def secrets_text(secrets: Sequence[SyncedSecret]) -> str:
    """Return how many arrived, and what is said of each other one."""
    missing = [
        f"{one.name} has not: {one.words or 'nothing is said of it'}"
        for one in secrets
        if not one.arrived
    ]
    arrived = f"{len(secrets) - len(missing)} of {len(secrets)} arrived in the cluster"
    return "; ".join([arrived, *missing])
