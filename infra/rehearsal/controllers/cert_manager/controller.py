"""The loop that plays cert-manager in one cluster.

Owns that it is there only while a pod of its Deployment is Ready, and what it was started with.
What it does with each kind is in the modules beside this one.

Not played: the minute that the real one waits once a record is there (its TTL), its webhook and
what injects that one's certificate, the shims for Gateway and Ingress, leader election, metrics,
its rights inside the cluster, other kinds than those of `charts/cert_manager_kinds`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from infra.rehearsal.controllers.cert_manager import certificates, issuers, requests
from infra.rehearsal.controllers.cert_manager.cluster import KINDS, Cluster, Seat
from infra.rehearsal.controllers.cert_manager.orders import (
    Tries,
    reconcile_challenge,
    reconcile_order,
)
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsZones
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.values import at, mappings, number, text
from infra.rehearsal.loop import Loop
from infra.wire import Properties

SELECTOR = "app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller"
OWNS_SECRETS = "--enable-certificate-owner-ref=true"
LOOK_SECONDS = 1.0
"""It looks at everything, which takes seven requests."""


class CertManager:
    """Plays the controller, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, zones: DnsZones, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._zones = zones
        self._clock = clock
        self._loop = Loop("cert-manager", self._step_when_due)
        self._looked = 0.0
        self._tries = Tries()

    def start(self) -> None:
        """Start the loop in a thread of its own."""
        self._loop.start()

    def stop(self) -> None:
        """End the loop; returns when its current step is done."""
        self._loop.stop()

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        seat = self._running()
        if seat is None:
            self._tries = Tries()
            return
        cluster = Cluster(self._api, seat, datetime.fromtimestamp(self._clock(), UTC))
        cluster.objects = {kind: self._all(version, kind) for kind, version in KINDS.items()}
        for kind in ("ClusterIssuer", "Issuer"):
            for body in cluster.all(kind):
                issuers.reconcile(cluster, body)
        for body in cluster.all("Certificate"):
            certificates.reconcile(cluster, body)
        for body in cluster.all("CertificateRequest"):
            requests.reconcile(cluster, body)
        for body in cluster.all("Order"):
            reconcile_order(cluster, body)
        for body in cluster.all("Challenge"):
            reconcile_challenge(cluster, body, self._zones, self._tries)

    def _step_when_due(self) -> None:
        if self._clock() - self._looked >= LOOK_SECONDS:
            self.step()
            self._looked = self._clock()

    def _running(self) -> Seat | None:
        for found in self._api.list_objects("apps/v1", "Deployment", labelSelector=SELECTOR):
            if number(found, "status", "readyReplicas"):
                return seat_of(found)
        return None

    def _all(self, api_version: str, kind: str) -> tuple[Properties, ...]:
        try:
            return tuple(self._api.list_objects(api_version, kind))
        except ApiError as error:
            if error.status == NOT_FOUND:  # its definition is gone, or not there yet
                self._api.forget_discovery(api_version)
                return ()
            raise


def seat_of(deployment: Properties) -> Seat:
    """Return where the pods of a Deployment run, and as whom."""
    spec = at(deployment, "spec", "template", "spec")
    arguments: list[object] = []
    for container in mappings(spec, "containers"):
        found = container.get("args")
        arguments += found if isinstance(found, list) else []
    caller = Caller(
        text(deployment, "metadata", "namespace"), text(spec, "serviceAccountName") or "default"
    )
    return Seat(caller, owns_secrets=OWNS_SECRETS in arguments)
