"""The program that every model server starts with, as a ConfigMap.

Owns the object and its name. Does not own the program: that is `start_server`, packaged as it is.
Why the name carries a digest of the content: a new program is a new object. A server then starts
with the program that its settings were written for, and a change of the program is a rollout.
One for a stack and not for a model: it is the same for all.
"""

import hashlib
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.names import CONFIG_MAP, fit

FILE = "start.py"
_DIGEST_CHARACTERS = 8


def program() -> str:
    """Return the program's source."""
    return Path(__file__).with_name("start_server.py").read_text(encoding="utf-8")


class StartScript(pulumi.ComponentResource):
    """The start program of a stack's servers."""

    config_map: pulumi.Output[str]
    """Name of the ConfigMap, as the created object reports it."""

    def __init__(
        self, name: str, *, namespace: NamespaceRef, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create it in `namespace`; `name` is unique there."""
        super().__init__("tokenworks:serving:StartScript", name, None, opts)
        source = program()
        digest = hashlib.sha256(source.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        created = kubernetes.core.v1.ConfigMap(
            f"{name}-program",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=fit(f"{name}-{digest}", CONFIG_MAP),
                namespace=namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
            ),
            immutable=True,
            data={FILE: source},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map = created.metadata.name
        self.register_outputs({"configMap": self.config_map})
