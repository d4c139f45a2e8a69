"""How the engine reaches a cluster."""

from dataclasses import replace

import pulumi

from components.handles import ClusterRef
from components.kubernetes.access import kubernetes_provider
from infra.graph.model import Resource
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _provider(region: str = "us-east-1") -> Resource:
    def cluster() -> ClusterRef:
        return replace(examples.cluster_ref(), region=region)

    graph = record_program(
        lambda: pulumi.export("urn", kubernetes_provider("the-cluster", cluster()).urn),
        stack="aws-dev",
    )
    return graph.named("the-cluster")


def test_a_new_kubeconfig_replaces_nothing_because_the_cluster_has_a_name() -> None:
    provider = _provider()

    assert provider.inputs["clusterIdentifier"] == "us-east-1/tokenworks-aws-dev"
    assert provider.inputs["context"] == "tokenworks-aws-dev"
    assert provider.inputs["kubeconfig"]


def test_a_cluster_of_the_same_name_in_another_region_is_another_cluster() -> None:
    here, there = _provider("us-east-1"), _provider("eu-west-1")

    assert here.inputs["clusterIdentifier"] != there.inputs["clusterIdentifier"]
