"""What the five cases of the rules of routes leave out."""

import pytest

from tests.unit.policies.cases import Verdict
from tests.unit.policies.cases_routes import open_route
from tests.unit.policies.harness import verdict


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("aws-open", Verdict.FINE),
        ("aws-dev", Verdict.VIOLATION),
        ("aws-staging", Verdict.VIOLATION),
        ("gcp-staging", Verdict.VIOLATION),
        ("aws-prod-models", Verdict.VIOLATION),
    ],
)
def test_a_route_is_open_in_dev_alone_and_where_the_stack_file_says_so(
    stack: str, expected: Verdict
) -> None:
    assert verdict("public-routes-ask-who-comes", open_route(), stack) is expected
