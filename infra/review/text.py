"""Words and figures of a review, and how text gets safely into a comment.

Owns the escaping. Whatever comes from a program, a stack file or a message is data: it becomes
entities, which Markdown takes for nothing but text and HTML for nothing but characters. Values
stand in `<code>`, where GitHub looks for no mention, issue or commit.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from infra.cost.model import Span

VALUE_LENGTH = 90
"""Characters of a value that a comment shows."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,;/-.:()=+?{}%")
_BREAK = "\u200b"
"""Ends a mention outside of code: nobody is called `@` and a space of no width."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""What has no shape, or turns the text around it."""


def escaped(text: str) -> str:
    """Return text that is nothing but itself in Markdown and in HTML, on one line."""
    text = _CONTROL.sub("", text.replace("\n", " ⏎ "))
    safe = "".join(
        character if character in _PLAIN or not character.isascii() else f"&#{ord(character)};"
        for character in text
    )
    # GitHub makes links of these by themselves, whatever stands around them.
    return safe.replace("://", "&#58;//").replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")


def prose(text: str) -> str:
    """Return a message as text outside of code."""
    return escaped(text).replace("&#64;", f"&#64;{_BREAK}").replace("&#35;", f"&#35;{_BREAK}")


def told(text: str) -> str:
    """Return a sentence of ours, in which names stand between backticks."""
    parts = text.split("`")
    return "".join(code(part) if index % 2 else prose(part) for index, part in enumerate(parts))


def code(text: str, length: int = VALUE_LENGTH) -> str:
    """Return a value, cut where it is long."""
    return f"<code>{escaped(cut(text, length))}</code>"


def cut(text: str, length: int) -> str:
    """Return text of at most that length; the end says that there was more."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def apart(before: str, after: str, length: int) -> tuple[str, str]:
    """Return two values cut to where they differ, when their beginnings would look the same."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    if max(len(before), len(after)) > length and same > length // 3:
        start = same - 12
        before, after = f"…{before[start:]}", f"…{after[start:]}"
    return cut(before, length), cut(after, length)


def dollars(amount: Decimal, *, signed: bool = False) -> str:
    """Return whole dollars; less than one is not nothing."""
    if amount != 0 and abs(amount) < 1:
        return f"{amount:+.2f}" if signed else f"{amount:.2f}"
    return f"{amount:+,.0f}" if signed else f"{amount:,.0f}"


def dollar_span(span: Span) -> str:
    """Return least, expected and most; one figure where they are the same."""
    ends = [dollars(end) for end in (span.minimum, span.expected, span.maximum)]
    return ends[0] if len(set(ends)) == 1 else " · ".join(ends)


def number_span(span: Span | None) -> str:
    """Return a number of things, least to most; none is none."""
    if span is None:
        return "0"
    low, high = f"{span.minimum.normalize():f}", f"{span.maximum.normalize():f}"
    return low if low == high else f"{low}-{high}"


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return names, the first ones of many."""
    shown = ", ".join(code(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
