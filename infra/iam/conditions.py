"""Does the condition of a statement hold for a request?

Owns the operators. Those that are not here (dates, binary) raise: nothing of ours uses them.
Sources: IAM User Guide, "Condition operators", "Conditions with multiple context keys or values"
and "Single-valued vs. multivalued context keys", 2026. In short, for a key that the request lacks:
an operator is false, a negated one is true, `…IfExists` is true, `Null` says so, `ForAllValues` is
true (a trap in an Allow) and `ForAnyValue` is false.
"""

import ipaddress
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from infra.iam import matching
from infra.iam.documents import Condition, PolicyError, Statement

Context = Mapping[str, tuple[str, ...]]
"""Condition key in lower case (AWS compares keys so) to the values that the request carries."""
_Test = Callable[[str, str, matching.Lookup], bool]
"""Value in the policy, value in the request, variables: does the one fit the other?"""


@dataclass(frozen=True, slots=True)
class _Operator:
    test: _Test
    negated: bool = False


@dataclass(frozen=True, slots=True)
class _Parsed:
    """An operator's name, taken apart."""

    name: str
    set_prefix: str
    if_exists: bool


def holds(statement: Statement, context: Context) -> bool:
    """Say whether every condition of a statement holds.

    Raises:
        PolicyError: an operator is not known, or its values make no sense for it.
    """
    # Not a generator that stops early: an operator that nobody knows must raise in any case.
    results = [_holds(item, context, statement.label) for item in statement.conditions]
    return all(results)


def is_known(condition: Condition) -> bool:
    """Say whether an operator is one of those here."""
    parsed = _parsed(condition.operator)
    return parsed.name in _OPERATORS or condition.operator == "Null"


def _holds(condition: Condition, context: Context, label: str) -> bool:
    where = f"{label}: {condition.operator} {condition.key}"
    parsed = _parsed(condition.operator)
    values = context.get(condition.key.lower())
    if parsed.name == "Null":
        return _is_absent(condition, parsed, values, where)
    known = _OPERATORS.get(parsed.name)
    if known is None:
        allowed = ", ".join((*_OPERATORS, "Null"))
        message = f"{where}: must be one of {allowed}, got {condition.operator!r}"
        raise PolicyError(message)
    if not values:
        return _without_values(parsed, known)
    if len(values) > 1 and not parsed.set_prefix:
        message = f"{where}: must say ForAllValues or ForAnyValue, got the values {values}"
        raise PolicyError(message)
    fits = [_fits(known, condition, value, context, where) for value in values]
    return all(fits) if parsed.set_prefix == "ForAllValues" else any(fits)


def _parsed(text: str) -> _Parsed:
    prefix, colon, rest = text.rpartition(":")
    if prefix not in ("", "ForAllValues", "ForAnyValue") or bool(prefix) != bool(colon):
        rest = text
    name = rest.removesuffix("IfExists")
    return _Parsed(name, prefix if rest != text else "", if_exists=name != rest)


def _is_absent(
    condition: Condition, parsed: _Parsed, values: tuple[str, ...] | None, where: str
) -> bool:
    wanted = {"true": True, "false": False}
    if parsed.if_exists or parsed.set_prefix or len(condition.values) != 1:
        message = f"{where}: must be a plain Null with one value, got {condition.values}"
        raise PolicyError(message)
    if condition.values[0].lower() not in wanted:
        message = f"{where}: must be 'true' or 'false', got {condition.values[0]!r}"
        raise PolicyError(message)
    return wanted[condition.values[0].lower()] is not bool(values)


def _without_values(parsed: _Parsed, known: _Operator) -> bool:
    if parsed.if_exists or parsed.set_prefix == "ForAllValues":
        return True
    return known.negated and not parsed.set_prefix


def _fits(known: _Operator, condition: Condition, value: str, context: Context, where: str) -> bool:
    """Say whether a value of the request fits: any of the policy's, or, negated, none of them."""

    def lookup(key: str) -> str | None:
        found = context.get(key.lower(), ())
        return found[0] if len(found) == 1 else None

    try:
        fits = [known.test(item, value, lookup) for item in condition.values]
    except PolicyError as error:
        message = f"{where}: {error}"
        raise PolicyError(message) from error
    return not any(fits) if known.negated else any(fits)


def _text_equals(pattern: str, value: str, lookup: matching.Lookup) -> bool:
    return matching.equals(pattern, value, lookup)


def _text_equals_ignoring_case(pattern: str, value: str, lookup: matching.Lookup) -> bool:
    return matching.equals(pattern, value, lookup, ignore_case=True)


def _text_like(pattern: str, value: str, lookup: matching.Lookup) -> bool:
    return matching.fits(pattern, value, lookup)


def _bool(pattern: str, value: str, lookup: matching.Lookup) -> bool:
    del lookup
    for text in (pattern, value):
        if text.lower() not in ("true", "false"):
            message = f"must be 'true' or 'false', got {text!r}"
            raise PolicyError(message)
    return pattern.lower() == value.lower()


def _address(pattern: str, value: str, lookup: matching.Lookup) -> bool:
    del lookup
    try:
        network, address = ipaddress.ip_network(pattern, strict=False), ipaddress.ip_address(value)
    except ValueError as error:
        message = f"must be addresses, got {pattern!r} and {value!r}"
        raise PolicyError(message) from error
    return address in network


def _number(compare: Callable[[Decimal, Decimal], bool]) -> _Test:
    """Return a test of the request's number against the policy's."""

    def test(pattern: str, value: str, lookup: matching.Lookup) -> bool:
        del lookup
        try:
            return compare(Decimal(value), Decimal(pattern))
        except InvalidOperation as error:
            message = f"must be numbers, got {pattern!r} and {value!r}"
            raise PolicyError(message) from error

    return test


_OPERATORS: Mapping[str, _Operator] = {
    "StringEquals": _Operator(_text_equals),
    "StringNotEquals": _Operator(_text_equals, negated=True),
    "StringEqualsIgnoreCase": _Operator(_text_equals_ignoring_case),
    "StringNotEqualsIgnoreCase": _Operator(_text_equals_ignoring_case, negated=True),
    "StringLike": _Operator(_text_like),
    "StringNotLike": _Operator(_text_like, negated=True),
    # `ArnEquals` takes wildcards as `ArnLike` does: the two behave identically.
    "ArnEquals": _Operator(matching.arn_fits),
    "ArnNotEquals": _Operator(matching.arn_fits, negated=True),
    "ArnLike": _Operator(matching.arn_fits),
    "ArnNotLike": _Operator(matching.arn_fits, negated=True),
    "Bool": _Operator(_bool),
    "IpAddress": _Operator(_address),
    "NotIpAddress": _Operator(_address, negated=True),
    "NumericEquals": _Operator(_number(operator.eq)),
    "NumericNotEquals": _Operator(_number(operator.eq), negated=True),
    "NumericLessThan": _Operator(_number(operator.lt)),
    "NumericLessThanEquals": _Operator(_number(operator.le)),
    "NumericGreaterThan": _Operator(_number(operator.gt)),
    "NumericGreaterThanEquals": _Operator(_number(operator.ge)),
}
