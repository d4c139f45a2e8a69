"""Helm releases: the placeholder workloads of a chart, installed, updated and removed as Helm does.

Owns: what `helm.sh/v3:Release` means in a rehearsal, including a name that is in use, CRDs that
stay, and what happens when a release does not become ready.
Does not own: what a chart runs (`infra.rehearsal.charts`). Templates and hooks are not rendered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from infra.rehearsal.charts import objects_of
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.errors import (
    AlreadyExistsError,
    PartialFailureError,
    StandInError,
)
from infra.rehearsal.kubernetes.objects import Mistake, Naming
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.release_objects import ReleaseObjects, is_fixed
from infra.rehearsal.kubernetes.release_state import (
    DEPLOYED,
    FAILED,
    ReleaseState,
    address_of,
    forget,
    load,
    save,
)
from infra.rehearsal.kubernetes.values import at, mapping, number, text
from infra.wire import UNKNOWN, Properties, has_unknown, plain_properties

TIMEOUT_SECONDS = 300  # Helm's own default, and the real provider's
PLAYED = frozenset(
    {
        "atomic",
        "chart",
        "cleanupOnFail",
        "createNamespace",
        "name",
        "namespace",
        "repositoryOpts",
        "skipAwait",
        "skipCrds",
        "timeout",
        "values",
        "version",
        "waitForJobs",
    }
)
# Nothing here would differ: nothing is rendered, verified, downloaded, or kept as history.
WITHOUT_EFFECT = frozenset(
    {
        "allowNullValues",
        "compat",
        "dependencyUpdate",
        "description",
        "disableCRDHooks",
        "disableOpenapiValidation",
        "disableWebhooks",
        "lint",
        "maxHistory",
        "renderSubchartNotes",
        "verify",
    }
)


@dataclass(frozen=True)
class FoundRelease:
    """A release as it was found, for a refresh."""

    outputs: Properties
    inputs: Properties


def check_release(
    news: Properties, olds: Properties, naming: Naming, default_namespace: str
) -> tuple[Properties, list[Mistake]]:
    """Return a release's inputs with name, namespace and timeout, and every mistake in them."""
    checked: Properties = {key: value for key, value in news.items() if value is not None}
    if not checked.get("name"):
        checked["name"] = text(olds, "name") or naming.choose()
    if not checked.get("namespace"):
        checked["namespace"] = default_namespace
    if not checked.get("timeout") and checked.get("skipAwait") is not True:
        checked["timeout"] = TIMEOUT_SECONDS
    mistakes = _mistakes(checked)
    if not mistakes and not has_unknown(checked):
        try:
            _objects(plain_properties(checked))
        except ValueError as error:
            mistakes.append(("chart", str(error)))
    return checked, mistakes


def _mistakes(checked: Properties) -> list[Mistake]:
    reasons = {
        "name": "is missing, and autonaming is disabled; give a name",
        "chart": "is missing; name it as its repository does",
        "version": "is missing; a rehearsal takes no newest one, name it",
    }
    missing = [(key, reason) for key, reason in reasons.items() if not checked.get(key)]
    others = sorted(checked.keys() - PLAYED - WITHOUT_EFFECT)
    reason = f"is not served by the Kubernetes stand-in; use {sorted(PLAYED)}"
    return missing + [(key, reason) for key in others if checked[key]]


@dataclass(frozen=True)
class Releases:
    """Helm releases of one cluster."""

    api: ApiClient

    def create(self, inputs: Properties, operation: Operation) -> tuple[str, Properties]:
        """Install a chart under a name that is not in use; return the ID and the outputs.

        Raises:
            AlreadyExistsError: the name is in use in this namespace.
            PartialFailureError: it was installed but is not ready (not with `atomic`).
            StandInError: it was not ready and was removed again (`atomic`).
        """
        wanted = plain_properties(inputs)
        name, namespace = text(wanted, "name"), text(wanted, "namespace")
        existing = load(self.api, name, namespace)
        if existing is not None:
            message = (
                f"Helm release {namespace}/{name} ({existing.status}): "
                "cannot re-use a name that is still in use"
            )
            raise AlreadyExistsError(message)
        objects = self._release_objects(wanted, operation)
        if at(wanted, "createNamespace") is True:
            objects.ensure_namespace(namespace)
        objects.install_definitions(_objects(wanted))
        bodies = objects.prepare(_objects(wanted))
        objects.require_kinds(bodies)
        objects.refuse_foreign(bodies)
        state = _state(wanted, bodies)
        save(self.api, state)
        resource_id = f"{namespace}/{name}"
        try:
            self._bring_up(wanted, bodies, objects)
        except (ApiError, StandInError) as error:
            if at(wanted, "atomic") is True and not operation.cancelled.is_set():
                objects.remove(state.objects, wait=False)
                forget(self.api, state)
                message = f"Helm release {resource_id} failed and was removed (atomic): {error}"
                raise StandInError(message) from error
            raise self._failed(inputs, state, error) from error
        save(self.api, state.with_status(DEPLOYED))
        return resource_id, _outputs(inputs, state.with_status(DEPLOYED))

    def update(
        self, old_outputs: Properties, inputs: Properties, operation: Operation
    ) -> Properties:
        """Apply the chart as it is wanted now, and remove what it no longer has.

        Raises:
            PartialFailureError: it was changed but is not ready.
            StandInError: no such release is installed, or it was rolled back (`atomic`).
        """
        wanted = plain_properties(inputs)
        name, namespace = text(wanted, "name"), text(wanted, "namespace")
        existing = load(self.api, name, namespace)
        if existing is None:
            message = f'Helm release {namespace}/{name}: "{name}" has no deployed releases'
            raise StandInError(message)
        objects = self._release_objects(wanted, operation)
        bodies = objects.prepare(_objects(wanted))
        objects.require_kinds(bodies)
        objects.refuse_foreign(bodies)
        target = replace(_state(wanted, bodies), revision=existing.revision + 1)
        both = tuple(sorted({*target.objects, *existing.objects}))
        save(self.api, replace(target, objects=both))
        added = sorted({*target.objects} - {*existing.objects})
        try:
            self._bring_up(wanted, bodies, objects)
        except (ApiError, StandInError) as error:
            stop = operation.cancelled.is_set()
            if at(wanted, "atomic") is True and not stop:
                objects.apply(objects.prepare(_objects(plain_properties(old_outputs))))
                objects.remove(added, wait=False)
                save(self.api, replace(existing, revision=target.revision, status=DEPLOYED))
                message = f"Helm release {namespace}/{name} was rolled back (atomic): {error}"
                raise StandInError(message) from error
            if at(wanted, "cleanupOnFail") is True and not stop:
                objects.remove(added, wait=False)
            raise self._failed(inputs, replace(target, objects=both), error) from error
        objects.remove(sorted({*existing.objects} - {*target.objects}), wait=False)
        save(self.api, target.with_status(DEPLOYED))
        return _outputs(inputs, target.with_status(DEPLOYED))

    def read(self, resource_id: str, inputs: Properties) -> FoundRelease | None:
        """Return a release as the cluster has it, or None when it is not installed."""
        namespace, _, name = resource_id.rpartition("/")
        state = load(self.api, name, namespace)
        if state is None:
            return None
        found: Properties = {
            **inputs,
            "name": state.name,
            "namespace": state.namespace,
            "chart": state.chart,
            "version": state.version,
        }
        return FoundRelease(_outputs(found, state), found)

    def delete(self, old_outputs: Properties, operation: Operation) -> None:
        """Uninstall a release; definitions that its chart brought stay, as with Helm."""
        old = plain_properties(old_outputs)
        state = load(self.api, text(old, "name"), text(old, "namespace"))
        if state is None:
            return
        wait = at(old, "atomic") is True or at(old, "skipAwait") is not True
        self._release_objects(old, operation).remove(state.objects, wait=wait)
        forget(self.api, state)

    def _release_objects(self, wanted: Properties, operation: Operation) -> ReleaseObjects:
        return ReleaseObjects(
            self.api,
            text(wanted, "name"),
            text(wanted, "namespace"),
            number(wanted, "timeout", default=TIMEOUT_SECONDS),
            operation,
        )

    def _bring_up(
        self, wanted: Properties, bodies: list[Properties], objects: ReleaseObjects
    ) -> None:
        live = objects.apply(bodies)
        if at(wanted, "skipAwait") is not True:
            objects.await_ready(live, with_jobs=at(wanted, "waitForJobs") is True)

    def _failed(
        self, inputs: Properties, state: ReleaseState, error: ValueError
    ) -> PartialFailureError:
        """Record the failure in the cluster, and return what the engine must record."""
        failed = state.with_status(FAILED)
        save(self.api, failed)
        resource_id = f"{state.namespace}/{state.name}"
        message = f"Helm release {resource_id} is there, but not ready: {error}"
        return PartialFailureError(message, resource_id, _outputs(inputs, failed), inputs)


def preview_of_release(inputs: Properties) -> Properties:
    """Return what is known of a release before it is installed or changed."""
    return {**inputs, "status": UNKNOWN, "resourceNames": UNKNOWN}


def _objects(wanted: Properties) -> list[Properties]:
    """Return the placeholder objects of a chart; what is not known is refused there."""
    bodies = objects_of(
        text(wanted, "chart"),
        text(wanted, "version"),
        text(wanted, "name"),
        text(wanted, "namespace"),
        mapping(wanted, "values"),
    )
    if at(wanted, "skipCrds") is True:
        return [body for body in bodies if not is_fixed(body)]
    return bodies


def _outputs(inputs: Properties, state: ReleaseState) -> Properties:
    names: dict[str, list[str]] = {}
    for address in state.objects:
        key = f"{address.kind}/{address.api_version}"
        full = f"{address.namespace}/{address.name}" if address.namespace else address.name
        names.setdefault(key, []).append(full)
    status: Properties = {
        "chart": state.chart,
        "name": state.name,
        "namespace": state.namespace,
        "revision": state.revision,
        "status": state.status,
        "version": state.version,
    }
    return {**inputs, "status": status, "resourceNames": {**_sorted(names.items())}}


def _sorted(names: Iterable[tuple[str, list[str]]]) -> Properties:
    return {key: [*sorted(full)] for key, full in sorted(names)}


def _state(wanted: Properties, bodies: list[Properties]) -> ReleaseState:
    return ReleaseState(
        name=text(wanted, "name"),
        namespace=text(wanted, "namespace"),
        chart=text(wanted, "chart"),
        version=text(wanted, "version"),
        objects=tuple(address_of(body) for body in bodies),
    )
