"""The report to look at: one HTML file without anything from outside.

Owns what the template is given. Everything is escaped by Jinja, and swept for secrets at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from infra.cost.model import Estimate, Line
from infra.review.changes import Action, ResourceChange
from infra.review.model import PolicyResult, Review, StackReview
from infra.review.secrets import swept
from infra.review.text import dollars, number_span
from infra.review.topology import platforms
from infra.spec.stack import StackSpec

MOST_LINES = 14
SMALLEST = 100
"""Lines of a bill that are drawn: so many, and none below a hundredth of the dearest that stays."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A range on a scale of 0 to 100."""

    label: str
    least: float
    expected: float
    most: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was seen of an environment while it was up."""

    figures: tuple[tuple[str, str], ...]
    """What, and how much: the figures at the top."""
    models: Mapping[str, str]
    """Model to where its servers stand and what they hold."""
    lines: tuple[str, ...]
    """Everything else, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """One line of a bill, with its width of 0 to 100."""

    name: str
    item: str
    width: float
    text: str
    change: str
    assumption: str


def page(review: Review) -> str:
    """Return the report about a change."""
    touched = [one for one in review.stacks if one.is_touched]
    specs = [one.spec for one in review.stacks if one.spec]
    return _rendered(
        review.secrets,
        title="What this change does",
        review=review,
        stacks=touched,
        platforms=platforms(specs, _pool_changes(review.stacks), {}),
        facts=_facts(touched),
        stopping=[one for one in touched if one.must_stop],
        notes=review.notes,
        sight=(),
    )


def sight_page(
    specs: Sequence[StackSpec],
    bills: Mapping[str, Estimate],
    policies: Mapping[str, Sequence[PolicyResult]],
    sight: Sight,
) -> str:
    """Return the report about an environment that was rehearsed.

    Args:
        specs: its stacks, in the order in which they stand on each other.
        bills: what each costs, by stack.
        policies: what the pack said of each, by stack.
        sight: what was seen while it was up.
    """
    stacks = [
        StackReview(
            stack=spec.name,
            cloud=spec.cloud.provider,
            head_cost=bills.get(spec.name),
            policies=tuple(policies.get(spec.name, ())),
            spec=spec,
        )
        for spec in specs
    ]
    told = [one for one in stacks if one.policies or (one.head_cost and one.head_cost.lines)]
    return _rendered(
        frozenset(),
        title=f"{specs[0].name}, rehearsed",
        review=None,
        stacks=told,
        platforms=platforms(specs, {}, sight.models),
        facts=[(what, amount, "") for what, amount in sight.figures],
        stopping=[],
        notes=(),
        sight=sight.lines,
    )


def bars(one: StackReview) -> tuple[Bar, ...]:
    """Return the month before and after on one scale."""
    compared = one.base_cost is not None or one.is_new
    sides = (("before", one.base_cost), ("after" if compared else "a month", one.head_cost))
    known = [(label, side.total) for label, side in sides if side]
    top = max((span.maximum for _, span in known), default=Decimal(0)) or Decimal(1)
    return tuple(
        Bar(
            label=label,
            least=float(100 * span.minimum / top),
            expected=float(100 * span.expected / top),
            most=float(100 * span.maximum / top),
            text=" · ".join(dollars(end) for end in (span.minimum, span.expected, span.maximum)),
        )
        for label, span in known
    )


def shares(one: StackReview) -> tuple[Share, ...]:
    """Return the dearest lines of the present bill, with what the base had."""
    if one.head_cost is None:
        return ()
    before = _by_item(one.base_cost)
    priced = sorted(
        (line for line in one.head_cost.lines if line.usd_per_month),
        key=lambda line: -(line.usd_per_month.expected if line.usd_per_month else 0),
    )
    top = max((_expected(line) for line in priced), default=Decimal(0)) or Decimal(1)
    shown = [
        line
        for line in priced[:MOST_LINES]
        if _expected(line) * SMALLEST >= top or _moves(line, before)
    ]
    found = [
        Share(
            name=line.resource,
            item=line.item,
            width=float(100 * _expected(line) / top),
            text=dollars(_expected(line)),
            change=_moved(_expected(line) - before.get((line.urn, line.item), Decimal(0)), one),
            assumption=line.assumption,
        )
        for line in shown
    ]
    rest = [line for line in priced if line not in shown]
    if rest:
        amount = sum((_expected(line) for line in rest), Decimal(0))
        found.append(
            Share(
                name=f"{len(rest)} smaller lines",
                item="",
                width=float(100 * min(amount, top) / top),
                text=dollars(amount),
                change="",
                assumption="",
            )
        )
    return tuple(found)


def by_action(one: StackReview) -> dict[Action, list[ResourceChange]]:
    """Return the changes under what happens, the gravest first."""
    groups: dict[Action, list[ResourceChange]] = {}
    for action in Action:
        found = [change for change in one.changes if change.action is action]
        if found:
            groups[action] = found
    return groups


def _rendered(secrets: frozenset[str], **values: object) -> str:
    words: Mapping[str, object] = {
        "bars": bars,
        "shares": shares,
        "by_action": by_action,
        "number_span": number_span,
        "slug": _slug,
    }
    return swept(_template().render({**words, **values}), secrets)


def _slug(text: str) -> str:
    return str(text).replace(" ", "-")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("infra.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _pool_changes(stacks: Sequence[StackReview]) -> dict[tuple[str, str], str]:
    """Return what happens to each pool: the gravest fate of its groups of nodes."""
    found: dict[tuple[str, str], str] = {}
    for one in stacks:
        if one.spec is None:
            continue
        for pool in one.spec.gpu_pools:
            fates = [
                change.action
                for change in one.changes
                if change.resource.short_type in ("NodeGroup", "NodePool")
                and change.resource.name.startswith(f"{pool.name}-")
            ]
            if fates:
                gravest = min(fates, key=list(Action).index)
                found[one.spec.platform_name, pool.name] = gravest
    return found


def _facts(touched: Sequence[StackReview]) -> list[tuple[str, str, str]]:
    """Return the figures at the top: what, how much, and how it is meant."""
    counts = {action: sum(one.counts[action] for one in touched) for action in Action}
    moves = [one.usd_change.expected for one in touched if one.usd_change]
    rise = sum(moves, Decimal(0))
    gpus = _most_gpus(touched, after=True) - _most_gpus(touched, after=False)
    failing = sum(len(one.failing) for one in touched)
    ends = counts[Action.REPLACE] + counts[Action.DELETE]
    return [
        ("stacks change", str(len(touched)), ""),
        ("create", str(counts[Action.CREATE]), ""),
        ("update", str(counts[Action.UPDATE]), ""),
        ("replace", str(counts[Action.REPLACE]), "bad" if counts[Action.REPLACE] else ""),
        ("delete", str(counts[Action.DELETE]), "bad" if ends > counts[Action.REPLACE] else ""),
        (
            "USD a month, expected",
            dollars(rise, signed=True) if moves else "not known",
            "up" if rise > 0 else "down" if rise < 0 else "",
        ),
        ("GPUs at most", f"{gpus:+g}", ""),
        ("mandatory policies fail", str(failing), "bad" if failing else "good"),
    ]


def _most_gpus(touched: Sequence[StackReview], *, after: bool) -> float:
    sides = [one.head_cost if after else one.base_cost for one in touched]
    return float(sum(span.maximum for side in sides if side for span in side.gpus.values()))


def _by_item(bill: Estimate | None) -> dict[tuple[str, str], Decimal]:
    return {(line.urn, line.item): _expected(line) for line in bill.lines} if bill else {}


def _expected(line: Line) -> Decimal:
    return line.usd_per_month.expected if line.usd_per_month else Decimal(0)


def _moves(line: Line, before: Mapping[tuple[str, str], Decimal]) -> bool:
    return bool(before) and before.get((line.urn, line.item)) != _expected(line)


def _moved(amount: Decimal, one: StackReview) -> str:
    return dollars(amount, signed=True) if amount and (one.base_cost or one.is_new) else ""
