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
from infra.rehearsal.controllers.cert_manager.port import DnsZones
from infra.rehearsal.controllers.own_pods import arguments_of, caller_of, running
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.loop import Played
from infra.wire import Properties

SELECTOR = "app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller"
OWNS_SECRETS = "--enable-certificate-owner-ref=true"
LOOK_SECONDS = 1.0
"""It looks at everything, which takes seven requests."""


class CertManager(Played):
    """Plays the controller, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, zones: DnsZones, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("cert-manager", LOOK_SECONDS)
        self._api = api
        self._zones = zones
        self._clock = clock
        self._tries = Tries()

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
        cluster.objects = {
            kind: tuple(self._api.list_served(version, kind)) for kind, version in KINDS.items()
        }
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

    def _running(self) -> Seat | None:
        found = running(self._api, SELECTOR)
        return None if found is None else seat_of(found)


def seat_of(deployment: Properties) -> Seat:
    """Return where the pods of a Deployment run, and as whom."""
    owns_secrets = OWNS_SECRETS in arguments_of(deployment)
    return Seat(caller_of(deployment), owns_secrets=owns_secrets)
