"""The part of CEL that holds our grants back."""

import pytest

from infra.iam.gcp.conditions import Condition
from infra.iam.gcp.errors import GrantError

NAME = "projects/p/locations/us-central1/clusters/tokenworks-gcp-dev"
ABOUT = {
    "resource.name": NAME,
    "resource.type": "container.googleapis.com/Cluster",
    "resource.service": "container.googleapis.com",
}

SERVICE = 'resource.service == "container.googleapis.com"'


def _holds(expression: str, about: dict[str, str] | None = None) -> bool:
    return Condition("a test", expression).holds(ABOUT if about is None else about)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f'resource.name == "{NAME}"', True),
        (f"resource.name=='{NAME}'", True),
        (f'resource.name == "{NAME}-2"', False),
        (f'resource.name != "{NAME}-2"', True),
        ('resource.name.startsWith("projects/p/locations/us-central1/")', True),
        ('resource.name.startsWith("projects/p2/")', False),
        ('resource.type == "a" || resource.service == "container.googleapis.com"', True),
        ('resource.type == "a" && resource.service == "container.googleapis.com"', False),
        ('!(resource.type == "a")', True),
        # `&&` before `||`: read the other way round, this would be false.
        (
            f'{SERVICE} || resource.type == "a" && resource.type == "b"',
            True,
        ),
        (
            f'({SERVICE} || resource.type == "a") && resource.type == "b"',
            False,
        ),
    ],
)
def test_an_expression_is_judged(expression: str, *, expected: bool) -> None:
    assert _holds(expression) is expected


@pytest.mark.parametrize(
    "expression",
    [
        f'resource.name == "{NAME}"',
        f'resource.name != "{NAME}"',
        f'!(resource.name == "{NAME}")',
        'resource.name.startsWith("projects/")',
        'resource.name == "a" && resource.service == "a"',
    ],
)
def test_a_service_that_does_not_say_its_resource_grants_nothing(expression: str) -> None:
    """Not even where the expression denies: without an answer there is no grant."""
    assert not _holds(expression, {})


def test_what_one_side_decides_needs_no_answer_of_the_other() -> None:
    service = {"resource.service": "iam.googleapis.com"}

    assert _holds('resource.name == "a" || resource.service == "iam.googleapis.com"', service)
    assert not _holds('resource.name == "a" && resource.service == "a"', service)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "true",
        'request.time < timestamp("2027-01-01T00:00:00Z")',
        'resource.matchTag("a/b", "c")',
        'resource.name.endsWith("a")',
        'resource.name.extract("a{b}") == "c"',
        'resource.name == "a" resource.name == "b"',
        'resource.name == "a" &&',
        'resource.name = "a"',
        "resource.name == name",
        '(resource.name == "a"',
        '"a" == resource.name',
        'resource.name.startsWith("a" == "b")',
        'resource.name == "a\\"b"',
    ],
)
def test_an_expression_that_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(GrantError, match="condition: "):
        Condition("a test", expression)
