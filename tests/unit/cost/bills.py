"""The bills that were worked by hand, and their stacks; see `bills/README.md`."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from infra.cost.demand import of_stacks
from infra.cost.estimate import estimate
from infra.cost.model import Bucket, Estimate, Span, span
from infra.cost.resources import CostResource, from_graph
from infra.graph.record import PROJECT_FOLDER, record_stack
from infra.spec.stacks import load_environment

FOLDER = Path(__file__).parent / "bills"
NAMES = ("aws-spot", "aws-zones", "aws-extended", "gcp-spot", "gcp-h100", "gcp-ssd")
TODAY = date(2026, 11, 26)
_LATER = date(2027, 6, 1)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a bill."""

    resource: str
    item: str
    bucket: Bucket
    quantity: Span
    unit: str
    usd_per_unit: Span | None
    usd_per_month: Span | None
    source_date: str


@cache
def bill(name: str) -> tuple[Row, ...]:
    """Return the rows of a bill."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(one) for one in csv.DictReader(file))


def _row(one: Mapping[str, str]) -> Row:
    quantity = _span(one, "quantity")
    assert quantity is not None
    return Row(
        resource=one["resource"],
        item=one["item"],
        bucket=Bucket(one["bucket"]),
        quantity=quantity,
        unit=one["unit"],
        usd_per_unit=_span(one, "usd_per_unit"),
        usd_per_month=_span(one, "usd_per_month"),
        source_date=one["source_date"],
    )


def _span(one: Mapping[str, str], name: str) -> Span | None:
    texts = [one[f"{name}_{end}"] for end in ("min", "expected", "max")]
    return span(*map(Decimal, texts)) if all(texts) else None


@cache
def project() -> Path:
    """Return a project folder whose stacks are those of the bills."""
    folder = Path(mkdtemp(prefix="bills-"))
    text = (PROJECT_FOLDER / "Pulumi.yaml").read_text(encoding="utf-8")
    text = text.replace("main: infra", f"main: {PROJECT_FOLDER / 'infra'}")
    text = text.replace("stackConfigDir: stacks", f"stackConfigDir: {FOLDER}")
    (folder / "Pulumi.yaml").write_text(text, encoding="utf-8")
    return folder


@cache
def resources(name: str) -> tuple[CostResource, ...]:
    """Return what the stack of a bill declares."""
    found = from_graph(record_stack(name, folder=project()))
    return tuple(_extended(found)) if name == "aws-extended" else found


def _extended(found: tuple[CostResource, ...]) -> Iterator[CostResource]:
    policy = {"upgradePolicy": {"supportType": "EXTENDED"}}
    for item in found:
        is_cluster = item.type == "aws:eks/cluster:Cluster"
        yield replace(item, properties={**item.properties, **policy}) if is_cluster else item


def estimated(name: str, changed: tuple[CostResource, ...] | None = None) -> Estimate:
    """Return the estimate of the stack of a bill."""
    cloud, _, _ = name.partition("-")
    return estimate(
        changed if changed is not None else resources(name),
        stack=name,
        cloud=cloud,
        region={"aws": "us-east-1", "gcp": "us-central1"}[cloud],
        as_of=_LATER if name == "aws-extended" else TODAY,
        pods=of_stacks(load_environment(name, FOLDER)),
    )
