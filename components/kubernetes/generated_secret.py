"""A Secret whose values nobody chose: drawn once, when it is created.

Owns the drawing, and that a later run keeps what was drawn. Does not own what the values are for.
Why `ignore_changes`: the program draws anew at each run, and the engine keeps the first draw. The
values are secrets of the state, encrypted there, and in no log, preview or setting.
Why not `pulumi-random`: one more provider to install and pin, for what the standard library does.
"""

import base64
import secrets
from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.names import SECRET, fit

BYTES = 32
"""256 bits, 43 characters of the URL-safe alphabet: nothing in them needs quoting anywhere. Milvus
takes passwords of 6 to 72 characters (milvus.io, "Authenticate User Access", 2026)."""


class GeneratedSecret(pulumi.ComponentResource):
    """A Secret with a drawn value for each key."""

    secret: pulumi.Output[str]
    """Name of the Secret, as the created object reports it."""

    def __init__(
        self,
        name: str,
        *,
        label: str,
        namespace: NamespaceRef,
        keys: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it in `namespace` under the fixed name `label`: charts and people use it."""
        super().__init__("tokenworks:kubernetes:GeneratedSecret", name, None, opts)
        created = kubernetes.core.v1.Secret(
            f"{name}-secret",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=fit(label, SECRET),
                namespace=namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
            ),
            data={key: pulumi.Output.secret(_drawn()) for key in keys},
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["data"]),
        )
        self.secret = created.metadata.name
        self.register_outputs({"secret": self.secret})


def _drawn() -> str:
    """Return a drawn value as a Secret holds it: in base64."""
    return base64.b64encode(secrets.token_urlsafe(BYTES).encode()).decode()
