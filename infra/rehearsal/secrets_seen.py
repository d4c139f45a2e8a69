"""Which secrets arrived in the cluster, as External Secrets says."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.kubernetes.model_namespace import NAMESPACE
from components.serving.weights import TOKEN_SECRET
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, is_true, text

_HUB_TOKEN = f"{NAMESPACE}/{TOKEN_SECRET}"
_ONLY_GATED = "no matter while no model is gated"
"""Servers and the loader show the token where there is one, and public models need none."""
_HOW = "docs/data.md, section Secrets, says how a value is put"


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
    """Return how many arrived, what is said of each other one, and how one is put."""
    missing = [_missing(one) for one in secrets if not one.arrived]
    arrived = f"{len(secrets) - len(missing)} of {len(secrets)} arrived in the cluster"
    return "; ".join([arrived, *missing, *([_HOW] if missing else [])])


def _missing(secret: SyncedSecret) -> str:
    said = f"{secret.name} has not: {secret.words or 'nothing is said of it'}"
    return f"{said} ({_ONLY_GATED})" if secret.name == _HUB_TOKEN else said
