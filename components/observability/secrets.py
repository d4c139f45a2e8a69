"""Which secrets observability has a place for in the cloud's secret manager."""

from components.observability.cost_values import needs_key
from components.secrets import (
    ALERT_RECEIVERS,
    ELASTICSEARCH_KEY,
    GRAFANA_ADMIN,
    PHOENIX_KEY,
    PRICE_KEY,
    REMOTE_WRITE_TOKEN,
    PlatformSecret,
)
from infra.spec.cloud import CloudProvider
from infra.spec.observability import ObservabilitySpec


def observability_secrets(
    spec: ObservabilitySpec, cloud: CloudProvider
) -> tuple[PlatformSecret, ...]:
    """Return them; none where it is not built."""
    if not spec.enabled:
        return ()
    remote = spec.remote_write
    return (
        GRAFANA_ADMIN,
        *((ALERT_RECEIVERS,) if spec.has_receivers else ()),
        *((ELASTICSEARCH_KEY,) if spec.logs.elasticsearch is not None else ()),
        *((PRICE_KEY,) if spec.measures_cost and needs_key(cloud) else ()),
        *((PHOENIX_KEY,) if spec.gets_prompts is not None else ()),
        *((REMOTE_WRITE_TOKEN,) if remote is not None and remote.token else ()),
    )
