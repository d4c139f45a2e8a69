"""Findings in few words: what a rule says of one property that it found, or did not find."""

from collections.abc import Callable, Iterator

from policies.rule import Finding, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_bool, at

Check = Callable[[Subject, Scene], Iterator[Finding]]


def judge(value: Plain, what: str, *, right: bool, message: str) -> Iterator[Finding]:
    """Yield that a value is unknown, or the message when it is not right."""
    if value is UNKNOWN:
        yield Unjudged(what)
    elif not right:
        yield Violation(message)


def must_be(path: str, *wanted: str, since: str) -> Check:
    """Return a check that a text is one of those wanted; nothing is not.

    Args:
        path: where it stands.
        wanted: what it may be; the first is what the message tells to write.
        since: what happens otherwise, after a colon.
    """

    def check(subject: Subject, _: Scene) -> Iterator[Finding]:
        value = subject.at(path)
        message = f"`{path}` is {said(value)}: {since}. Write `{wanted[0]}`."
        yield from judge(value, path, right=value in wanted, message=message)

    return check


def must_switch(path: str, *, on: bool, since: str, default: bool | None = None) -> Check:
    """Return a check of a switch.

    Args:
        path: where it stands.
        on: what it must be.
        since: what happens otherwise, after a colon.
        default: what the cloud takes when it is not there; None: what is wrong here.
    """

    def check(subject: Subject, _: Scene) -> Iterator[Finding]:
        value = subject.at(path)
        right = as_bool(value) is on or (value is MISSING and default is on)
        message = f"`{path}` is {said(value)}: {since}. Write `{str(on).lower()}`."
        yield from judge(value, path, right=right, message=message)

    return check


def must_be_there(path: str, since: str, write: str) -> Check:
    """Return a check that something, no matter what, is written at a path."""

    def check(subject: Subject, _: Scene) -> Iterator[Finding]:
        value = subject.at(path)
        right = isinstance(value, str) and bool(value)
        message = f"`{path}` is {said(value)}: {since}. {write}"
        yield from judge(value, path, right=right, message=message)

    return check


def said(value: Plain) -> str:
    """Return a value as messages show it."""
    return "not there" if isinstance(value, Mark) else repr(value)


def pick(holder: Plain, key: str) -> Plain:
    """Return what a key with dots in it holds: a label, an annotation."""
    if isinstance(holder, dict):
        value = holder.get(key, MISSING)
        return MISSING if value is None else value
    return UNKNOWN if holder is UNKNOWN else MISSING


def items(holder: Plain, path: str) -> list[Plain]:
    """Return the items of a list; one `UNKNOWN` for an unknown list, none for no list."""
    found = at(holder, path)
    if found is UNKNOWN:
        return [UNKNOWN]
    return found if isinstance(found, list) else []
