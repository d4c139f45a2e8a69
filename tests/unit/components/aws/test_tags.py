"""Tags against AWS's rules."""

import pytest

from components.aws.tags import TagError, checked_tags, tags
from tests.unit.components.examples import PLATFORM


def test_a_resource_is_tagged_with_platform_environment_and_name() -> None:
    assert tags(PLATFORM, "aws-dev-network-vpc") == {
        "tokenworks.dev/platform": "aws-dev",
        "tokenworks.dev/environment": "dev",
        "tokenworks.dev/managed-by": "pulumi",
        "Name": "aws-dev-network-vpc",
    }


@pytest.mark.parametrize(
    ("candidates", "complaint"),
    [
        ({"k" * 129: "v"}, "129 characters; AWS allows 128"),
        ({"key": "v" * 257}, "257 characters; AWS allows 256"),
        ({"team": "a&b"}, "character not allowed, got 'a&b'"),
        ({"te#am": "a"}, "character not allowed, got 'te#am'"),
        ({"AWS:team": "a"}, "must not start with `aws:`"),
        ({"": "a"}, "reserved or empty"),
        ({f"key-{number}": "v" for number in range(51)}, "got 51; AWS allows 50"),
    ],
)
def test_a_tag_that_aws_would_refuse_is_refused_here(
    candidates: dict[str, str], complaint: str
) -> None:
    with pytest.raises(TagError, match=complaint):
        checked_tags(candidates)


def test_tags_at_the_limits_pass() -> None:
    widest = {"k" * 128: "v" * 256, "a b_c.d:e/f=g+h-i@j": "ü", "empty": ""}

    assert checked_tags(widest) == widest
