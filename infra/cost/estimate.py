"""The estimate: every resource of a stack priced, or named.

Owns the walk over the resources and what happens to one that cannot be read. Pure, but for
`estimate_stack`, which records the program first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cost import aws, gcp, kubernetes
from infra.cost.common import Pricer
from infra.cost.demand import Demand, Supply, nodes, of_resources, of_stacks
from infra.cost.free import FREE
from infra.cost.lines import Context, unpriced
from infra.cost.model import Estimate, Line, Span, total
from infra.cost.nodes import NodeGroup, lines, running
from infra.cost.resources import CostResource, NotKnownError, OtherFormError, from_graph
from infra.cost.usage import DEFAULT, Usage
from infra.spec.stack import StackSpec
from infra.spec.stacks import load_environment

if TYPE_CHECKING:
    from infra.graph.model import Graph

PRICERS: Mapping[str, Pricer] = {**aws.PRICERS, **gcp.PRICERS, **kubernetes.PRICERS}
NODE_GROUPS = frozenset({aws.NODE_GROUP, gcp.NODE_POOL})


def estimate(  # noqa: PLR0913 - where, when and how much decide a price
    resources: Iterable[CostResource],
    *,
    stack: str,
    cloud: str,
    region: str,
    as_of: date,
    usage: Usage = DEFAULT,
    pods: Iterable[Demand] | None = None,
) -> Estimate:
    """Price a stack.

    Args:
        resources: what the stack declares.
        stack: its name.
        cloud: `aws` or `gcp`.
        region: where it stands; a region without collected prices leaves lines unpriced.
        as_of: the day to look from: it decides which Kubernetes version is in extended support.
        usage: amounts that depend on use.
        pods: servers that want GPUs, of all stacks on the same cluster; None: those of `resources`.
    """
    known = {item.urn: item for item in resources}
    demands = tuple(pods) if pods is not None else of_resources(known.values())
    context = Context(
        cloud=cloud,
        region=region,
        as_of=as_of,
        usage=usage,
        resources=known,
        open_share=max((one.open_share for one in demands or ()), default=Decimal(1)),
    )
    context = _with_weights(context, demands)
    groups, broken = _groups(context)
    counts = _counts(context, groups, demands)
    found: list[Line] = []
    for item in known.values():
        if item.urn in broken:
            found.append(broken[item.urn])
        elif item.urn in groups:
            group = groups[item.urn]
            found += lines(context, group, counts[item.urn], _why(group, context, demands))
        else:
            found += _guarded(item, lambda one: _lines(one, context))
        if item.type == gcp.CLOUD_NAT:
            found.append(_nat_nodes(item, context, counts, broken))
    return Estimate(stack=stack, cloud=cloud, region=region, as_of=as_of, lines=tuple(found))


def estimate_stack(
    stack: str,
    as_of: date | None = None,
    *,
    usage: Usage = DEFAULT,
    folder: Path | None = None,
) -> Estimate:
    """Record a stack's program and price it, with the models of all stacks on its cluster.

    Raises:
        SpecError: There is no such stack file, or one of the environment has mistakes.
    """
    # A policy pack prices too, and must not load what records a program.
    from infra.graph.record import (  # noqa: PLC0415
        PROJECT_FOLDER,
        project_file,
        record_stack,
    )

    where = folder or PROJECT_FOLDER
    specs = load_environment(stack, project_file(where).stacks)
    day = as_of or datetime.now(UTC).date()
    return estimate_graph(record_stack(stack, folder=where), specs, day, usage=usage)


def estimate_graph(
    graph: "Graph", specs: Sequence[StackSpec], as_of: date, *, usage: Usage = DEFAULT
) -> Estimate:
    """Price a recorded stack.

    Args:
        graph: what the stack declares.
        specs: the stacks of its environment, itself among them: `load_environment`.
        as_of: the day to look from.
        usage: amounts that depend on use.
    """
    spec = next(one for one in specs if one.name == graph.stack)
    return estimate(
        from_graph(graph),
        stack=graph.stack,
        cloud=spec.cloud.provider,
        region=spec.cloud.region,
        as_of=as_of,
        usage=usage,
        pods=of_stacks(specs),
    )


def _groups(context: Context) -> tuple[dict[str, NodeGroup], dict[str, Line]]:
    """Read the node groups; those that cannot be read become a line each."""
    groups: dict[str, NodeGroup] = {}
    broken: dict[str, Line] = {}
    for item in context.of_type(*NODE_GROUPS):

        def read(one: CostResource) -> list[Line]:
            is_aws = one.type == aws.NODE_GROUP
            groups[one.urn] = aws.node_group(one, context) if is_aws else gcp.node_group(one)
            return []

        for line in _guarded(item, read):
            broken[item.urn] = line
    return groups, broken


def _counts(
    context: Context, groups: Mapping[str, NodeGroup], demands: tuple[Demand, ...] | None
) -> dict[str, Span]:
    supplies = [supply for one in groups.values() if (supply := one.supply(context.cloud))]
    expected = _expected(supplies, demands)
    return {urn: group.span(expected.get(urn)) for urn, group in groups.items()}


def _expected(supplies: list[Supply], demands: tuple[Demand, ...] | None) -> Mapping[str, int]:
    if demands is None:  # what servers want is not known: everything may run
        return {supply.urn: supply.maximum for supply in supplies}
    return nodes(demands, supplies)


def _why(group: NodeGroup, context: Context, demands: tuple[Demand, ...] | None) -> str:
    if group.supply(context.cloud) is None:
        return "expected: the minimum"
    if demands is None:
        return "expected: the maximum, because what servers ask for is not known"
    gpus = sum(one.gpus_each * one.servers for one in demands if one.pool == group.pool)
    hours = f", in {context.open_share:.0%} of all hours" if context.open_share < 1 else ""
    return f"expected: nodes for the {gpus} GPUs that servers of the pool ask for{hours}"


def _with_weights(context: Context, demands: tuple[Demand, ...] | None) -> Context:
    """Count the weights that servers pull through NAT: from the hub, or past no S3 endpoint."""
    past_nat = context.cloud == "gcp" or aws.has_s3_gateway(context)
    gb = sum(
        (
            one.weights_gb * one.servers * context.usage.cold_starts
            for one in demands or ()
            if one.weights_gb is not None and (one.from_hub or not past_nat)
        ),
        Decimal(0),
    )
    return replace(context, weights_through_nat_gb=gb)


def _lines(item: CostResource, context: Context) -> list[Line]:
    pricer = PRICERS.get(item.type)
    if pricer is not None:
        return pricer(item, context)
    if item.type in FREE:
        return []
    return [unpriced(item, item.type, "the estimate does not know this type")]


def _nat_nodes(
    item: CostResource,
    context: Context,
    counts: Mapping[str, Span],
    broken: Mapping[str, Line],
) -> Line:
    if broken:
        reason = "how many nodes there are is not known"
        return unpriced(item, "nodes behind NAT", reason, unit="VM-hour")
    return gcp.nat_nodes(item, context, total(running(context, one) for one in counts.values()))


def _guarded(item: CostResource, price: Callable[[CostResource], list[Line]]) -> list[Line]:
    """Price one resource; what cannot be read is a line of its own and stops no other."""
    try:
        return price(item)
    except NotKnownError as error:
        reason = f"{error}: not known before the engine runs"
    except OtherFormError as error:
        reason = str(error)
    return [replace(unpriced(item, item.type, reason), unread=True)]
