"""One comment for all stacks, which always fits.

Owns the order of importance and the length: GitHub takes 65,536 characters. What stops the change
and what is replaced stands above the fold, whole as far as it can; then each stack has its share.
What is cut is counted, by name of the section.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from infra.review import details
from infra.review.changes import Action
from infra.review.model import Outcome, Review, StackReview
from infra.review.secrets import swept
from infra.review.text import code, dollar_span, dollars, many, number_span, prose, told

MARKER = "<!-- tokenworks-review -->"
"""First line: the workflow finds its own comment by it."""
GITHUB_LIMIT = 65_536
"""Characters of a comment (GitHub's own message: "body is too long, maximum is 65536")."""
LIMIT = GITHUB_LIMIT - 1_000
"""What we fill; the rest is for whoever adds a line around it."""
_STOPS, _GRAVE, _ALSO, _TABLE = 12_000, 14_000, 6_000, 8_000
_TURNED, _WARNED = 4_000, 6_000
_END = 1_500


@dataclass(frozen=True)
class Section:
    """Lines under a heading, the most important first."""

    title: str
    lines: Sequence[str]
    share: int
    """Characters that it may fill."""


def comment(review: Review) -> str:
    """Return the comment."""
    touched = [one for one in review.stacks if one.is_touched]
    sections = (
        Section("", _table(touched), _TABLE),
        Section("### What stops it", details.stops(touched), _STOPS),
        Section("### Replaced, deleted or refused", details.grave(touched), _GRAVE),
        Section("", details.also_replaced(touched), _ALSO),
        Section("### Turned over in place", details.turned_over(touched), _TURNED),
        Section("### New warnings", details.new_warnings(touched), _WARNED),
    )
    parts = [MARKER, _headline(review, touched), *map(_fitted, sections)]
    end = _end(review)
    text = "\n\n".join(part for part in parts if part)
    left = LIMIT - len(text) - len(end) - 4
    text = "\n\n".join(part for part in (text, *_stacks(touched, left), end) if part)
    return _within(swept(text, review.secrets)) + "\n"


def _headline(review: Review, touched: Sequence[StackReview]) -> str:
    stopping = [one.stack for one in touched if one.must_stop]
    against = f"against {code(review.base)} ({code(review.base_commit[:12])})"
    if not touched:
        return f"## No stack changes\n\nThe same resources, cost and policies {against}."
    verdict = (
        f"**Stopped by {', '.join(code(name) for name in stopping)}.**"
        if stopping
        else "**Nothing stops it.**"
    )
    replaced = sum(one.counts[Action.REPLACE] for one in touched)
    deleted = sum(one.counts[Action.DELETE] for one in touched)
    moves = [one.usd_change.expected for one in touched if one.usd_change]
    cost = (
        f"USD {dollars(sum(moves, Decimal(0)), signed=True)} a month expected"
        if moves
        else "cost not known"
    )
    facts = (
        f"{many(len(touched), 'stack')} {'changes' if len(touched) == 1 else 'change'} {against}: "
        f"{many(replaced, 'resource')} replaced{_of_these(touched)}, {deleted} deleted, {cost}."
    )
    more = " The present tree has changes that no commit holds; they are in." * review.is_dirty
    return f"## What this change does\n\n{verdict} {facts}{more}"


def _of_these(touched: Sequence[StackReview]) -> str:
    grave = [change for one in touched for change in one.grave if change.action is Action.REPLACE]
    return f" ({len(grave)} with state or GPUs)" if grave else ""


def _table(touched: Sequence[StackReview]) -> list[str]:
    if not touched:
        return []
    head = (
        "| stack | create | update | replace | delete | USD a month then: least · expected · most "
        "| change, expected | GPUs | policies | models |"
    )
    return [head, "|---|--:|--:|--:|--:|---|--:|---|---|---|", *map(_row, touched)]


def _row(one: StackReview) -> str:
    counts = one.counts
    replace = str(counts[Action.REPLACE])
    if counts[Action.MAY_REPLACE]:
        replace += f" + {counts[Action.MAY_REPLACE]} may"
    update = str(counts[Action.UPDATE])
    if counts[Action.REFUSED]:
        update += f" + {counts[Action.REFUSED]} refused"
    cells = (
        code(one.stack) + (" new" if one.is_new else " gone" if one.is_gone else ""),
        *(str(counts[Action.CREATE]), update, replace, str(counts[Action.DELETE])),
        *_money(one),
        _gpus(one),
        _policies(one),
        _models(one),
    )
    if one.mistakes:
        cells = (code(one.stack), *["?"] * 4, "not known", "?", "?", "?", "**does not load**")
    return f"| {' | '.join(cells)} |"


def _money(one: StackReview) -> tuple[str, str]:
    if one.head_cost is None:
        return ("0" if one.is_gone else "not known", "not known")
    now = dollar_span(one.head_cost.total)
    if one.head_cost.unpriced:
        now += f" + {many(len(one.head_cost.unpriced), 'thing')} unpriced"
    change = one.usd_change
    if change is None:
        return now, "not known"
    moves = change.minimum or change.expected or change.maximum
    return now, f"**{dollars(change.expected, signed=True)}**" if moves else "same"


def _gpus(one: StackReview) -> str:
    return (
        "; ".join(
            f"{prose(name)} {number_span(before)} → {number_span(after)}"
            for name, (before, after) in one.gpu_change.items()
        )
        or "same"
    )


def _policies(one: StackReview) -> str:
    counts = {
        outcome: sum(found.outcome is outcome for found in one.policies)
        for outcome in details.OUTCOMES
    }
    parts = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return f"**{', '.join(parts)}**" if one.failing else ", ".join(parts) or "pass"


def _models(one: StackReview) -> str:
    if not one.models:
        return "none"
    if one.unfit:
        return f"**{many(len(one.unfit), 'does', 'do')} not fit**"
    unknown = sum(found.fit != "fits" for found in one.models)
    fit = len(one.models) - unknown
    return f"{many(fit, 'fits', 'fit')}" + (f", {unknown} not judged" if unknown else "")


def _stacks(touched: Sequence[StackReview], left: int) -> list[str]:
    """Give each stack its share of what is left; what one does not need the next ones have."""
    parts = []
    for index, one in enumerate(touched):
        part = details.stack(one, max(0, left // (len(touched) - index)))
        left -= len(part) + 2
        parts.append(part)
    return parts


def _fitted(section: Section) -> str:
    if not section.lines:
        return ""
    title = f"{section.title}\n\n" if section.title else ""
    text = "\n".join(section.lines)
    if len(text) <= section.share:
        return title + text
    kept: list[str] = []
    room = section.share
    for line in section.lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    gone = len(section.lines) - len(kept)
    return f"{title}{chr(10).join(kept)}\n\n**{gone} more are cut here**; the HTML report has all."


def _end(review: Review) -> str:
    notes = [*map(told, review.notes)]
    if review.untouched:
        notes.append(f"not touched: {', '.join(code(name) for name in review.untouched)}")
    priced = [one.head_cost for one in review.stacks if one.head_cost]
    if priced:
        notes.append(f"prices: list, without tax, 730 hours, as of {priced[0].as_of} on both sides")
    if any(found.outcome is Outcome.UNKNOWN for one in review.stacks for found in one.policies):
        notes.append("*cannot judge*: a value that is known only when the engine runs")
    notes.append(
        "recorded offline: no cloud was asked, what changed there by hand is not seen; "
        "update or replace follows the providers' schemas, and reads *may replace* without a source"
    )
    return f"<sub>{'. '.join(notes)}.</sub>"


def _within(text: str) -> str:
    """Return the text; should its length ever be misjudged, the end is lost, and that is said."""
    if len(text) <= LIMIT:
        return text
    return f"{text[: LIMIT - 100].rsplit(chr(10), 1)[0]}\n\n</details>\n\n**The rest is cut.**"
