"""The section `preview`: until when a stack may stand."""

import pytest

from infra.spec.preview_stack import day_of
from tests.unit.spec.stacks import a_stack, loaded, only


def test_a_stack_stays_unless_it_says_until_when() -> None:
    assert loaded(a_stack()).preview.expires is None
    assert loaded(a_stack(preview={"expires": "2026-12-01"})).preview.expires == "2026-12-01"


@pytest.mark.parametrize("written", ["tomorrow", "2026-02-30", "20261201", "2026-12-01T00:00:00Z"])
def test_what_is_no_day_is_refused(written: str) -> None:
    mistake = only(a_stack(preview={"expires": written}))

    assert (mistake.setting, mistake.problem) == ("preview.expires", "is not a day")
    assert day_of(written) is None


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_nothing_of_value_can_expire(environment: str) -> None:
    stack = a_stack(
        environment=environment,
        cluster={"endpointAccess": ["198.51.100.0/24"]},
        observability={"enabled": False},
        models=None,
        preview={"expires": "2026-12-01"},
    )

    assert only(stack).problem == f"would let a stack of {environment} be swept away"
