"""The models: one server component for each, in one namespace.

Owns which models a stack serves. Does not own how: that is the component's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.kubernetes.namespaces import Namespace, PodSecurity
from components.serving.model_server import ModelServer
from infra.spec.stack import StackSpec

NAMESPACE = "models"


@dataclass(frozen=True)
class Models:
    """What clients need to know."""

    urls: dict[str, str]
    """Model name to its address inside the cluster."""


def build_models(
    spec: StackSpec, access: kubernetes.Provider, *, after: Sequence[pulumi.Resource]
) -> Models:
    """Create the models of a stack; their servers once everything in `after` is there."""
    namespace = Namespace(
        "models",
        label=NAMESPACE,
        pod_security=PodSecurity.RESTRICTED,
        opts=pulumi.ResourceOptions(providers=[access]),
    )
    opts = pulumi.ResourceOptions(providers=[access], depends_on=list(after))
    servers = {
        model.name: ModelServer(
            model.object_name,
            model,
            pool=spec.pool(model.pool),
            namespace=namespace.ref,
            opts=opts,
        )
        for model in spec.models
    }
    return Models(urls={name: server.url for name, server in servers.items()})
