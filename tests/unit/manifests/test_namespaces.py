"""Every namespace that our stacks create, and what they put into it."""

import pytest

from infra.graph import kubernetes_objects
from infra.spec.stacks import load_environment
from tests.support.exceptions import NOT_RESTRICTED
from tests.support.graphs import graph_of
from tests.support.manifests import Manifest, manifests_of
from tests.support.namespace_rules import enforced_level, level_is_set, starts_closed
from tests.support.stacks import STACKS

NOT_OURS = {"kube-system": "every cluster has it; EKS's own add-ons run there"}
"""Namespaces that we put something into without creating them, and why."""


def _namespaces(stack: str) -> list[Manifest]:
    return [item for item in manifests_of(stack) if item.kind == "Namespace"]


def _namespaces_of_the_environment(stack: str) -> set[str]:
    return {item.name for one in load_environment(stack) for item in _namespaces(one.name)}


@pytest.mark.parametrize("stack", STACKS)
def test_every_namespace_has_a_pod_security_level(stack: str) -> None:
    assert [problem for item in _namespaces(stack) for problem in level_is_set(item)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_namespace_starts_closed(stack: str) -> None:
    manifests = manifests_of(stack)

    assert [
        problem for item in _namespaces(stack) for problem in starts_closed(item.name, manifests)
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_goes_into_a_namespace_that_nobody_looks_after(stack: str) -> None:
    used = {item.namespace for item in manifests_of(stack) if item.namespace}

    assert used - _namespaces_of_the_environment(stack) - NOT_OURS.keys() == set()


@pytest.mark.thorough
def test_only_named_namespaces_are_not_restricted() -> None:
    loose = {
        item.name
        for stack in STACKS
        for item in _namespaces(stack)
        if enforced_level(item) != "restricted"
    }

    assert loose == NOT_RESTRICTED.keys()


@pytest.mark.parametrize("stack", STACKS)
def test_secrets_are_in_secret_objects_alone(stack: str) -> None:
    """Everything else of a namespace can be read by whoever may look at its workloads."""
    leaks = [
        f"{item.name}: {path}"
        for item in graph_of(stack).resources
        if kubernetes_objects.is_object(item) or kubernetes_objects.is_release(item)
        for path in item.secret_paths
        if not (item.short_type == "Secret" and path.startswith(("data", "stringData")))
    ]

    assert leaks == []


def _namespace(**labels: str) -> Manifest:
    named = {f"pod-security.kubernetes.io/{mode}": level for mode, level in labels.items()}
    return Manifest({"kind": "Namespace", "metadata": {"name": "a", "labels": {**named}}}, "")


def _policy(**spec: object) -> Manifest:
    whole: dict = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **spec}
    return Manifest({"kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": whole}, "a")


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ({}, "enforce must be one of"),
        ({"enforce": "strict", "audit": "restricted"}, "got strict"),
        ({"enforce": "restricted"}, "audit must be one of"),
    ],
)
def test_a_namespace_without_a_level_is_seen(labels: dict[str, str], problem: str) -> None:
    assert problem in next(level_is_set(_namespace(**labels)))


@pytest.mark.parametrize(
    ("policy", "open_ways"),
    [
        (_policy(ingress=[{}]), ["ingress"]),
        (_policy(egress=[{}]), ["egress"]),
        (_policy(policyTypes=["Egress"]), ["ingress"]),
        (_policy(policyTypes=["Ingress"]), ["egress"]),
        (_policy(podSelector={"matchLabels": {"app": "a"}}), ["ingress", "egress"]),
        (Manifest(_policy().body, "another"), ["ingress", "egress"]),
    ],
)
def test_a_policy_that_leaves_a_way_open_is_seen(policy: Manifest, open_ways: list[str]) -> None:
    assert list(starts_closed("a", [_policy()])) == []
    assert list(starts_closed("a", [policy])) == [
        f"a: no policy denies {way} to all pods" for way in open_ways
    ]
