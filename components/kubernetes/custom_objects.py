"""Objects of kinds that a chart brings: one way to declare them.

Owns their metadata, and how Pulumi waits for one. Does not own what any of them says.
"""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef

WAIT_FOR = "pulumi.com/waitFor"
"""Annotation by which Pulumi waits for a condition (pulumi-kubernetes 4.18.0, CHANGELOG, as
remembered). Without it an object of a kind that Pulumi does not know is ready at once."""
READY = "condition=Ready"


def create(  # noqa: PLR0913 - the parts of an object, each named where it is called
    name: str,
    what: tuple[str, str],
    *,
    label: str,
    spec: Mapping[str, object],
    opts: pulumi.ResourceOptions,
    namespace: NamespaceRef | None = None,
    awaited: bool = False,
    annotations: Mapping[str, str] | None = None,
) -> kubernetes.apiextensions.CustomResource:
    """Return an object.

    Args:
        name: name of the resource.
        what: API version and kind.
        label: name of the object.
        spec: what it says.
        opts: options of the resource.
        namespace: where it is; None for what has none.
        awaited: whether what depends on it waits until it is Ready.
        annotations: what others read on it.
    """
    api_version, kind = what
    return kubernetes.apiextensions.CustomResource(
        name,
        api_version=api_version,
        kind=kind,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=label,
            namespace=namespace.name if namespace else None,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
            annotations={**(annotations or {}), **({WAIT_FOR: READY} if awaited else {})} or None,
        ),
        spec=spec,
        opts=opts,
    )
