"""How the engine reaches a cluster."""

import pulumi

from components.kubernetes.access import kubernetes_provider
from infra.graph.recorder import record_program
from tests.unit.components import examples


def test_a_new_kubeconfig_replaces_nothing_because_the_cluster_has_a_name() -> None:
    graph = record_program(
        lambda: pulumi.export(
            "urn", kubernetes_provider("the-cluster", examples.cluster_ref()).urn
        ),
        stack="aws-dev",
    )
    provider = graph.named("the-cluster")

    assert provider.inputs["clusterIdentifier"] == "tokenworks-aws-dev"
    assert provider.inputs["context"] == "tokenworks-aws-dev"
    assert provider.inputs["kubeconfig"]
