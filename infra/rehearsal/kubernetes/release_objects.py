"""The objects of one Helm release: marked as its own, applied in order, awaited, removed.

Owns Helm's rules about objects: who owns one, in which order kinds go in, that definitions from a
chart's `crds/` are installed once and never changed or removed, while those from its templates are
objects like all others.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.rehearsal.charts.objects import TEMPLATED
from infra.rehearsal.kubernetes.await_ready import wait_until_ready
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.errors import AlreadyExistsError, StandInError
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.release_state import MANAGER, Address, address_of
from infra.rehearsal.kubernetes.values import annotation, mapping, text, title
from infra.wire import Properties

MANAGED_BY = "app.kubernetes.io/managed-by"
RELEASE_NAME = "meta.helm.sh/release-name"
RELEASE_NAMESPACE = "meta.helm.sh/release-namespace"
POLICY = "helm.sh/resource-policy"
KEEP = "keep"
"""An object with this policy outlives its release (Helm, "Chart Development Tips and Tricks")."""
DEFINITION = "CustomResourceDefinition"
AWAITED = frozenset({"Deployment", "DaemonSet", "StatefulSet"})
# Helm's install order, for the kinds that others need (helm v3, pkg/releaseutil/kind_sorter.go).
FIRST = (
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolumeClaim",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Service",
)


@dataclass(frozen=True)
class ReleaseObjects:
    """The objects of one release in one cluster."""

    api: ApiClient
    name: str
    namespace: str
    timeout_seconds: int
    operation: Operation

    def prepare(self, bodies: Iterable[Properties]) -> list[Properties]:
        """Return a chart's objects marked as this release's, in the order in which they go in."""
        marked = [self._marked(body) for body in bodies]
        return sorted(marked, key=lambda body: _rank(text(body, "kind")))

    def ensure_namespace(self, namespace: str) -> None:
        """Create a namespace unless it is there; Helm never removes it again."""
        if self.api.find("v1", "Namespace", namespace) is None:
            self.api.create(
                {
                    "apiVersion": "v1",
                    "kind": "Namespace",
                    "metadata": {"name": namespace, "labels": {"name": namespace}},
                }
            )

    def refuse_foreign(self, bodies: Iterable[Properties]) -> None:
        """Refuse objects that are there and belong to somebody else.

        Raises:
            AlreadyExistsError: names the object and its owner, in Helm's words.
        """
        for body in bodies:
            if is_fixed(body):
                continue
            found = self._find(address_of(body))
            if found is None:
                continue
            owner = (annotation(found, RELEASE_NAMESPACE), annotation(found, RELEASE_NAME))
            if owner != (self.namespace, self.name):
                message = (
                    f"{title(found)} exists and cannot be imported into the current release: "
                    f"invalid ownership metadata, it belongs to release {'/'.join(owner)!r}; "
                    "delete it, or give the release another name"
                )
                raise AlreadyExistsError(message)

    def require_kinds(self, bodies: Iterable[Properties]) -> None:
        """Refuse kinds that the API server does not have, before anything is applied.

        Raises:
            StandInError: names each, in Helm's words.
        """
        missing = []
        for body in bodies:
            try:
                self.api.resource(text(body, "apiVersion"), text(body, "kind"))
            except ApiError as error:
                if error.status != NOT_FOUND:
                    raise
                missing.append(f'kind "{text(body, "kind")}" in "{text(body, "apiVersion")}"')
        if missing:
            message = (
                f"Helm release {self.namespace}/{self.name}: unable to build kubernetes objects "
                f"from release manifest: no matches for {', '.join(sorted({*missing}))}; "
                "install its definitions first, or switch it off in the chart's values"
            )
            raise StandInError(message)

    def install_definitions(self, bodies: Iterable[Properties]) -> None:
        """Install the definitions that are not there yet, and wait until they are served."""
        for body in bodies:
            if is_fixed(body) and self._find(address_of(body)) is None:
                live = self.api.apply(body, MANAGER)
                wait_until_ready(self.api, live, body, self.operation)

    def apply(self, bodies: Iterable[Properties]) -> list[Properties]:
        """Apply all objects but those of `crds/`, and return them as they are then.

        A definition is waited for: what comes after it may be of its kind.
        """
        live: list[Properties] = []
        for body in bodies:
            if is_fixed(body):
                continue
            live.append(self.api.apply(body, MANAGER, force=True))
            if text(body, "kind") == DEFINITION:
                wait_until_ready(self.api, live[-1], body, self.operation)
        return live

    def await_ready(self, live: Sequence[Properties], *, with_jobs: bool) -> None:
        """Wait until the workloads are ready, all of them within the release's timeout."""
        end = time.monotonic() + self._seconds()
        for body in live:
            kind = text(body, "kind")
            if kind in AWAITED or (with_jobs and kind == "Job"):
                self.operation.say(f"waiting for {title(body)}")
                left = max(end - time.monotonic(), 1.0)
                wait_until_ready(self.api, body, body, self._within(left))

    def remove(self, addresses: Iterable[Address], *, wait: bool) -> None:
        """Delete objects, last ones first; what is of `crds/` or marked to be kept stays.

        Raises:
            StandInError: something is still there after the timeout.
        """
        going = [
            address
            for address in sorted(addresses, key=lambda one: _rank(one.kind), reverse=True)
            if not self._is_kept(address)
        ]
        for address in going:
            self._delete(address)
        if not wait:
            return
        for _ in self.operation.waits(self.timeout_seconds):
            going = [address for address in going if self._find(address) is not None]
            if not going:
                return
            self.operation.say(f"{len(going)} objects are still there: {going[0].title}")
        message = (
            f"Helm release {self.namespace}/{self.name}: still there after "
            f"{self._seconds():.0f} s: {', '.join(one.title for one in going)}"
        )
        raise StandInError(message)

    def _seconds(self) -> float:
        return self.operation.timeout_seconds or self.timeout_seconds

    def _within(self, seconds: float) -> Operation:
        outer = self.operation
        return Operation(outer.urn, seconds, outer.cancelled, outer.is_active, outer.tell)

    def _find(self, address: Address) -> dict | None:
        return self.api.find(address.api_version, address.kind, address.name, address.namespace)

    def _is_kept(self, address: Address) -> bool:
        live = self._find(address)
        if live is None:
            return False
        is_fixed_definition = address.kind == DEFINITION and not self._is_own(live)
        return is_fixed_definition or annotation(live, POLICY) == KEEP

    def _is_own(self, live: dict) -> bool:
        return annotation(live, RELEASE_NAME) == self.name

    def _marked(self, body: Properties) -> Properties:
        if is_fixed(body):  # nobody's, as with Helm
            return body
        metadata: Properties = {
            **mapping(body, "metadata"),
            "labels": {**mapping(body, "metadata", "labels"), MANAGED_BY: "Helm"},
            "annotations": {
                **mapping(body, "metadata", "annotations"),
                RELEASE_NAME: self.name,
                RELEASE_NAMESPACE: self.namespace,
            },
        }
        if self._namespaced(body):
            metadata.setdefault("namespace", self.namespace)
        return {**body, "metadata": metadata}

    def _namespaced(self, body: Properties) -> bool:
        try:
            return self.api.resource(text(body, "apiVersion"), text(body, "kind"))[1]
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            return True  # a definition of this very release; most kinds are

    def _delete(self, address: Address) -> None:
        try:
            self.api.delete(
                address.api_version,
                address.kind,
                address.name,
                address.namespace,
                propagation="Background",
            )
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise


def is_fixed(body: Properties) -> bool:
    """Say whether an object is a definition from a chart's `crds/`."""
    return text(body, "kind") == DEFINITION and not annotation(body, TEMPLATED)


def _rank(kind: str) -> int:
    if kind == DEFINITION:
        return -1
    return FIRST.index(kind) if kind in FIRST else len(FIRST)
