"""What holds a grant back: the part of CEL that our stacks use.

Owns the grammar of it (comparison, `startsWith`, `&&`, `||`, `!`, brackets) over three attributes
of a resource, and its judgement. Refuses everything else: a condition that were skipped would make
the grant look wider, one that were dropped narrower.
Which attributes IAM has: IAM documentation, "Attribute reference for IAM Conditions", in a public
copy, read 2026-11-26.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from infra.iam.gcp.errors import GrantError

ATTRIBUTES = ("resource.name", "resource.type", "resource.service")
_TOKEN = re.compile(
    r"\s*(?:(?P<attribute>resource\.(?:name|type|service))(?P<starts>\.startsWith)?"
    r"|(?P<text>\"[^\"\\]*\"|'[^'\\]*')|(?P<sign>==|!=|&&|\|\||!|\(|\)))"
)

Attributes = Mapping[str, str]
"""What a request says about its resource; one that is not here is not provided by the service."""
_Judge = Callable[[Attributes], bool]


class _AbsentError(Exception):
    """The service does not say this about its resources."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a binding."""

    title: str
    expression: str

    def __post_init__(self) -> None:
        """Refuse an expression that is not understood."""
        _Parser(self.expression).whole()

    def holds(self, attributes: Attributes) -> bool:
        """Say whether the grant counts for a resource.

        A service that does not say what is asked leaves it without an answer, and what has no
        answer grants nothing (IAM documentation, "Overview of IAM Conditions", as remembered).
        """
        judge = _Parser(self.expression).whole()
        try:
            return judge(attributes)
        except _AbsentError:
            return False


class _Parser:
    """Reads an expression from left to right; `||` binds weakest, then `&&`, then `!`."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = self._split()
        self._next = 0

    def whole(self) -> _Judge:
        judge = self._either()
        if self._next < len(self._tokens):
            self._refuse(f"{self._tokens[self._next]!r} is left over")
        return judge

    def _split(self) -> list[str]:
        tokens, position = [], 0
        text = self._expression.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                self._refuse(f"not understood from {text[position:].strip()!r} on")
            tokens.append(found.group(0).strip())
            position = found.end()
        return tokens

    def _either(self) -> _Judge:
        judges = [self._both()]
        while self._takes("||"):
            judges.append(self._both())
        return lambda about: _first(judges, about, wanted=True)

    def _both(self) -> _Judge:
        judges = [self._one()]
        while self._takes("&&"):
            judges.append(self._one())
        return lambda about: _first(judges, about, wanted=False)

    def _one(self) -> _Judge:
        if self._takes("!"):
            inner = self._one()
            return lambda about: not inner(about)
        if self._takes("("):
            inner = self._either()
            self._needs(")")
            return inner
        return self._comparison()

    def _comparison(self) -> _Judge:
        attribute, starts, _ = self._take().partition(".startsWith")
        if attribute not in ATTRIBUTES:
            self._refuse(f"wanted one of {', '.join(ATTRIBUTES)}, got {attribute!r}")
        if starts:
            self._needs("(")
            beginning = self._text()
            self._needs(")")
            return lambda about: _value(about, attribute).startswith(beginning)
        sign, text = self._take(), self._text()
        if sign not in ("==", "!="):
            self._refuse(f"wanted == or !=, got {sign!r}")
        return lambda about: (_value(about, attribute) == text) is (sign == "==")

    def _text(self) -> str:
        token = self._take()
        if token[:1] not in {'"', "'"}:
            self._refuse(f"wanted a text, got {token!r}")
        return token[1:-1]

    def _take(self) -> str:
        if self._next == len(self._tokens):
            self._refuse("it ends too early")
        self._next += 1
        return self._tokens[self._next - 1]

    def _takes(self, sign: str) -> bool:
        there = self._next < len(self._tokens) and self._tokens[self._next] == sign
        self._next += there
        return there

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            self._refuse(f"wanted {sign!r}")

    def _refuse(self, reason: str) -> NoReturn:
        message = f"condition: {reason}, got {self._expression!r}"
        raise GrantError(message)


def _value(about: Attributes, attribute: str) -> str:
    if attribute not in about:
        raise _AbsentError(attribute)
    return about[attribute]


def _first(judges: list[_Judge], about: Attributes, *, wanted: bool) -> bool:
    """Return `wanted` as soon as one judge says so; CEL forgives an error beside such an answer."""
    absent: _AbsentError | None = None
    for judge in judges:
        try:
            if judge(about) is wanted:
                return wanted
        except _AbsentError as error:
            absent = error
    if absent is not None:
        raise absent
    return not wanted
