"""Stores: where secrets are, whether the operator gets in there, and who may use them.

Owns the condition Ready of stores, their finalizer, and the way from a reference to a store.
Ready says that the pods have credentials, not that they may read: that shows at what is read.
"""

import re
from dataclasses import dataclass

from infra.rehearsal.controllers.external_secrets.marks import (
    Marks,
    condition,
    is_going,
)
from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    SecretManager,
    SecretManagerError,
)
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties

API_VERSION = "external-secrets.io/v1"
CLUSTER_STORE = "ClusterSecretStore"
STORE = "SecretStore"
FINALIZER = "secretstore.externalsecrets.io/finalizer"
REQUEUE_SECONDS = 300.0
"""root.go, `--store-requeue-interval`."""


@dataclass(frozen=True)
class Place:
    """A store, ready to be asked."""

    manager: SecretManager
    caller: Caller
    settings: Properties
    """`spec.provider.aws` or `spec.provider.gcpsm`."""


class Stores:
    """The stores of one cluster."""

    def __init__(self, api: ApiClient, manager: SecretManager) -> None:
        """Stores of other clouds than the manager's are refused."""
        self._api = api
        self._marks = Marks(api)
        self._manager = manager

    def reconcile(
        self, store: Properties, caller: Caller, now: float, *, held: bool
    ) -> float | None:
        """Say on a store whether it can be used; return after how many seconds to look again.

        Args:
            store: the object.
            caller: the operator's pods.
            now: seconds since the epoch.
            held: whether a PushSecret with `deletionPolicy: Delete` names it.

        Raises:
            SecretManagerError: it cannot be used.
        """
        if is_going(store):
            if not held:
                self._marks.finalizer(store, FINALIZER, wanted=False)
            return None
        self._marks.finalizer(store, FINALIZER, wanted=held)
        try:
            self._manager.require_credentials(caller, self._settings(store))
        except SecretManagerError as error:
            reason = "InvalidProviderConfig"
            said = {"status": "False", "reason": reason, "message": "unable to validate store"}
            self._marks.status(store, now, {**said})
            self._marks.event(store, now, reason, str(error))
            raise
        ready: Properties = {"status": "True", "reason": "Valid", "message": "store validated"}
        self._marks.status(store, now, ready, capabilities="ReadWrite")
        return REQUEUE_SECONDS

    def find(self, reference: Properties, namespace: str, caller: Caller, *, ready: bool) -> Place:
        """Return the store that a reference names, for an object of a namespace.

        Raises:
            SecretManagerError: it is not there, not for this namespace, or (`ready`) not Ready.
        """
        kind, name = text(reference, "kind") or STORE, text(reference, "name")
        inside = "" if kind == CLUSTER_STORE else namespace
        store = self._api.find(API_VERSION, kind, name, inside)
        if store is None:
            missing = f'{kind}.external-secrets.io "{name}" not found'
            message = f'could not get {kind} "{name}", {missing}'
            raise SecretManagerError(message)
        if kind == CLUSTER_STORE and not self._is_for(store, namespace):
            message = (
                f'using cluster store "{name}" is not allowed from namespace "{namespace}": denied '
                "by spec.condition"
            )
            raise SecretManagerError(message)
        if ready and condition(store).get("status") != "True":
            message = f'{kind} "{name}" is not ready'
            raise SecretManagerError(message)
        return Place(self._manager, caller, self._settings(store))

    def _settings(self, store: Properties) -> Properties:
        provider = mapping(store, "spec", "provider")
        if self._manager.provider not in provider:
            message = (
                f"not simulated: a store of {', '.join(provider)}; a rehearsal has "
                f"{self._manager.provider} alone"
            )
            raise SecretManagerError(message)
        return mapping(provider, self._manager.provider)

    def _is_for(self, store: Properties, namespace: str) -> bool:
        conditions = list(mappings(store, "spec", "conditions"))
        if not conditions:
            return True
        found = self._api.get("v1", "Namespace", namespace)
        labels = mapping(found, "metadata", "labels")
        return any(_fits(one, namespace, labels) for one in conditions)


def _fits(one: Properties, namespace: str, labels: Properties) -> bool:
    names, regexes = one.get("namespaces"), one.get("namespaceRegexes")
    if isinstance(names, list) and namespace in names:
        return True
    if isinstance(regexes, list) and any(re.search(str(item), namespace) for item in regexes):
        return True
    wanted = mapping(one, "namespaceSelector", "matchLabels")
    return "namespaceSelector" in one and wanted.items() <= labels.items()
