"""Every pod that our stacks run, as rendered: our own, and those of charts."""

import pytest

from tests.support.exceptions import NODE_LEVEL
from tests.support.manifests import Pod, pods_of
from tests.support.pod_rules import (
    Rule,
    container_says_what_it_needs,
    host_is_out_of_reach,
    image_home_lives,
    image_is_in_the_lock_file,
    image_is_pinned,
    no_secret_is_plain,
)
from tests.support.stacks import STACKS


def _broken(rule: Rule, pods: tuple[Pod, ...]) -> str:
    return "\n".join(f"{pod.owner.title}: {problem}" for pod in pods for problem in rule(pod))


def _ours(stack: str) -> tuple[Pod, ...]:
    return tuple(pod for pod in pods_of(stack) if pod.owner.chart is None)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("rule", [image_is_pinned, image_home_lives, no_secret_is_plain])
def test_every_pod_keeps_the_rules(stack: str, rule: Rule) -> None:
    assert _broken(rule, pods_of(stack)) == ""


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("rule", [image_is_in_the_lock_file, container_says_what_it_needs])
def test_every_pod_of_ours_keeps_the_stricter_rules(stack: str, rule: Rule) -> None:
    assert _broken(rule, _ours(stack)) == ""


@pytest.mark.parametrize("stack", STACKS)
def test_only_named_pods_touch_their_node(stack: str) -> None:
    others = tuple(pod for pod in pods_of(stack) if pod.owner.title not in NODE_LEVEL)

    assert _broken(host_is_out_of_reach, others) == ""


@pytest.mark.thorough
def test_every_named_pod_exists_and_touches_its_node() -> None:
    """An exception that nothing needs any more would cover the next mistake."""
    touching = {
        pod.owner.title
        for stack in STACKS
        for pod in pods_of(stack)
        if list(host_is_out_of_reach(pod))
    }

    assert NODE_LEVEL.keys() - touching == set()
