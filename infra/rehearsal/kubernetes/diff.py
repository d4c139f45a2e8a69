"""What a change of a program's declaration does to an object: nothing, an update, or another one.

Owns: the comparison of old inputs with new ones, and the fields whose change needs a new object.
Does not own: drift. `Read` puts what drifted into the old inputs, and then it shows here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from infra.rehearsal.kubernetes.objects import AUTONAMED, group_of
from infra.rehearsal.kubernetes.values import annotation, at, is_true, text
from infra.wire import Properties, Value

Path: TypeAlias = tuple[str | int, ...]
Operation: TypeAlias = Literal["add", "delete", "update"]

PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$]*")
IDENTITY: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"))
SELECTOR: Path = ("spec", "selector")

# Fields for which the real provider replaces an object (pulumi-kubernetes, diff.go, 2026-07-01).
# What is not here is updated in place there, and so is refused by the API server where it is
# immutable: the rehearsal shows that refusal.
IMMUTABLE: Mapping[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "DaemonSet"): (SELECTOR,),
    ("apps", "Deployment"): (SELECTOR,),
    ("apps", "StatefulSet"): (
        SELECTOR,
        ("spec", "podManagementPolicy"),
        ("spec", "revisionHistoryLimit"),
        ("spec", "serviceName"),
        ("spec", "volumeClaimTemplates"),
    ),
    ("batch", "Job"): (
        SELECTOR,
        ("spec", "completions"),
        ("spec", "parallelism"),
        ("spec", "template"),
    ),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("parameters",), ("provisioner",)),
    ("", "PersistentVolumeClaim"): (
        SELECTOR,
        ("spec", "accessModes"),
        ("spec", "storageClassName"),
        ("spec", "volumeName"),
    ),
    ("", "Pod"): (("spec",),),
    ("", "ResourceQuota"): (("spec", "scopes"),),
    ("", "Secret"): (("type",),),
    ("", "Service"): (("spec", "clusterIP"),),
}
# Replaced too unless the provider is told that they may change: pods that mount them see a change
# only with a new name.
CONFIG_MAP_CONTENT: tuple[Path, ...] = (("data",), ("binaryData",))
SECRET_CONTENT: tuple[Path, ...] = (("data",), ("stringData",))


@dataclass(frozen=True)
class Change:
    """One value that differs."""

    path: Path
    operation: Operation
    replaces: bool = False

    @property
    def text(self) -> str:
        """The path as the engine writes it: `spec.containers[0].image`."""
        return path_text(self.path)


@dataclass(frozen=True)
class Comparison:
    """Everything that differs, and what it leads to."""

    changes: list[Change] = field(default_factory=list)
    delete_before_replace: bool = False

    @property
    def replaces(self) -> list[str]:
        """The paths that need another object."""
        return [change.text for change in self.changes if change.replaces]


@dataclass(frozen=True)
class Mutability:
    """Whether contents may change in place, as the provider's configuration says."""

    config_maps: bool = False
    """`enableConfigMapMutable`."""
    secrets: bool = False
    """`enableSecretMutable`."""


def changes(old: Value, new: Value, path: Path = ()) -> Iterator[Change]:
    """Yield every difference at the deepest place where it can be told."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key not in old:
                yield Change((*path, key), "add")
            elif key not in new:
                yield Change((*path, key), "delete")
            else:
                yield from changes(old[key], new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from changes(before, after, (*path, index))
        for index in range(len(new), len(old)):
            yield Change((*path, index), "delete")
        for index in range(len(old), len(new)):
            yield Change((*path, index), "add")
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield Change(path, "update")


def path_text(path: Path) -> str:
    """Write a path as the engine reads it; keys that are not plain words are quoted."""
    written = ""
    for part in path:
        if isinstance(part, int):
            written += f"[{part}]"
        elif PLAIN_KEY.fullmatch(part):
            written += f".{part}" if written else part
        else:
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            written += f'["{quoted}"]'
    return written


def compare_objects(
    old_inputs: Properties,
    old_outputs: Properties,
    new_inputs: Properties,
    *,
    default_namespace: str,
    mutability: Mutability,
) -> Comparison:
    """Compare two declarations of an object; `old_outputs` is the object as it was last seen."""
    fixed = (*IDENTITY, *_immutable(new_inputs, mutability))
    found = [
        Change(change.path, change.operation, _concerns(change.path, fixed))
        for change in changes(old_inputs, new_inputs)
    ]
    live_namespace = text(old_outputs, "metadata", "namespace")
    new_namespace = text(new_inputs, "metadata", "namespace") or default_namespace
    if new_namespace == live_namespace:
        # Leaving the namespace out, or writing out the default one, moves nothing.
        found = [change for change in found if change.path != ("metadata", "namespace")]
    old_version, new_version = text(old_inputs, "apiVersion"), text(new_inputs, "apiVersion")
    if old_version and group_of(old_version) != group_of(new_version):
        found = [change for change in found if change.path != ("apiVersion",)]
        found.append(Change(("apiVersion",), "update", replaces=True))
    if text(new_inputs, "kind") == "Job" and is_true(old_outputs, "Failed"):
        # A failed Job never runs again; an update of it would be planned for ever.
        found.append(Change(("spec",), "update", replaces=True))
    return Comparison(found, _same_address(old_outputs, new_inputs, new_namespace, found))


def compare_releases(old_inputs: Properties, new_inputs: Properties) -> Comparison:
    """Compare two declarations of a Helm release: another name or namespace is another release."""
    fixed: tuple[Path, ...] = (("name",), ("namespace",))
    return Comparison(
        [
            Change(change.path, change.operation, _concerns(change.path, fixed))
            for change in changes(old_inputs, new_inputs)
        ]
    )


def _immutable(inputs: Properties, mutability: Mutability) -> tuple[Path, ...]:
    group, kind = group_of(text(inputs, "apiVersion")), text(inputs, "kind")
    fixed = IMMUTABLE.get((group, kind), ())
    declared_immutable = at(inputs, "immutable") is True
    if (group, kind) == ("", "ConfigMap") and (declared_immutable or not mutability.config_maps):
        return (*fixed, *CONFIG_MAP_CONTENT)
    if (group, kind) == ("", "Secret") and (declared_immutable or not mutability.secrets):
        return (*fixed, *SECRET_CONTENT)
    return fixed


def _concerns(path: Path, fixed: tuple[Path, ...]) -> bool:
    """Say whether a change at `path` changes a fixed field, lies inside one, or holds one."""
    return any(path[: len(place)] == place or place[: len(path)] == path for place in fixed)


def _same_address(
    old_outputs: Properties, new_inputs: Properties, new_namespace: str, found: list[Change]
) -> bool:
    """Say whether the new object needs the name of the old one, which must then go first."""
    if not any(change.replaces for change in found) or annotation(new_inputs, AUTONAMED) == "true":
        return False
    live_namespace = text(old_outputs, "metadata", "namespace")
    return text(new_inputs, "metadata", "name") == text(old_outputs, "metadata", "name") and (
        not live_namespace or live_namespace == new_namespace
    )
