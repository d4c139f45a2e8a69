"""Checking what a program declares: type tokens, kinds, names.

Owns: which types are served, autonaming, and which mistakes are told before anything is sent.
Does not own: whether fields are right. The API server says that, in a dry run.
"""

import random
from dataclasses import dataclass
from typing import TypeAlias

from infra.rehearsal.kubernetes.await_ready import CONDITION, WAIT_FOR, wait_condition
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.errors import UnservedError
from infra.rehearsal.kubernetes.values import annotation, text
from infra.wire import SIGNATURE_KEY, UNKNOWN, Properties, Value, plain_properties

RELEASE_TYPE = "kubernetes:helm.sh/v3:Release"
AUTONAMED = "pulumi.com/autonamed"
SUFFIX_CHARACTERS = 8

# Types of the SDK that are not API objects (pulumi-kubernetes 4.34.2, schema).
COMPONENT_GROUPS = ("helm.sh/", "kustomize", "yaml")
# Annotations of the real provider that change what awaiting means, and that nothing plays here.
UNSERVED_ANNOTATIONS = ("pulumi.com/replaceUnready",)

# API groups that come with the API server itself; every other group may be installed later
# (kubernetes v1.36.3, pkg/apis).
BUILT_IN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)

Mistake: TypeAlias = tuple[str, str]
"""A property and what is wrong with it."""


@dataclass(frozen=True)
class Kind:
    """A kind of object as the type token of a resource names it."""

    api_version: str
    """As in the object: `v1`, `apps/v1`."""
    name: str
    """As in the object: `Deployment`."""

    @property
    def group(self) -> str:
        """API group; empty for the core one."""
        return group_of(self.api_version)


def group_of(api_version: str) -> str:
    """Return the API group of an apiVersion; empty for the core one."""
    return api_version.rpartition("/")[0]


def kind_of(type_token: str) -> Kind:
    """Return the kind that a type token means.

    Raises:
        UnservedError: the token is a component, a Patch or a List of the SDK, or not of this kind.
    """
    package, _, rest = type_token.partition(":")
    api_version, _, name = rest.rpartition(":")
    if package != "kubernetes" or not name or api_version.startswith(COMPONENT_GROUPS):
        message = (
            f"{type_token} is not served by the Kubernetes stand-in; "
            f"declare typed resources, CustomResource, or {RELEASE_TYPE}"
        )
        raise UnservedError(message)
    # Only the core group is written differently in tokens than in objects.
    kind = Kind(api_version.removeprefix("core/"), name)
    if kind.group in BUILT_IN_GROUPS and name.endswith(("Patch", "List")):
        message = (
            f"{type_token} is not served by the Kubernetes stand-in; "
            f"declare the {name.removesuffix('Patch').removesuffix('List')} itself"
        )
        raise UnservedError(message)
    return kind


@dataclass(frozen=True)
class Naming:
    """How the engine wants a resource without a name to be named."""

    resource_name: str
    """Name of the resource in the program."""
    seed: bytes
    """Makes the suffix repeatable between a preview and its update."""
    proposed: str = ""
    """Name from the engine's autonaming configuration."""
    disabled: bool = False
    """The engine's autonaming configuration forbids it."""

    def choose(self) -> str:
        """Return a name, or an empty text where naming is disabled."""
        if self.disabled:
            return ""
        if self.proposed:
            return self.proposed
        generator = random.Random(self.seed)  # noqa: S311 - a name, not a secret
        suffix = "".join(generator.choices("0123456789abcdef", k=SUFFIX_CHARACTERS))
        return f"{self.resource_name}-{suffix}"


def check_object(
    kind: Kind, news: Properties, olds: Properties, naming: Naming
) -> tuple[Properties, list[Mistake]]:
    """Return the inputs of an object with a name, and every mistake in them."""
    checked: Properties = {key: value for key, value in news.items() if value is not None}
    mistakes: list[Mistake] = []
    for key, expected in (("apiVersion", kind.api_version), ("kind", kind.name)):
        got = plain_properties(checked).get(key)
        if got is None:
            checked[key] = expected
        elif got != expected:
            mistakes.append((key, f"is {got!r}, but the resource's type says {expected!r}"))
    mistakes += _name(checked, olds, naming)
    mistakes += [
        (f"metadata.annotations[{key!r}]", "is not served by the Kubernetes stand-in; remove it")
        for key in UNSERVED_ANNOTATIONS
        if annotation(plain_properties(checked), key)
    ]
    wait = annotation(plain_properties(checked), WAIT_FOR)
    if wait and not wait_condition(wait):
        reason = f"is not served by the Kubernetes stand-in; use {CONDITION}TYPE"
        mistakes.append((f"metadata.annotations[{WAIT_FOR!r}]", reason))
    return checked, mistakes


def served(kind: Kind, api: ApiClient) -> list[Mistake]:
    """Return what is wrong with the kind itself: built-in kinds must be there now."""
    try:
        api.resource(kind.api_version, kind.name)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        if kind.group in BUILT_IN_GROUPS:
            reason = f"the API server serves no {kind.name} in {kind.api_version!r}"
            return [("kind", f"{reason}; is it spelled right, and not removed in its version?")]
    return []


def _name(checked: Properties, olds: Properties, naming: Naming) -> list[Mistake]:
    metadata: Value = checked.get("metadata") or {}
    if not isinstance(metadata, dict) or SIGNATURE_KEY in metadata:
        if metadata == UNKNOWN:
            return []
        return [("metadata", "must be a map whose name is not a secret")]
    if metadata.get("generateName"):
        return [("metadata.generateName", "cannot be applied; give a name, or leave it out")]
    if metadata.get("name"):
        return []
    old_name = text(olds, "metadata", "name")
    name = old_name if annotation(olds, AUTONAMED) == "true" and old_name else naming.choose()
    if not name:
        return [("metadata.name", "is missing, and autonaming is disabled; give a name")]
    annotations: Value = metadata.get("annotations") or {}
    if isinstance(annotations, dict):  # while it is unknown, it must stay so
        annotations = {**annotations, AUTONAMED: "true"}
    checked["metadata"] = {**metadata, "name": name, "annotations": annotations}
    return []
