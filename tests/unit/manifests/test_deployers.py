"""Whoever ships models can do it with the rights that the platform gives them, and no more is used.

What those rights must not be is said beside the component; here they are held against what stacks
of models alone create.
"""

import pytest

from components.kubernetes import deployers
from components.kubernetes.model_namespace import NAMESPACE
from tests.support.graphs import ONLY_MODELS, graph_of
from tests.support.manifests import Manifest, objects_in


def _right(item: Manifest) -> tuple[str, str]:
    """Return API group and plural of a kind, as a role names them."""
    group = str(item.body["apiVersion"]).rpartition("/")[0]
    kind = item.kind.lower()
    return group, f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _granted() -> set[tuple[str, str]]:
    return {(group, kind) for group, kinds in deployers.WRITES.items() for kind in kinds}


@pytest.mark.parametrize("stack", ONLY_MODELS)
def test_a_stack_of_models_creates_what_its_deployers_may(stack: str) -> None:
    refused = [item.title for item in objects_in(graph_of(stack)) if _right(item) not in _granted()]

    assert refused == []


@pytest.mark.parametrize("stack", ONLY_MODELS)
def test_a_stack_of_models_stays_in_its_namespace(stack: str) -> None:
    assert {item.namespace for item in objects_in(graph_of(stack))} == {NAMESPACE}


def test_a_kind_that_deployers_may_not_create_would_be_seen() -> None:
    quota = Manifest({"apiVersion": "v1", "kind": "ResourceQuota"}, NAMESPACE)
    policy = Manifest({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}, NAMESPACE)

    assert _right(quota) not in _granted()
    assert _right(policy) in _granted()
