"""Labels on resources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gcp.tags import LABELS_LIMIT, LabelError, checked_labels, labels
from infra.spec.files import stack_names
from tests.unit.components.examples_gcp import PLATFORM


def test_every_resource_says_whose_it_is_and_who_manages_it() -> None:
    assert labels(PLATFORM, {"purpose": "weights"}) == {
        "tokenworks-platform": "gcp-dev",
        "tokenworks-environment": "dev",
        "tokenworks-managed-by": "pulumi",
        "purpose": "weights",
    }


@pytest.mark.parametrize(
    ("candidates", "message"),
    [
        ({"Key": "v"}, "label key: character not allowed, got 'Key'; a lower-case letter"),
        ({"1key": "v"}, "label key: character not allowed, got '1key'"),
        ({"a.b/c": "v"}, "label key: character not allowed, got 'a.b/c'"),
        ({"": "v"}, "label key: character not allowed, got ''"),
        ({"k" * 64: "v"}, "label key: too long, got 64 characters; at most 63"),
        ({"key": "Value"}, "value of label 'key': character not allowed, got 'Value'"),
        ({"key": "v" * 64}, "value of label 'key': too long, got 64"),
        ({f"k{n}": "" for n in range(LABELS_LIMIT + 1)}, "labels: too many, got 65"),
    ],
)
def test_what_google_would_refuse_is_refused_by_name(
    candidates: dict[str, str], message: str
) -> None:
    with pytest.raises(LabelError) as caught:
        checked_labels(candidates)

    assert str(caught.value).startswith(message)


@given(st.from_regex(r"[a-z][a-z0-9_-]{0,62}", fullmatch=True))
def test_what_google_allows_passes_unchanged(text: str) -> None:
    assert checked_labels({text: text}) == {text: text}


def test_the_name_of_every_stack_is_a_value_that_google_allows() -> None:
    assert checked_labels({f"s{n}": name for n, name in enumerate(stack_names())})
