"""Observability: what measures the platform, how long it remembers, and whom it wakes.

Owns the words. Which of them go together is in `checks_observability`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.logs import LogsSpec
from infra.spec.observed_cost import ObservedCostSpec
from infra.spec.phoenix import PhoenixSpec
from infra.spec.section import Section, Switch
from infra.spec.traces import TracesSpec

MOST_DAYS = 730
"""Two years: longer than that belongs into another store, by `remoteWrite`."""


class Wanted(StrEnum):
    """Which alerts a receiver gets."""

    ALL = "all"
    PAGE = "page"
    TICKET = "ticket"


class RemoteWriteSpec(Section):
    """Another store that gets every sample, too: Mimir, Thanos, VictoriaMetrics, Grafana Cloud."""

    url: str
    """Where Prometheus sends, `https://metrics.example.com/api/v1/write`."""
    token: Switch
    """Whether it shows the token of the secret `remote-write-token`. Then an update fails while
    that secret of the platform has no value."""


class MetricsSpec(Section):
    """Prometheus."""

    replicas: Annotated[int, Field(ge=1, le=3, strict=True)]
    """Servers, each of which measures everything: two outlive the loss of a node."""
    cpu: Annotated[float, Field(ge=0.1, le=32, strict=True)]
    """Cores that each asks for."""
    memory_gib: Annotated[float, Field(ge=0.5, le=256, strict=True)]
    """Memory of each. It grows with the number of series."""
    retention_days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    """Days that samples are kept."""
    storage_gib: Annotated[int, Field(ge=10, le=16384, strict=True)]
    """Disk of each server; nine tenths full, the oldest samples go."""
    managed: Switch
    """Whether every sample also goes to a store of the cloud, which the platform then has: Amazon
    Managed Service for Prometheus."""


class SlackSpec(Section):
    """Slack, through an incoming webhook: key `slack` of the secret `alert-receivers`."""

    channel: str | None
    """Channel, `#llm-alerts`. None: the one that the webhook belongs to."""
    alerts: Wanted
    """Which alerts it gets."""


class PagerDutySpec(Section):
    """PagerDuty, Events API v2: key `pagerduty` of the secret `alert-receivers`."""

    alerts: Wanted
    """Which alerts it gets."""


class EmailSpec(Section):
    """E-mail over SMTP with STARTTLS: password in key `email` of the secret `alert-receivers`."""

    to: str
    """Who gets it: one address, or several with commas between them."""
    sender: str
    """Who it comes from."""
    smarthost: str
    """Server and port, `smtp.example.com:587`."""
    username: str | None
    """User there. None: the server asks for none, and there is no password."""
    alerts: Wanted
    """Which alerts it gets."""

    @property
    def port(self) -> int:
        """Port of the server; the section was checked, so there is one."""
        return int(self.smarthost.rpartition(":")[2])


class WebhookSpec(Section):
    """Any other system, in Alertmanager's own format: URL in key `webhook` of the secret."""

    alerts: Wanted
    """Which alerts it gets."""


class AdaptedSpec(Section):
    """DingTalk or Feishu, through an adapter that knows their formats.

    Its URL is in the key of the same name of the secret `alert-receivers`.
    """

    alerts: Wanted
    """Which alerts it gets."""


class ObservabilitySpec(Section):
    """What measures the platform, and whom it wakes."""

    enabled: Switch
    """Whether any of it is built."""
    metrics: MetricsSpec
    """Prometheus."""
    traces: TracesSpec
    """Tempo."""
    phoenix: PhoenixSpec | None
    """Who gets the share of requests that traces have with prompts and answers, or nobody. It needs
    no Tempo."""
    logs: LogsSpec
    """What pods print."""
    cost: ObservedCostSpec
    """OpenCost."""
    remote_write: RemoteWriteSpec | None
    """Another store for the same samples, or none."""
    slack: SlackSpec | None
    """Slack, or not."""
    pagerduty: PagerDutySpec | None
    """PagerDuty, or not."""
    email: EmailSpec | None
    """E-mail, or not."""
    webhook: WebhookSpec | None
    """Another system, or not."""
    dingtalk: AdaptedSpec | None
    """DingTalk, or not."""
    feishu: AdaptedSpec | None
    """Feishu, or not."""
    dead_mans_switch: Switch
    """Whether an alert that always fires goes to the URL in key `dead-mans-switch` of the secret
    `alert-receivers`: whoever is there wakes somebody when it stops coming."""

    @property
    def receivers(self) -> dict[str, Wanted]:
        """Name of each receiver to the alerts that it gets."""
        said = {
            "slack": self.slack,
            "pagerduty": self.pagerduty,
            "email": self.email,
            "webhook": self.webhook,
            "dingtalk": self.dingtalk,
            "feishu": self.feishu,
        }
        return {name: one.alerts for name, one in said.items() if one is not None}

    @property
    def has_receivers(self) -> bool:
        """Whether somebody is told of anything: then there is a secret with the ways to them."""
        return self.enabled and (bool(self.receivers) or self.dead_mans_switch)

    @property
    def follows_requests(self) -> bool:
        """Whether spans are sent and kept, with a bucket for them."""
        return self.enabled and self.traces.enabled

    @property
    def measures_cost(self) -> bool:
        """Whether OpenCost runs in the cluster, and reads its Prometheus."""
        return self.enabled and self.cost.enabled

    @property
    def gets_prompts(self) -> PhoenixSpec | None:
        """Who gets prompts and answers of the shared host; None: nobody."""
        return self.phoenix if self.enabled else None

    @property
    def has_adapter(self) -> bool:
        """Whether an alert goes by an adapter, which may be in the cluster."""
        return self.enabled and (self.dingtalk is not None or self.feishu is not None)

    @property
    def has_loki(self) -> bool:
        """Whether lines are kept in the cluster, with a bucket for them."""
        return self.enabled and self.logs.has_loki

    @property
    def keeps_managed_metrics(self) -> bool:
        """Whether the cloud has a store of samples, with a right to write there."""
        return self.enabled and self.metrics.managed

    @property
    def logs_in_cloud(self) -> bool:
        """Whether the cloud's own store keeps lines, with a right to write there."""
        return self.enabled and self.logs.is_in_cloud

    @property
    def collects_logs(self) -> bool:
        """Whether anything in the cluster reads what pods print."""
        return self.enabled and self.logs.is_collected

    @property
    def wakes_somebody(self) -> bool:
        """Whether an alert that must not wait reaches anybody."""
        return self.enabled and any(
            wanted in {Wanted.ALL, Wanted.PAGE} for wanted in self.receivers.values()
        )
