"""The models: one server component for each, in one namespace.

Owns which models a stack serves. Does not own how: that is the component's. Does not own the
namespace either: the platform makes it, and this stack may not be the one that builds the platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes.model_namespace import NAMESPACE
from components.serving.model_server import ModelServer
from infra.spec.stack import StackSpec


@dataclass(frozen=True)
class Models:
    """What clients need to know."""

    urls: dict[str, str]
    """Model name to its address inside the cluster."""


def build_models(
    spec: StackSpec, access: kubernetes.Provider, *, after: Sequence[pulumi.Resource]
) -> Models:
    """Create the models of a stack; their servers once everything in `after` is there."""
    namespace = NamespaceRef(label=NAMESPACE, name=pulumi.Output.from_input(NAMESPACE))
    opts = pulumi.ResourceOptions(providers=[access], depends_on=list(after))
    servers = {
        model.name: ModelServer(
            model.object_name,
            model,
            pool=spec.pool(model.pool),
            namespace=namespace,
            opts=opts,
        )
        for model in spec.models
    }
    return Models(urls={name: server.url for name, server in servers.items()})
