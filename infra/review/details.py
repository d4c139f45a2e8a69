"""The parts of a comment that speak of resources, rules, models and money."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from infra.cost.model import Bucket, Estimate, Line
from infra.review.changes import Action, ResourceChange
from infra.review.model import Fit, Outcome, PolicyResult, StackReview
from infra.review.text import apart, code, dollar_span, dollars, listed, many, prose, told

OUTCOMES = tuple(Outcome)
_COST_LINES = 12
_PROPERTIES = 6
_VALUE = 60
_ENDS = (Action.REPLACE, Action.DELETE, Action.MAY_REPLACE, Action.REFUSED)


def stops(stacks: Iterable[StackReview]) -> list[str]:
    """Return what makes the exit code 1, a line each."""
    lines = []
    for one in stacks:
        if one.mistakes:
            text = "; ".join(line.strip() for line in one.mistakes.splitlines() if line.strip())
            lines.append(f"- {code(one.stack)} does not load: {code(text, 1_500)}")
        lines += [f"- {code(one.stack)} policy {_policy(found)}" for found in one.failing]
        lines += [
            f"- {code(one.stack)} model {code(found.model)} does not fit {code(found.pool)} "
            f"({found.gpus} {prose(found.gpu)} a server): {prose(found.detail)}"
            for found in one.unfit
        ]
    return lines


def grave(stacks: Iterable[StackReview]) -> list[str]:
    """Return what is replaced, deleted or refused and holds state, or uses GPUs."""
    return [
        f"- {code(one.stack)} **{change.action}** {_named(change)}{_kind(change)}{_why(change)}"
        for one in stacks
        for change in one.grave
    ]


def turned_over(stacks: Iterable[StackReview]) -> list[str]:
    """Return the updates in place that replace nodes, move a control plane or lift protection."""
    return [
        f"- {code(one.stack)} update {_named(change)}{_why(change)}"
        for one in stacks
        for change in one.turned_over
    ]


def new_warnings(stacks: Iterable[StackReview]) -> list[str]:
    """Return what rules have to say since this change."""
    return [
        f"- {code(one.stack)} policy {found.outcome}: {_policy(found)}"
        for one in stacks
        for found in one.new_warnings
    ]


def also_replaced(stacks: Iterable[StackReview]) -> list[str]:
    """Return the names of everything else that is replaced or deleted, by kind."""
    lines = []
    for one in stacks:
        for action in _ENDS:
            groups: dict[tuple[str, str], list[ResourceChange]] = {}
            for change in one.changes:
                if change.action is action and not change.is_grave:
                    key = (change.resource.short_type, _why(change))
                    groups.setdefault(key, []).append(change)
            for (short_type, why), changes in groups.items():
                names = listed([change.resource.name for change in changes], most=len(changes))
                lines.append(f"- {code(one.stack)} {action} {prose(short_type)} {names}{why}")
    return lines


def stack(one: StackReview, room: int) -> str:
    """Return everything about a stack in a fold of at most that length."""
    if one.mistakes:
        return ""
    head = f"<details><summary>{code(one.stack)}: {_summary(one)}</summary>\n\n"
    foot = "\n\n</details>"
    told = [*_notes(one), *_cost(one), *_models(one), *_warnings(one)]
    room -= len(head) + len(foot) + 160
    lines, gone = [], 0
    for line in told:
        if len(line) + 1 > room // 2:  # resources have at least half
            gone += 1
            continue
        lines.append(line)
        room -= len(line) + 1
    changes = [change for change in one.changes if change.action is not Action.STATE]
    full = [_full(change) for change in changes]
    short = [f"- {change.action} {_named(change)}" for change in changes]
    kept, names, lost = _mixed(full, short, room)
    lines += ["", "**Resources**", "", *kept] if kept else []
    if names:
        lines.append(f"\n**{names} of these by name only**: no room for their properties.")
    if lost or gone:
        lines.append(f"\n**Cut: {many(lost, 'resource')}, {many(gone, 'other line')}.**")
    return head + "\n".join(lines).strip("\n") + foot


def _mixed(full: Sequence[str], short: Sequence[str], room: int) -> tuple[list[str], int, int]:
    """Return whole lines first and names for the rest, and how many are names, or lost."""
    names_after = [0] * (len(short) + 1)
    for index in range(len(short) - 1, -1, -1):
        names_after[index] = names_after[index + 1] + len(short[index]) + 1
    kept: list[str] = []
    names = 0
    for index, (long, name) in enumerate(zip(full, short, strict=True)):
        if len(long) + 1 + names_after[index + 1] <= room:
            kept.append(long)
        elif len(name) + 1 <= room:
            kept.append(name)
            names += len(name) < len(long)
        else:
            return kept, names, len(full) - index
        room -= len(kept[-1]) + 1
    return kept, names, 0


def _summary(one: StackReview) -> str:
    counts = [f"{count} to {action}" for action, count in one.counts.items() if count]
    return prose(", ".join(counts) or "the same resources")


def _named(change: ResourceChange) -> str:
    return f"{prose(change.resource.short_type)} {code(change.resource.name)}"


def _kind(change: ResourceChange) -> str:
    kinds = [*(["holds state"] if change.stateful else []), *(["GPUs"] if change.gpu else [])]
    return f" ({', '.join(kinds)})" if kinds else ""


def _why(change: ResourceChange) -> str:
    words = [*change.reasons[:3], *change.notes]
    return f": {told('; '.join(words))}" if words else ""


def _full(change: ResourceChange) -> str:
    shown = [
        f"{code(one.path)} {_values(one.before, one.after)}"
        for one in change.properties[:_PROPERTIES]
    ]
    more = len(change.properties) - len(shown)
    rest = [many(more, "more property", "more properties")] if more > 0 else []
    marks = _kind(change) if change.action in _ENDS else ""
    tail = f" — {'; '.join([*shown, *rest])}" if shown or rest else ""
    return f"- {change.action} {_named(change)}{marks}{_why(change)}{tail}"


def _values(before: str | None, after: str | None) -> str:
    if before is not None and after is not None:
        before, after = apart(before, after, _VALUE)
    old = "nothing" if before is None else code(before, _VALUE)
    return f"{old} → {'nothing' if after is None else code(after, _VALUE)}"


def _notes(one: StackReview) -> Iterator[str]:
    for note in one.notes:
        yield f"- {told(note)}"
    if one.is_gone:
        yield "- the stack file is gone: what the stack built stays until it is destroyed"
    state = [change for change in one.changes if change.action is Action.STATE]
    for change in state:
        yield f"- only in the engine's state: {_named(change)}{_why(change)}"
    if one.lost_models:
        yield f"- no longer served: {listed(one.lost_models)}"


def _cost(one: StackReview) -> Iterator[str]:
    after = one.head_cost
    if after is None:
        if one.cost_problem:
            yield f"- cost: {prose(one.cost_problem)}"
        return
    change = one.usd_change
    moved = (
        f", {dollar_span(change)} more or less"
        if change and change.expected == 0 and change.maximum
        else ""
    )
    before = dollar_span(one.base_cost.total) if one.base_cost else "nothing"
    yield f"- USD a month: {before} → {dollar_span(after.total)}{moved}"
    for line in _moved(one.base_cost, after):
        yield f"  - {line}"
    if after.unpriced:
        names = dict.fromkeys(f"{line.resource}, {line.item}" for line in after.unpriced)
        yield f"  - unpriced, so in no sum: {listed(tuple(names))}"


def _moved(before: Estimate | None, after: Estimate) -> Iterator[str]:
    """Yield the lines of the bill that move, the largest first."""
    old = {_key(line): line for line in before.lines} if before else {}
    new = {_key(line): line for line in after.lines}
    moves = []
    for key in dict.fromkeys([*old, *new]):
        was, now = _expected(old.get(key)), _expected(new.get(key))
        if was != now:
            line = new.get(key) or old[key]
            moves.append((abs(now - was), line, now - was))
    moves.sort(key=lambda move: (-move[0], move[1].resource))
    for _, line, change in moves[:_COST_LINES]:
        usage = f" ({prose(line.assumption)})" if line.bucket is Bucket.USAGE else ""
        yield (
            f"{code(line.resource)} {prose(line.item)}: "
            f"{dollars(change, signed=True)} expected{usage}"
        )
    if len(moves) > _COST_LINES:
        yield f"{len(moves) - _COST_LINES} smaller moves"


def _key(line: Line) -> tuple[str, str]:
    return line.urn, line.item


def _expected(line: Line | None) -> Decimal:
    return line.usd_per_month.expected if line and line.usd_per_month else Decimal(0)


def _models(one: StackReview) -> Iterator[str]:
    for found in one.models:
        if not found.change and found.fit is Fit.FITS:
            continue
        changed = f"; {prose(found.change)}" if found.change else ""
        yield (
            f"- model {code(found.model)} on {code(found.pool)}: {found.fit}, "
            f"{prose(found.detail)}{changed}"
        )
    same = sum(not found.change and found.fit is Fit.FITS for found in one.models)
    if same:
        yield f"- {many(same, 'other model')} unchanged and fitting"


def _warnings(one: StackReview) -> Iterator[str]:
    old = sum(not found.is_new and found.outcome is not Outcome.FAILS for found in one.policies)
    if old:
        yield f"- {many(old, 'finding')} of policies that the base has as well"


def _policy(found: PolicyResult) -> str:
    where = f" ({listed(found.resources)})" if found.resources else ""
    new = "" if found.is_new else ", as in the base"
    return f"{code(found.rule)}{where}: {prose(found.message)}{new}"
