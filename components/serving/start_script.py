"""The programs that every model server starts with and is probed by, as a ConfigMap.

Owns the object and its name. Does not own the programs: they are `start_server` and `health_check`,
packaged as they are.
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
HEALTH_FILE = "health.py"
_DIGEST_CHARACTERS = 8


def program() -> str:
    """Return the source of the start program."""
    return _source("start_server.py")


def health_program() -> str:
    """Return the source of the health check."""
    return _source("health_check.py")


def programs() -> dict[str, str]:
    """Return the sources of both by the names of their files in the pod."""
    return {FILE: program(), HEALTH_FILE: health_program()}


def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


class StartScript(pulumi.ComponentResource):
    """The programs of a stack's servers."""

    config_map: pulumi.Output[str]
    """Name of the ConfigMap, as the created object reports it."""

    def __init__(
        self, name: str, *, namespace: NamespaceRef, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create it in `namespace`; `name` is unique there."""
        super().__init__("tokenworks:serving:StartScript", name, None, opts)
        data = programs()
        digest = hashlib.sha256("".join(data.values()).encode()).hexdigest()[:_DIGEST_CHARACTERS]
        created = kubernetes.core.v1.ConfigMap(
            f"{name}-program",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=fit(f"{name}-{digest}", CONFIG_MAP),
                namespace=namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
            ),
            immutable=True,
            data=data,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map = created.metadata.name
        self.register_outputs({"configMap": self.config_map})
