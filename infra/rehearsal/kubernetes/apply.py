"""Creating, updating, reading and deleting objects through server-side apply.

Owns: what a preview may ask, adoption, waiting for definitions that are not served yet, deletion.
Does not own: readiness (`await_ready.py`), what the engine records (`outputs.py`).
"""

import hashlib
import re
from dataclasses import dataclass

from infra.rehearsal.kubernetes.await_ready import SKIP_AWAIT, readiness, wait_until_ready
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.errors import (
    AlreadyExistsError,
    FailedForGoodError,
    NotReadyError,
    PartialFailureError,
    StandInError,
)
from infra.rehearsal.kubernetes.ignored import leave_ignored
from infra.rehearsal.kubernetes.objects import BUILT_IN_GROUPS, Kind, group_of
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.outputs import (
    FIELD_MANAGER,
    body_of,
    inputs_from,
    outputs_of,
    preview_of_create,
    preview_of_update,
    preview_with_unknowns,
)
from infra.rehearsal.kubernetes.values import (
    annotation,
    at,
    identifier,
    mapping,
    mappings,
    text,
    title,
)
from infra.wire import Properties, has_unknown, plain_properties

FORBIDDEN = 403
CONFLICT = 409
FORCE = "pulumi.com/patchForce"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"
MANAGER_PREFIX = "pulumi-kubernetes-"
PREVIEW_QUERY = {
    "dryRun": "All",
    "fieldManager": MANAGER_PREFIX + "preview",
    "fieldValidation": "Strict",
}
# How long a custom kind may be unknown after its definition was applied (seen: under 1 s).
DEFINITION_SERVED_TIMEOUT_SECONDS = 10
DELETE_TIMEOUT_SECONDS = 300  # the real provider's default
OWNING_KINDS = frozenset({"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job"})
MISSING_NAMESPACE = re.compile(r'namespaces "[^"]*" not found')


@dataclass(frozen=True)
class Written:
    """What the engine records of an object."""

    resource_id: str
    outputs: Properties


@dataclass(frozen=True)
class Found:
    """An object as it was found, for a refresh or an import."""

    outputs: Properties
    inputs: Properties
    problem: str = ""
    """Why it is not as it should be; empty when it is."""


@dataclass(frozen=True)
class Objects:
    """Objects of one cluster."""

    api: ApiClient

    def create(self, inputs: Properties, operation: Operation) -> Written:
        """Create an object and wait until it is ready.

        Raises:
            AlreadyExistsError: it is there, and this resource did not make it.
            PartialFailureError: it was made but is not ready.
            ApiError: the API server refused it.
        """
        body, manager = body_of(inputs), manager_of(operation.urn)
        existing = self._find(body)
        if existing is not None:
            _refuse_foreign(existing, body, manager)
        live = self._apply_when_served(body, manager, operation)
        return self._awaited(live, inputs, manager, operation)

    def preview_create(self, inputs: Properties, operation: Operation) -> Properties:
        """Ask the API server whether it would take the object, and return what is known of it.

        Raises:
            AlreadyExistsError: it is there, and this resource did not make it.
            ApiError: the API server would refuse it.
        """
        if has_unknown(inputs):
            return preview_of_create(inputs)
        body = body_of(inputs)
        try:
            result = self._post(body)
        except ApiError as error:
            if error.status == CONFLICT:
                # Everything was validated before the name was looked up. A replacement finds its
                # own predecessor here.
                existing = self._find(body)
                if existing is not None:
                    _refuse_foreign(existing, body, manager_of(operation.urn))
                return preview_of_create(inputs)
            if error.status != NOT_FOUND:
                raise
            self._validate_elsewhere(body, error)
            return preview_of_create(inputs)
        return preview_of_create(inputs, text(result, "metadata", "namespace"))

    def update(self, old_outputs: Properties, inputs: Properties, operation: Operation) -> Written:
        """Apply the new declaration and wait until the object is ready.

        Raises:
            PartialFailureError: it was changed but is not ready.
            ApiError: the API server refused it.
        """
        manager = _recorded_manager(old_outputs, operation)
        body = self._without_ignored(body_of(inputs), manager, operation)
        live = self._apply_when_served(body, manager, operation)
        return self._awaited(live, inputs, manager, operation)

    def preview_update(
        self, old_outputs: Properties, inputs: Properties, operation: Operation
    ) -> Properties:
        """Ask the API server whether it would take the change, and return what would come of it.

        Raises:
            ApiError: the API server would refuse it.
        """
        if has_unknown(inputs):
            return preview_with_unknowns(old_outputs, inputs)
        manager = _recorded_manager(old_outputs, operation)
        try:
            body = self._without_ignored(body_of(inputs), manager, operation)
            result = self._apply(body, manager, dry_run=True)
        except ApiError as error:
            if error.status == NOT_FOUND:
                return preview_with_unknowns(old_outputs, inputs)
            raise
        return preview_of_update(result, inputs, manager)

    def read(
        self,
        kind: Kind,
        resource_id: str,
        state: tuple[Properties, Properties],
        operation: Operation,
    ) -> Found | None:
        """Return an object as it is now, or None when it is gone.

        Args:
            kind: from the resource's type.
            resource_id: `namespace/name`, or the name alone.
            state: outputs and inputs as recorded; empty for an import.
            operation: gives the resource.
        """
        old_outputs, inputs = state
        namespace, _, name = resource_id.rpartition("/")
        api_version = text(plain_properties(old_outputs), "apiVersion") or kind.api_version
        live = self.api.find(api_version, kind.name, name, namespace)
        if live is None:
            return None
        outputs = outputs_of(live, inputs, _recorded_manager(old_outputs, operation))
        return Found(outputs, inputs_from(live, inputs), _problem(live, plain_properties(inputs)))

    def delete(self, old_outputs: Properties, operation: Operation) -> None:
        """Delete the object that was made, and wait until it is gone. Others of its name stay.

        Raises:
            StandInError: it is still there after the timeout; says what holds it.
            ApiError: the API server refused.
        """
        old = plain_properties(old_outputs)
        address = (
            text(old, "apiVersion"),
            text(old, "kind"),
            text(old, "metadata", "name"),
            text(old, "metadata", "namespace"),
        )
        uid = text(old, "metadata", "uid")
        foreground = "Foreground" if text(old, "kind") in OWNING_KINDS else ""
        propagation = annotation(old, PROPAGATION).capitalize() or foreground
        try:
            self.api.delete(*address, uid=uid, propagation=propagation)
        except ApiError as error:
            if error.status == NOT_FOUND:
                return
            if error.status != CONFLICT or not self._was_replaced(address, uid):
                raise
            return
        live: Properties = {}
        for _ in operation.waits(DELETE_TIMEOUT_SECONDS):
            found = self.api.find(*address)
            if found is None or text(found, "metadata", "uid") != uid:
                return
            live = found
            operation.say(_holding(live))
        message = f"{title(old)} is still there: {_holding(live)}"
        raise StandInError(message)

    def _without_ignored(self, body: Properties, manager: str, operation: Operation) -> Properties:
        live = self._find(body) if operation.ignored else None
        return leave_ignored(body, live, manager, operation.ignored) if live else body

    def _find(self, body: Properties) -> dict | None:
        return self.api.find(
            text(body, "apiVersion"),
            text(body, "kind"),
            text(body, "metadata", "name"),
            text(body, "metadata", "namespace"),
        )

    def _post(self, body: Properties) -> dict:
        return self.api.create(body, PREVIEW_QUERY)

    def _apply(self, body: Properties, manager: str, *, dry_run: bool = False) -> dict:
        try:
            return self.api.apply(body, manager, force=_forced(body), dry_run=dry_run)
        except ApiError as error:
            if error.status != CONFLICT:
                raise
            message = f'{error.message}; the annotation {FORCE}: "true" takes the fields over'
            raise ApiError(CONFLICT, message, request=error.request) from error

    def _validate_elsewhere(self, body: Properties, error: ApiError) -> None:
        """Validate an object whose namespace is not there yet in the default one.

        A kind that is not there yet cannot be validated: its definition is what is missing.
        """
        if not MISSING_NAMESPACE.search(error.message):
            return
        moved = {**body, "metadata": {**mapping(body, "metadata"), "namespace": "default"}}
        try:
            self._post(moved)
        except ApiError as second:
            # 409: the name is taken there; 403: what is allowed there says nothing of here.
            if second.status not in (NOT_FOUND, CONFLICT, FORBIDDEN):
                raise

    def _apply_when_served(
        self, body: Properties, manager: str, operation: Operation
    ) -> Properties:
        api_version, kind = text(body, "apiVersion"), text(body, "kind")
        patience = Operation(operation.urn, 0, operation.cancelled, operation.is_active)
        refusal = ApiError(NOT_FOUND, f"{kind} is not served")
        for _ in patience.waits(DEFINITION_SERVED_TIMEOUT_SECONDS):
            try:
                return self._apply(body, manager)
            except ApiError as error:
                late = group_of(api_version) not in BUILT_IN_GROUPS
                if error.status != NOT_FOUND or not late or MISSING_NAMESPACE.search(error.message):
                    raise
                refusal = error
                self.api.forget_discovery(api_version)
        raise refusal

    def _awaited(
        self, live: Properties, inputs: Properties, manager: str, operation: Operation
    ) -> Written:
        try:
            live = wait_until_ready(self.api, live, plain_properties(inputs), operation)
        except NotReadyError as error:
            outputs = outputs_of(error.live, inputs, manager)
            raise PartialFailureError(
                str(error), identifier(error.live), outputs, inputs
            ) from error
        return Written(identifier(live), outputs_of(live, inputs, manager))

    def _was_replaced(self, address: tuple[str, str, str, str], uid: str) -> bool:
        found = self.api.find(*address)
        return found is None or text(found, "metadata", "uid") != uid


def manager_of(urn: str) -> str:
    """Return the field manager of a resource: its own, so that no other one adopts its object."""
    return MANAGER_PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:8]


def _recorded_manager(old_outputs: Properties, operation: Operation) -> str:
    return text(old_outputs, FIELD_MANAGER) or manager_of(operation.urn)


def _refuse_foreign(existing: Properties, body: Properties, manager: str) -> None:
    """Adopt only what an interrupted creation of this very resource left."""
    managers = {text(entry, "manager") for entry in mappings(existing, "metadata", "managedFields")}
    if manager in managers or _forced(body):
        return
    message = (
        f"{title(existing)} already exists and belongs to {sorted(managers)}; "
        "import it, delete it, or give this one another name"
    )
    raise AlreadyExistsError(message)


def _forced(body: Properties) -> bool:
    return annotation(body, FORCE) == "true"


def _problem(live: Properties, declared: Properties) -> str:
    if annotation(declared or live, SKIP_AWAIT) == "true":
        return ""
    try:
        state = readiness(live, declared)
    except FailedForGoodError as error:
        return f"{title(live)}: {error}"
    return "" if state.ready else f"{title(live)} is not ready: {state.missing}"


def _holding(live: Properties) -> str:
    """Say what keeps an object from going."""
    parts = [
        f"{where} {found}"
        for where, found in (
            ("finalizers", at(live, "metadata", "finalizers")),
            ("spec.finalizers", at(live, "spec", "finalizers")),
        )
        if found
    ]
    parts += [
        text(entry, "message")
        for entry in mappings(live, "status", "conditions")
        if entry.get("status") == "True" and entry.get("message")
    ]
    return "; ".join(parts) or "it is being deleted"
