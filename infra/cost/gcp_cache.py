"""What the managed cache of Google Cloud bills: nodes by the hour, persistence, backups, alarms."""

from collections.abc import Mapping

from infra.cost.aws_cache import node_lines
from infra.cost.common import Pricer
from infra.cost.lines import Context, unpriced
from infra.cost.model import Line, exactly
from infra.cost.resources import CostResource


def _instance(resource: CostResource, context: Context) -> list[Line]:
    nodes = resource.whole("shardCount", 1) * (1 + resource.whole("replicaCount", 0))
    name = resource.text("nodeType")
    found = node_lines(resource, context, "nodes of the cache", name, nodes)
    if resource.text("persistenceConfig.mode", "DISABLED") == "AOF":
        reason = f"no source gives a price of files of Memorystore in {context.region}"
        found.append(
            unpriced(
                resource, "what is appended to files", reason, quantity=exactly(1), unit="month"
            )
        )
    if "automatedBackupConfig" in resource.properties:
        reason = f"no source gives a price of backups of Memorystore in {context.region}"
        found.append(unpriced(resource, "backups", reason, quantity=exactly(1), unit="month"))
    return found


def _alert_policy(resource: CostResource, context: Context) -> list[Line]:
    """Return a line without a price.

    Public copies of Google's documentation say 1.50 USD for a condition from 2025 on; its page of
    today ("Manage alerting costs", read 2026-11-27) says that it costs, and no figure.
    """
    reason = f"no source gives a price of a condition that holds today in {context.region}"
    return [unpriced(resource, "alert policy", reason, quantity=exactly(1), unit="condition-month")]


PRICERS: Mapping[str, Pricer] = {
    "gcp:memorystore/instance:Instance": _instance,
    "gcp:monitoring/alertPolicy:AlertPolicy": _alert_policy,
}
