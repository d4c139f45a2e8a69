"""What pods print: where it is kept, and for how long.

Owns the words. Which of them go together is in `checks_logs`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section

MOST_DAYS = 730
"""Two years: what must be kept longer belongs into an archive of its own."""


class LogStore(StrEnum):
    """Where lines are kept and asked for."""

    LOKI = "loki"
    """In the cluster, with its data in a bucket of the platform."""
    CLOUD = "cloud"
    """In the cloud's own store: CloudWatch Logs, Cloud Logging."""
    NONE = "none"
    """Nowhere: a line is gone with its container."""


class ElasticsearchSpec(Section):
    """Elasticsearch, besides the store; its API key is the secret `logs-elasticsearch`."""

    url: str
    """Where OTLP is taken over HTTP: `https://elastic.example.com:9200/_otlp`, the managed OTLP
    endpoint of Elastic Cloud, or an OpenTelemetry collector in front of Elasticsearch."""

    @property
    def port(self) -> int:
        """Port of the address; the section was checked, so it is one."""
        host = self.url.removeprefix("https://").partition("/")[0]
        return int(host.partition(":")[2] or 443)


class LogsSpec(Section):
    """What is done with what pods print."""

    store: LogStore
    """Where lines are kept."""
    hot_days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    """Of Loki: days in the bucket's own storage class; from then on a colder one has them. As long
    as `keep_days` or longer: they never move."""
    keep_days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    """Days that lines are kept."""
    replicas: Annotated[int, Field(ge=1, le=5, strict=True)]
    """Servers of Loki. Three outlive the loss of a zone: each line is on three of them."""
    cpu: Annotated[float, Field(ge=0.05, le=32, strict=True)]
    """Cores that each asks for."""
    memory_gib: Annotated[float, Field(ge=0.5, le=256, strict=True)]
    """Memory of each."""
    elasticsearch: ElasticsearchSpec | None
    """Another place for the same lines, or none."""

    @property
    def has_loki(self) -> bool:
        """Whether Loki runs in the cluster."""
        return self.store is LogStore.LOKI

    @property
    def is_in_cloud(self) -> bool:
        """Whether the cloud's own store keeps them."""
        return self.store is LogStore.CLOUD

    @property
    def is_collected(self) -> bool:
        """Whether anything in the cluster reads what pods print."""
        return self.has_loki or self.is_in_cloud or self.elasticsearch is not None

    @property
    def moves(self) -> bool:
        """Whether lines move to a colder storage class before they end."""
        return self.hot_days < self.keep_days
