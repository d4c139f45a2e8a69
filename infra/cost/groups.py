"""What a reader looks for in a bill: lines by what they are for, equal ones together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.cost.model import Line, Span, total

_GROUPS: Mapping[str, str] = {
    "aws:eks/cluster": "control plane",
    "gcp:container/cluster": "control plane",
    "aws:eks/nodeGroup": "nodes",
    "gcp:container/nodePool": "nodes",
    "aws:ec2/": "network",
    "gcp:compute/": "network",
    "aws:route53/": "network",
    "gcp:dns/": "network",
    "kubernetes:core/v1:Service": "network",
    "aws:s3/": "storage",
    "aws:ecr/": "storage",
    "gcp:storage/": "storage",
    "gcp:artifactregistry/": "storage",
    "kubernetes:core/v1:PersistentVolumeClaim": "storage",
    "kubernetes:apps/v1:StatefulSet": "storage",
    "aws:elasticache/": "cache",
    "gcp:memorystore/": "cache",
    "aws:cloudwatch/metricAlarm": "alarms",
    "gcp:monitoring/": "alarms",
    "aws:cloudwatch/": "logs",
    "gcp:logging/": "logs",
    "aws:kms/": "keys",
    "gcp:kms/": "keys",
    "aws:secretsmanager/": "secrets",
    "gcp:secretmanager/": "secrets",
}
OTHER = "other"
ORDER = (*dict.fromkeys(_GROUPS.values()), OTHER)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Equal lines of several resources as one."""

    item: str
    resources: tuple[str, ...]
    usd_per_month: Span | None
    """Of all together; None when unpriced."""


def group_of(line: Line) -> str:
    """Return what a line is for."""
    # urn:pulumi:STACK::PROJECT::PARENT-TYPE$TYPE::NAME
    _, _, types = line.urn.partition("::")
    token = types.partition("::")[2].partition("::")[0].rpartition("$")[2]
    return next((name for start, name in _GROUPS.items() if token.startswith(start)), OTHER)


def grouped(lines: Iterable[Line]) -> Mapping[str, tuple[Row, ...]]:
    """Return rows by group, in the order in which a bill is read."""
    by_group: dict[str, dict[tuple[str, bool, str], list[Line]]] = {name: {} for name in ORDER}
    for line in lines:
        group = group_of(line)
        # Nodes are looked for by pool, everything else by what it is.
        owner = line.resource if group == "nodes" else ""
        key = (line.item, line.usd_per_month is None, owner)
        by_group[group].setdefault(key, []).append(line)
    return {
        name: tuple(_row(members) for members in found.values())
        for name, found in by_group.items()
        if found
    }


def _row(members: list[Line]) -> Row:
    spans = [line.usd_per_month for line in members if line.usd_per_month is not None]
    return Row(
        item=members[0].item,
        resources=tuple(line.resource for line in members),
        usd_per_month=total(spans) if spans else None,
    )
