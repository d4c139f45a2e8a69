"""Wildcards, variables and symbols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.iam.documents import PolicyError
from infra.iam.matching import arn_fits, equals, fits

ROLE = "arn:aws:iam::123456789012:role/models"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b:c", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::backup", True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/", False),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/x", True),
        ("arn:aws:s3:::b/a.b", "arn:aws:s3:::b/axb", False),
        ("arn:aws:s3:::b/[ab]", "arn:aws:s3:::b/a", False),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
        ("a$b", "a$b", True),
        ("a*b", "a\n\nb", True),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_is_one_character(
    pattern: str, text: str, *, expected: bool
) -> None:
    assert fits(pattern, text) is expected


@given(st.text())
def test_a_text_without_wildcards_fits_itself_and_nothing_longer(text: str) -> None:
    literal = text.replace("*", "").replace("?", "").replace("$", "")

    assert fits(literal, literal)
    assert not fits(literal, f"{literal}x")


@given(st.text(), st.text())
def test_a_wildcard_in_place_of_any_part_still_fits(before: str, after: str) -> None:
    literal = before.replace("$", "") + after.replace("$", "")

    assert fits(before.replace("$", "").replace("*", "?") + "*", literal)


def test_a_symbol_equals_itself_and_wildcards_stand_for_it() -> None:
    bucket = "arn:aws:s3:::${weights}"

    assert fits(bucket, bucket)
    assert fits(f"{bucket}/*", f"{bucket}/model")
    assert fits("arn:aws:s3:::*", bucket)
    assert not fits(bucket, "arn:aws:s3:::${logs}")
    assert not fits(bucket, "arn:aws:s3:::weights")


def test_a_variable_has_the_value_that_the_request_gives() -> None:
    values = {"aws:username": "ann*"}

    assert fits("home/${aws:username}/*", "home/ann*/x", values.get)
    assert not fits("home/${aws:username}/*", "home/anna/x", values.get)


@pytest.mark.parametrize("variable", ["${aws:PrincipalTag/team}", "${aws:username, 'nobody'}"])
def test_a_variable_without_a_value_raises(variable: str) -> None:
    with pytest.raises(PolicyError, match="the request must give it a value"):
        fits(f"home/{variable}", "home/x", {"aws:username": "ann"}.get)


def test_escaped_wildcards_are_characters() -> None:
    assert fits("a${*}b${?}${$}", "a*b?$")
    assert not fits("a${*}b${?}${$}", "axb?$")


def test_equality_takes_wildcards_as_characters() -> None:
    assert equals("a*", "a*")
    assert not equals("a*", "ab")
    assert equals("A", "a", ignore_case=True)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        # AWS's own example: the star does not reach across a colon.
        (
            "arn:aws:someservice:*:111122223333:finance/*",
            "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
            False,
        ),
        ("arn:aws:iam::*:role/models", ROLE, True),
        ("arn:aws:iam::*:role/*", ROLE, True),
        ("arn:aws:s3:::*", "arn:aws:s3:::b/a:b", True),
        ("arn:aws:iam::123456789012:role/${aws:username}", ROLE, True),
        ("*", ROLE, True),
        ("arn:*", ROLE, False),
        ("${role.arn}", "${role.arn}", True),
        ("${role.arn}", "${other.arn}", False),
    ],
)
def test_an_arn_is_compared_part_by_part(pattern: str, text: str, *, expected: bool) -> None:
    assert arn_fits(pattern, text, {"aws:username": "models"}.get) is expected
