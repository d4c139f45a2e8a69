"""What a state says of a destroy: stages, protections, and the way to the cluster."""

import logging

import pytest

from infra.destroy.plan import StackPlan, Stage, stage_of
from infra.graph.model import Resource
from infra.graph.record import record_stack
from infra.wire import SECRET, SIGNATURE_KEY, Properties
from tests.unit.destroy.examples import PROVIDER, platform, resource, state


def test_each_resource_belongs_to_the_stage_in_which_it_goes() -> None:
    plan = StackPlan("dev", platform())

    assert plan.counts == {
        Stage.WORKLOADS: 1,
        Stage.NODES: 1,
        Stage.CLUSTER: 1,
        Stage.NETWORK: 1,
        Stage.OTHERS: 1,
    }
    assert plan.workloads == ["urn:pulumi:dev::tokenworks::kubernetes:core/v1:Namespace::models"]
    assert plan.has_cluster


def test_google_clouds_types_have_the_same_stages() -> None:
    stages = {
        "gcp:container/nodePool:NodePool": Stage.NODES,
        "gcp:container/cluster:Cluster": Stage.CLUSTER,
        "gcp:compute/subnetwork:Subnetwork": Stage.NETWORK,
        "gcp:compute/routerNat:RouterNat": Stage.NETWORK,
        "gcp:storage/bucket:Bucket": Stage.OTHERS,
    }
    assert {kind: stage_of(kind) for kind in stages} == stages


@pytest.mark.parametrize(
    "kept",
    [
        resource("aws:s3/bucket:Bucket", "kept", protect=True),
        resource("gcp:memorystore/instance:Instance", "kept", {"deletionProtectionEnabled": True}),
        resource("aws:eks/cluster:Cluster", "kept", {"deletionProtection": True}),
    ],
)
def test_the_engines_protection_and_each_clouds_own_are_seen(kept: dict) -> None:
    assert StackPlan("dev", state(kept)).protected == [f"{kept['type']} kept"]


def test_what_is_not_protected_is_not_named() -> None:
    open_ones = (
        resource("aws:s3/bucket:Bucket", "a", protect=False),
        resource("aws:eks/cluster:Cluster", "b", {"deletionProtection": False}),
    )
    assert StackPlan("dev", state(*open_ones)).protected == []


def test_a_kubeconfig_that_is_encrypted_is_none() -> None:
    sealed: Properties = {SIGNATURE_KEY: SECRET, "ciphertext": "x"}
    plan = StackPlan("dev", state(resource(PROVIDER, "kubernetes", {"kubeconfig": sealed})))

    assert plan.kubeconfig == ""
    assert StackPlan("dev", platform()).kubeconfig == '{"apiVersion": "v1"}'


def test_a_stack_that_was_never_made_is_empty() -> None:
    assert StackPlan("dev", {}).is_empty
    assert not StackPlan("dev", platform()).is_empty


NEVER_BEFORE = {
    Stage.NODES: (Stage.WORKLOADS,),
    Stage.CLUSTER: (Stage.WORKLOADS, Stage.NODES),
    Stage.NETWORK: (Stage.WORKLOADS, Stage.NODES, Stage.CLUSTER),
}


@pytest.mark.parametrize("stack", ["aws-dev", "gcp-dev"])
def test_nothing_of_a_later_stage_depends_on_an_earlier_one(
    stack: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Or the engine would delete it first: what depends goes before what it depends on."""
    caplog.set_level(logging.ERROR, "infra.graph.recorder")
    graph = record_stack(stack)
    resources = {one.urn: one for one in graph.resources}
    wrong = [
        f"{one.name} needs {needed}"
        for one in graph.resources
        for needed in needs(one, resources)
        if stage_of(resources[needed].type) in NEVER_BEFORE.get(stage_of(one.type), ())
    ]

    assert wrong == []


def needs(one: Resource, resources: dict[str, Resource]) -> set[str]:
    """Return all that a resource depends on, over any number of steps."""
    found: set[str] = set()
    waiting = [one]
    while waiting:
        now = waiting.pop()
        for urn in {*now.dependencies, now.provider} - found - {None}:
            if urn in resources:
                found.add(str(urn))
                waiting.append(resources[str(urn)])
    return found
