"""Which secrets the platform of a stack has a place for.

Owns the choice. Does not own what each of them is: `components/secrets.py` and the rooms do.
"""

from components.observability.secrets import observability_secrets
from components.secrets import (
    API_KEYS,
    MILVUS_ROOT,
    PLATFORM_SECRETS,
    TOKEN_COUNTS,
    PlatformSecret,
    cache_users,
)
from infra.spec.stack import StackSpec


def secrets_of(spec: StackSpec) -> tuple[PlatformSecret, ...]:
    """Return the secrets that a stack's platform has a place for."""
    vectors = [MILVUS_ROOT] if spec.vector_store.is_built else []
    caches = spec.cache.instances if spec.cache.is_in_cluster else ()
    keys = [API_KEYS] if spec.gateway.is_built and spec.gateway.needs_key else []
    counts = [TOKEN_COUNTS] if spec.gateway.shared_host else []
    measured = observability_secrets(spec.observability, spec.cloud.provider)
    users = map(cache_users, caches)
    return (*PLATFORM_SECRETS, *keys, *counts, *vectors, *users, *measured)
