"""Every model server that our stacks run, as rendered."""

from itertools import product

import pytest

from components import labels
from infra.catalog.notice import SPOT_SECONDS
from infra.rehearsal.charts.objects import part
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file
from infra.spec.stack import StackSpec
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


def _may_lose_its_node(pod: Pod, spec: StackSpec) -> bool:
    """Say whether a server may stand on a spot node: in its pool, and not kept from it."""
    pool = spec.pool(str(part(pod.spec, "nodeSelector")[labels.POOL]))
    needs = part(pod.spec, "affinity", "nodeAffinity")
    return bool(pool.most_spot) and "requiredDuringSchedulingIgnoredDuringExecution" not in needs


@pytest.mark.parametrize("stack", STACKS)
def test_a_server_that_may_lose_its_node_stops_within_the_notice(stack: str) -> None:
    spec = load_stack_file(stack)
    notice = SPOT_SECONDS[spec.cloud.provider]

    graces = {
        pod.owner.title: pod.spec["terminationGracePeriodSeconds"]
        for pod in _servers(stack)
        if _may_lose_its_node(pod, spec)
    }

    assert {
        title: grace for title, grace in graces.items() if not 0 < int(str(grace)) <= notice
    } == {}


@pytest.mark.thorough
def test_some_server_of_each_cloud_may_lose_its_node_and_some_keeps_it() -> None:
    """What is held above would hold without any."""
    found = {
        (spec.cloud.provider, _may_lose_its_node(pod, spec))
        for stack in STACKS
        for spec in [load_stack_file(stack)]
        for pod in _servers(stack)
    }

    assert found == set(product(CloudProvider, (True, False)))


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


@pytest.mark.thorough
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
