"""Every model server that our stacks run, as rendered."""

import pytest

from tests.support.contracts import VLLM_FLAGS, needs
from tests.support.manifests import Pod, maps, pods_of
from tests.support.pod_rules import (
    ARGUMENTS_VARIABLE,
    grace_covers_the_stop,
    is_model_server,
    service_links_are_off,
)
from tests.support.stacks import STACKS
from tests.support.vllm_flags import FORMS, known_flags, unknown_flags, wrong_values


def _servers(stack: str) -> list[Pod]:
    return [pod for pod in pods_of(stack) if is_model_server(pod)]


def test_some_stack_serves_models() -> None:
    """What follows would pass without any server."""
    assert any(_servers(stack) for stack in STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_the_grace_period_is_longer_than_everything_that_happens_in_it(stack: str) -> None:
    assert [item for pod in _servers(stack) for item in grace_covers_the_stop(pod)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_service_sets_a_variable_that_stops_vllm(stack: str) -> None:
    assert [item for pod in _servers(stack) for item in service_links_are_off(pod)] == []


@needs(VLLM_FLAGS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_flag_exists(stack: str) -> None:
    known = known_flags()

    assert [
        item
        for pod in _servers(stack)
        for container in pod.containers
        for item in unknown_flags(container, known)
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_flag_holds_what_it_may(stack: str) -> None:
    assert [
        item
        for pod in _servers(stack)
        for container in pod.containers
        for item in wrong_values(container)
    ] == []


@needs(VLLM_FLAGS)
def test_every_flag_whose_values_are_written_down_exists() -> None:
    """A flag that a new vLLM drops would otherwise stay written down."""
    assert FORMS.keys() - known_flags() == set()


def test_some_server_gets_arguments_through_its_start_program() -> None:
    """Under another name they would be looked at by nobody."""
    names = {
        variable["name"]
        for stack in STACKS
        for pod in _servers(stack)
        for container in pod.containers
        for variable in maps(container.get("env"))
    }

    assert ARGUMENTS_VARIABLE in names
