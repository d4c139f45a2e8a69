"""The house pattern for component tests: build inside, assert on the graph after it returned."""

from collections.abc import Callable, Mapping

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.wire import Properties

REGION = "us-east-1"
PROJECT = "example-llm-dev"


def record(
    program: Callable[[], object],
    *,
    stack: str = "test",
    config: Mapping[str, str] | None = None,
    references: Mapping[str, Properties] | None = None,
) -> Graph:
    """Run a function that creates resources under the strict monitor and return its graph.

    Everything that `infra.graph.strict` forbids raises `GraphError`, so a component test asserts
    only what its component promises.
    """
    return record_program(program, stack=stack, config=config, references=references)


def aws_provider(name: str = "aws") -> aws.Provider:
    """Return an explicit AWS provider. Call it inside the recorded function."""
    return aws.Provider(name, region=REGION)


def gcp_provider(name: str = "gcp") -> gcp.Provider:
    """Return an explicit Google Cloud provider. Call it inside the recorded function."""
    return gcp.Provider(name, project=PROJECT, region="us-central1")


def kubernetes_provider(name: str = "cluster") -> kubernetes.Provider:
    """Return an explicit Kubernetes provider. Call it inside the recorded function."""
    return kubernetes.Provider(name, kubeconfig="{}", cluster_identifier="test")


def under(*providers: pulumi.ProviderResource) -> pulumi.ResourceOptions:
    """Return options that hand providers to a component."""
    return pulumi.ResourceOptions(providers=list(providers))


def by(provider: pulumi.ProviderResource) -> pulumi.ResourceOptions:
    """Return options that hand a provider to a single resource."""
    return pulumi.ResourceOptions(provider=provider)
