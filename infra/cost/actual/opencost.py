"""OpenCost's answers: what pods were given, and what nodes cost.

Owns the form of both, as its sources write it (opencost/opencost, core/pkg/opencost:
`allocation_json.go` @1ea64d0, `asset_json.go` @67fdc24, read 2026-11-27; `isGPUShared` as public
notes quote `allocation.go`). Does not own whose money it is. A number that OpenCost does not know
is `null` there and `None` here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from infra.replies import block, optional_text
from infra.wire import Properties, Value

ALLOCATION = "/allocation?window={days}d&aggregate=pod&includeIdle=true&accumulate=true"
ASSETS = "/assets?window={days}d&accumulate=true"
"""What is asked; `days` are whole days until now."""
POOL, MODEL = "tokenworks.dev/pool", "tokenworks.dev/model"
"""Labels of nodes and of servers (`components.labels`; a test compares)."""
NODE = "Node"
_OWN = re.compile(r"__(idle|unallocated|unmounted)__")
_OK = 200


class AnswerError(ValueError):
    """An answer that is not OpenCost's; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What one pod was given."""

    name: str
    node: str
    """Empty where OpenCost knows none."""
    model: str
    """Value of the label; empty where there is none."""
    kind: str
    """Empty of a pod; else OpenCost's own word: `idle`, `unallocated`, `unmounted`."""
    usd: Decimal | None
    """All of it."""
    gpu_usd: Decimal | None
    """Its part for GPUs."""
    shares_gpu: bool
    """Whether other pods work on the same GPU: OpenCost then counts what each asks for."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """What one node cost."""

    name: str
    pool: str
    """Value of the label; empty where there is none."""
    usd: Decimal | None


def allocations(answer: Properties) -> list[Allocation]:
    """Return what pods were given, of every set of an answer.

    Raises:
        AnswerError: it is no answer of `/allocation`.
    """
    return [_allocation(name, one) for part in _sets(answer) for name, one in part.items()]


def nodes(answer: Properties) -> list[Node]:
    """Return what nodes cost; disks, load balancers and the control plane are no nodes.

    Raises:
        AnswerError: it is no answer of `/assets`.
    """
    found = [one for part in _sets(answer) for one in part.values() if one.get("type") == NODE]
    return [
        Node(
            name=optional_text(one, "properties.name"),
            pool=_label(block(one, "labels"), POOL),
            usd=_money(one, "totalCost"),
        )
        for one in found
    ]


def _sets(answer: Properties) -> list[dict[str, Properties]]:
    """Return the sets of an answer: one with `accumulate`, else one for each step of time."""
    if answer.get("code") != _OK:
        message = f"opencost: must answer code {_OK}, got {answer.get('code')!r}"
        raise AnswerError(f"{message}: {optional_text(answer, 'message')}".rstrip(": "))
    data = answer.get("data")
    sets = data if isinstance(data, list) else [data]
    found = []
    for one in sets:
        if one is None:  # a step of which OpenCost has nothing
            continue
        if not isinstance(one, dict) or not all(isinstance(item, dict) for item in one.values()):
            message = "opencost: data must be sets of things by name"
            raise AnswerError(message)
        found.append({name: item for name, item in one.items() if isinstance(item, dict)})
    return found


def _allocation(name: str, one: Properties) -> Allocation:
    properties = block(one, "properties")
    own = _OWN.search(name)
    return Allocation(
        name=name,
        node=optional_text(properties, "node"),
        model=_label(block(properties, "labels"), MODEL),
        kind=own[1] if own else "",
        usd=_money(one, "totalCost"),
        gpu_usd=_sum(_money(one, "gpuCost"), _money(one, "gpuCostAdjustment", Decimal(0))),
        shares_gpu=block(one, "gpuAllocation").get("isGPUShared") is True,
    )


def _label(labels: Mapping[str, Value], key: str) -> str:
    """Return a label: OpenCost has those of Prometheus, with `_` for what is no letter or digit."""
    spelled = re.sub(r"[^a-zA-Z0-9]", "_", key)
    for name in (key, spelled, f"label_{spelled}"):
        if isinstance(value := labels.get(name), str):
            return value
    return ""


def _money(one: Properties, key: str, absent: Decimal | None = None) -> Decimal | None:
    value = one.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return absent if key not in one else None


def _sum(*parts: Decimal | None) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None
