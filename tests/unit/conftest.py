"""What the fast tier leaves to `make test`: a test of every stack runs there for all of them."""

import pytest

from tests.support.stacks import STACKS

SHORT = ("aws-dev", "gcp-dev")
"""One stack of each cloud with all layers: the two that the fast tier records."""


@pytest.hookimpl(tryfirst=True)  # before `-m` takes tests out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what a test does with another one of our stacks."""
    others = set(STACKS) - set(SHORT)
    for item in items:
        case = getattr(item, "callspec", None)
        if case and any(isinstance(one, str) and one in others for one in case.params.values()):
            item.add_marker(pytest.mark.thorough)
