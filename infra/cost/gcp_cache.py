"""What the managed cache of Google Cloud bills: nodes by the hour, persistence and backups."""

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


PRICERS: Mapping[str, Pricer] = {"gcp:memorystore/instance:Instance": _instance}
