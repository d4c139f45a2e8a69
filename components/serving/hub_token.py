"""The hub's token, where servers and loaders of a stack find it.

Owns one Secret for a stack. Does not own the token: it comes from the stack's encrypted settings.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.names import SECRET, fit
from components.serving.weights import TOKEN_KEY


class HubToken(pulumi.ComponentResource):
    """A Secret with the token of the hub."""

    secret: pulumi.Output[str]
    """Name of the Secret, as the created object reports it."""

    def __init__(
        self,
        name: str,
        token: pulumi.Output[str],
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it in `namespace`; `name` is unique there."""
        super().__init__("tokenworks:serving:HubToken", name, None, opts)
        created = kubernetes.core.v1.Secret(
            f"{name}-secret",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=fit(name, SECRET),
                namespace=namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
            ),
            string_data={TOKEN_KEY: token},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret = created.metadata.name
        self.register_outputs({"secret": self.secret})
