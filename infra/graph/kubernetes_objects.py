"""Kubernetes objects and Helm releases: which they are, where they go, what they answer.

Owns the few facts about Kubernetes that the graph needs. Does not own validation: the SDK's
classes and, in the rehearsal, the API server do that.
"""

from infra.graph.model import Resource
from infra.wire import Properties, Value, plain

DEFAULT_NAMESPACE = "default"
RELEASE_TYPE = "kubernetes:helm.sh/v3:Release"

_BUILT_IN_GROUPS = (
    "",
    "apps",
    "autoscaling",
    "batch",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "storage.k8s.io",
)
"""API groups of Kubernetes itself that have namespaced kinds (`kubectl api-resources`, 1.36)."""
_CLUSTER_SCOPED = (
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CSIDriver",
    "CSINode",
    "DeviceClass",
    "IngressClass",
    "IPAddress",
    "Namespace",
    "Node",
    "PersistentVolume",
    "ResourceSlice",
    "ServiceCIDR",
    "StorageClass",
    "VolumeAttachment",
    "VolumeAttributesClass",
)
"""Kinds of those groups without a namespace (`kubectl api-resources --namespaced=false`, 1.36)."""


def is_object(resource: Resource) -> bool:
    """Say whether a resource is one object of the API server. A Helm release is not."""
    return (
        resource.custom
        and resource.package == "kubernetes"
        and not resource.is_provider
        and {"apiVersion", "kind"} <= resource.inputs.keys()
    )


def is_release(resource: Resource) -> bool:
    """Say whether a resource is a Helm release."""
    return resource.type == RELEASE_TYPE


def name(resource: Resource) -> str:
    """Return the name of the object; one that the provider would make up is `<name>-${random}`."""
    given = _where(resource).get("name")
    return given if isinstance(given, str) else f"{resource.name}-${{random}}"


def namespace(resource: Resource, provider: Resource | None) -> str | None:
    """Return where the object or the release goes; none for what has no namespace.

    A custom resource that names no namespace counts as cluster-scoped: only its CRD knows, and the
    objects of this project name theirs.
    """
    given = _where(resource).get("namespace")
    if isinstance(given, str):
        return given
    if not is_release(resource):
        group = str(plain(resource.inputs["apiVersion"])).rpartition("/")[0]
        if group not in _BUILT_IN_GROUPS or plain(resource.inputs["kind"]) in _CLUSTER_SCOPED:
            return None
    inherited = plain(provider.inputs.get("namespace")) if provider else None
    return inherited if isinstance(inherited, str) else DEFAULT_NAMESPACE


def identifier(resource: Resource, provider: Resource | None) -> str:
    """Return the id that the provider gives: `namespace/name`, or the name alone."""
    where = namespace(resource, provider)
    return f"{where}/{name(resource)}" if where else name(resource)


def metadata(resource: Resource, provider: Resource | None) -> Properties:
    """Return the metadata that the API server would answer with. Its own fields are symbols."""
    symbol = f"${{{resource.name}.metadata"
    answer: Properties = {
        "name": name(resource),
        "uid": f"{symbol}.uid}}",
        "resourceVersion": f"{symbol}.resourceVersion}}",
        "creationTimestamp": f"{symbol}.creationTimestamp}}",
        "generation": 1,
    }
    where = namespace(resource, provider)
    if where:
        answer["namespace"] = where
    given = plain(resource.inputs.get("metadata"))
    return answer | (given if isinstance(given, dict) else {})


def _where(resource: Resource) -> Properties:
    """Return the map that carries name and namespace."""
    if is_release(resource):
        return {key: plain(resource.inputs.get(key)) for key in ("name", "namespace")}
    given: Value = plain(resource.inputs.get("metadata"))
    return given if isinstance(given, dict) else {}
