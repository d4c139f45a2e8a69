"""Conditions: operators, missing keys, several values."""

import pytest

from infra.iam.documents import Json, PolicyError
from infra.iam.evaluate import evaluate
from tests.support.iam import allow, document, request

ARN = "arn:aws:eks:us-east-1:123456789012:cluster/tokenworks"


def _holds(operator: str, wanted: Json, value: str | tuple[str, ...] | None) -> bool:
    """Say whether a condition on one key holds for a value of the request; None: it has none."""
    policy = document(allow(Condition={operator: {"x:Key": wanted}}))
    asked = request() if value is None else request(X__KEY=value)
    return evaluate([policy], asked).is_allowed


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "A", "a", False),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotEqualsIgnoreCase", "A", "a", False),
        ("StringLike", "a*", "ab", True),
        ("StringNotLike", "a*", "ab", False),
        ("ArnEquals", "arn:aws:eks:*:123456789012:cluster/*", ARN, True),
        ("ArnLike", "arn:aws:eks:*:999999999999:cluster/*", ARN, False),
        ("ArnNotLike", "arn:aws:eks:*:999999999999:cluster/*", ARN, True),
        ("ArnNotEquals", ARN, ARN, False),
        ("Bool", False, "false", True),
        ("Bool", "true", "FALSE", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.9", False),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", ["203.0.113.0/24", "2001:db8::/32"], "2001:db8::1", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", 10, "10", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "9", False),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("Null", "true", "x", False),
        ("Null", False, "x", True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEqualsIfExists", "a", "a", False),
    ],
)
def test_an_operator_compares_as_aws_documents_it(
    operator: str, wanted: Json, value: str, *, expected: bool
) -> None:
    assert _holds(operator, wanted, value) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringLike", False),
        ("StringNotLike", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
        ("ArnLike", False),
        ("ArnNotLike", True),
    ],
)
@pytest.mark.parametrize("value", [None, ()], ids=["absent", "empty"])
def test_a_key_that_the_request_lacks_decides_by_the_operator(
    operator: str, value: tuple[str, ...] | None, *, expected: bool
) -> None:
    assert _holds(operator, ARN, value) is expected


def test_null_asks_for_the_missing_key_itself() -> None:
    assert _holds("Null", "true", None)
    assert not _holds("Null", "false", None)


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("c", "b"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("c", "a"), False),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
        ("ForAllValues:StringLikeIfExists", ("a", "c"), False),
    ],
)
def test_set_operators_ask_all_or_any_of_the_requests_values(
    operator: str, values: tuple[str, ...], *, expected: bool
) -> None:
    assert _holds(operator, ["a", "b"], values) is expected


def test_several_values_without_a_set_operator_raise() -> None:
    with pytest.raises(PolicyError, match="must say ForAllValues or ForAnyValue"):
        _holds("StringEquals", "a", ("a", "b"))


@pytest.mark.parametrize(
    "operator",
    [
        "DateLessThan",
        "BinaryEquals",
        "stringEquals",
        "StringEqual",
        "ForSomeValues:StringEquals",
        ":StringEquals",
        "StringEqualsIfExistsIfExists",
    ],
)
@pytest.mark.parametrize("value", ["a", None])
def test_an_operator_that_is_not_known_raises_even_without_a_value(
    operator: str, value: str | None
) -> None:
    with pytest.raises(PolicyError, match="must be one of StringEquals"):
        _holds(operator, "a", value)


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "message"),
    [
        ("NumericEquals", "${pool.size}", "1", "must be numbers"),
        ("IpAddress", "${network.cidr}", "10.0.0.1", "must be addresses"),
        ("Bool", "yes", "true", "must be 'true' or 'false', got 'yes'"),
        ("Null", "maybe", "a", "must be 'true' or 'false', got 'maybe'"),
        ("NullIfExists", "true", "a", "must be a plain Null"),
        ("StringEquals", "${aws:PrincipalTag/team}", "a", "must give it a value"),
    ],
)
def test_a_value_that_cannot_be_judged_raises(
    operator: str, wanted: Json, value: str, message: str
) -> None:
    with pytest.raises(PolicyError, match=message):
        _holds(operator, wanted, value)


def test_a_variable_in_a_condition_is_filled_from_the_request() -> None:
    policy = document(allow(Condition={"StringEquals": {"s3:prefix": "${aws:username}"}}))

    assert evaluate([policy], request(s3__prefix="ann", aws__username="ann")).is_allowed
    assert not evaluate([policy], request(s3__prefix="bob", aws__username="ann")).is_allowed


def test_all_operators_and_all_keys_of_a_statement_must_hold() -> None:
    both: Json = {"StringEquals": {"x:a": "1", "x:b": "2"}, "Bool": {"x:c": "true"}}
    policy = document(allow(Condition=both))

    assert evaluate([policy], request(x__a="1", x__b="2", x__c="true")).is_allowed
    assert not evaluate([policy], request(x__a="1", x__b="3", x__c="true")).is_allowed
    assert not evaluate([policy], request(x__a="1", x__b="2", x__c="false")).is_allowed
