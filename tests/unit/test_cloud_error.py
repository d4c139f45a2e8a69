"""What a code of a cloud says: denied, not there, or asked by nobody."""

import pytest

from infra.cloud_error import CloudApiError


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "denied"),
        ("UnauthorizedOperation", "denied"),
        ("accessDenied", "denied"),
        ("UnauthorizedSSOTokenError", "no_credentials"),
        ("ExpiredTokenException", "no_credentials"),
        ("NoSuchResourceException", "not_found"),
        ("Throttling", ""),
    ],
)
def test_a_code_says_one_thing(code: str, said: str) -> None:
    error = CloudApiError("DescribeVpcs", code, "")

    true = [name for name in ("denied", "no_credentials", "not_found") if getattr(error, name)]

    assert true == ([said] if said else [])
