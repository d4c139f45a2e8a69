"""The loop that plays the operator of one cluster.

Owns that it is there only while a pod of its Deployment is Ready, as which service account it asks
the cloud, and in which order it looks at objects. What it does with each is in `stores`, `external`
and `push`.

Not played: the operator's own rights inside the cluster, more than one replica, the kinds
ClusterExternalSecret and ClusterPushSecret, metrics.
"""

import time
from collections.abc import Callable

from infra.rehearsal.controllers.external_secrets import push, stores
from infra.rehearsal.controllers.external_secrets.external import KIND, ExternalSecrets
from infra.rehearsal.controllers.external_secrets.marks import is_going, synced_version, uid
from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    SecretManager,
    SecretManagerError,
)
from infra.rehearsal.controllers.external_secrets.push import PushSecrets
from infra.rehearsal.controllers.external_secrets.queue import Queue
from infra.rehearsal.controllers.external_secrets.sources import Sources
from infra.rehearsal.controllers.external_secrets.stores import Stores
from infra.rehearsal.controllers.own_pods import arguments_of, caller_of, running
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.values import text
from infra.rehearsal.loop import Played
from infra.wire import Properties

SELECTOR = "app.kubernetes.io/name=external-secrets"
CONFLICT, UNREACHABLE = 409, 0
Reconcile = Callable[[Properties], float | None]


class SecretOperator(Played):
    """Plays the operator, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, manager: SecretManager, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("external secrets")
        self._api = api
        self._clock = clock
        self._stores = Stores(api, manager)
        sources = Sources(api, self._stores)
        self._external = ExternalSecrets(api, sources)
        self._push = PushSecrets(api, self._stores, sources)
        self._queue = Queue()

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        running = self._running()
        if running is None:
            self._queue = Queue()  # what a restart forgets
            return
        caller, off = running
        pushes = [] if "push-secret" in off else self._api.list_served(push.API_VERSION, push.KIND)
        secrets = self._api.list_served(stores.API_VERSION, KIND)
        seen = {_key(body) for body in (*pushes, *secrets)}
        for kind, name in ((stores.CLUSTER_STORE, "cluster-store"), (stores.STORE, "secret-store")):
            for store in [] if name in off else self._api.list_served(stores.API_VERSION, kind):
                seen.add(_key(store))
                self._look_at_store(store, caller, pushes)
        for body in secrets:
            self._look_at(
                body,
                lambda one: self._external.reconcile(one, caller, self._now),
                self._external.target_version,
            )
        for body in pushes:
            self._look_at(body, lambda one: self._push.reconcile(one, caller, self._now))
        self._queue.forget_others(seen)

    @property
    def _now(self) -> float:
        return self._clock()

    def _look_at_store(self, store: Properties, caller: Caller, pushes: list[Properties]) -> None:
        held = any(push.deletes_at_the_end(one) and push.names_store(one, store) for one in pushes)

        def reconcile(body: Properties) -> float | None:
            return self._stores.reconcile(body, caller, self._now, held=held)

        self._look_at(store, reconcile, lambda _store: str(held))

    def _look_at(
        self,
        body: Properties,
        reconcile: Reconcile,
        other: Callable[[Properties], str] = lambda _body: "",
    ) -> None:
        """Reconcile an object when it is due; `other` is the state of what else it depends on."""
        key = _key(body)
        version = f"{uid(body)}/{synced_version(body)}/{is_going(body)}"
        if not self._queue.is_due(key, f"{version}/{other(body)}", self._now):
            return
        try:
            after_seconds = reconcile(body)
        except SecretManagerError as error:
            self._queue.failed(key, self._now)
            self._loop.report(f"{key}: {error}")
        except ApiError as error:
            self._queue.failed(key, self._now)
            if error.status == UNREACHABLE:
                raise
            if error.status not in (CONFLICT, NOT_FOUND):  # it changed or went meanwhile
                self._loop.report(f"{key}: {error}")
        else:
            # As it is now: what is deleted before the next look has changed since.
            self._queue.done(key, f"{version}/{other(body)}", self._now, after_seconds)

    def _running(self) -> tuple[Caller, frozenset[str]] | None:
        """Return as whom the operator asks, and which of its loops are switched off."""
        found = running(self._api, SELECTOR)
        return None if found is None else (caller_of(found), _switched_off(found))


def _switched_off(deployment: Properties) -> frozenset[str]:
    before, after = "--enable-", "-reconciler=false"
    return frozenset(
        item.removeprefix(before).removesuffix(after)
        for item in arguments_of(deployment)
        if item.startswith(before) and item.endswith(after)
    )


def _key(body: Properties) -> str:
    namespace, name = (text(body, "metadata", part) for part in ("namespace", "name"))
    return f"{text(body, 'kind')} {namespace}/{name}"
