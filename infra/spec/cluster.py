"""The Kubernetes cluster and the nodes that carry its own software."""

from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch


class SystemNodesSpec(Section):
    """Nodes for what every cluster runs: DNS, controllers, monitoring. No GPUs."""

    machine_type: str
    """A machine type of the cloud, for example `m7i.large`."""
    min: Annotated[int, Field(ge=1, le=100, strict=True)]
    """Nodes that always run."""
    max: Annotated[int, Field(ge=1, le=100, strict=True)]
    """Nodes at most."""


class ClusterSpec(Section):
    """The control plane and who may reach it."""

    kubernetes_version: str
    """A Kubernetes minor version in the cloud's standard support, quoted: `"1.35"`."""
    endpoint_access: tuple[str, ...]
    """IPv4 ranges that may reach the API server from outside the network. Empty: none may."""
    admins: tuple[str, ...]
    """Cluster administrators besides the creator; on AWS: ARNs of IAM roles or users."""
    model_deployers: tuple[str, ...]
    """ARNs that may take on the role which ships models and may touch nothing else."""
    deletion_protection: Switch
    """Whether the cluster, its key and its weights refuse to be destroyed."""
    log_retention_days: Annotated[int, Field(ge=1, le=3653, strict=True)]
    """How long the control plane's logs, and those of the network, are kept."""
    system_nodes: SystemNodesSpec
    """The system node pool."""
