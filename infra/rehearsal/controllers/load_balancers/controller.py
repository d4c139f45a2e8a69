"""The loop that plays the AWS Load Balancer Controller in one cluster.

Owns that it is there only while a pod of its Deployment is Ready, which Services are its own, their
finalizer, address and events. What is made in the account is behind `NetworkBalancers`.

Not played: Ingresses, gateways and TargetGroupBindings of its own (targets follow the Service here
as they do there), its webhooks, readiness gates of pods, Services that become others' while they
are there, leader election, its rights inside the cluster.
Source: kubernetes-sigs/aws-load-balancer-controller, tag v3.5.0, controllers/service, 2026-11-27.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from infra.rehearsal.controllers.load_balancers.port import (
    BalancerError,
    NetworkBalancers,
    Seat,
    Wanted,
)
from infra.rehearsal.controllers.load_balancers.services import pairs, wanted
from infra.rehearsal.controllers.own_pods import arguments_of, caller_of, running
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.events import event
from infra.rehearsal.kubernetes.values import at, identifier, mapping, mappings, number, text
from infra.rehearsal.loop import Played
from infra.wire import Properties, Value

SELECTOR = "app.kubernetes.io/name=aws-load-balancer-controller"
CLASS = "service.k8s.aws/nlb"
FINALIZER = "service.k8s.aws/resources"
LOOK_SECONDS = 1.0
_SLICES = ("discovery.k8s.io/v1", "EndpointSlice")


class LoadBalancerController(Played):
    """Plays the controller, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, account: NetworkBalancers, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("aws load balancer controller", LOOK_SECONDS)
        self._api = api
        self._account = account
        self._clock = clock
        self._kept: dict[str, Wanted] = {}
        self._said: dict[str, str] = {}

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        deployment = running(self._api, SELECTOR)
        if deployment is None:
            self._kept, self._said = {}, {}  # what a restart forgets
            return
        flags = _flags(deployment)
        place = flags.get("watch-namespace")
        for service in self._api.list_objects("v1", "Service", place):
            self._look_at(seat_of(deployment), service, flags.get("load-balancer-class", CLASS))

    def _look_at(self, seat: Seat, service: Properties, own_class: str) -> None:
        held = FINALIZER in _finalizers(service)
        going = "deletionTimestamp" in mapping(service, "metadata")
        try:
            if text(service, "spec", "loadBalancerClass") == own_class and not going:
                self._keep(seat, service)
            elif held:
                self._account.drop(seat, identifier(service))
                self._api.merge(service, {"status": {"loadBalancer": None}}, "/status")
                self._finalize(service, [one for one in _finalizers(service) if one != FINALIZER])
        except BalancerError as error:
            self._kept.pop(text(service, "metadata", "uid"), None)
            message = f"Failed deploy model due to {error}"
            self._loop.report(f"Service {identifier(service)}: {message}")
            self._say(service, "Warning", "FailedDeployModel", message)

    def _keep(self, seat: Seat, service: Properties) -> None:
        asked = wanted(service, self._slices(service))
        if self._kept.get(asked.uid) == asked:
            return
        # The finalizer comes first: a Service that goes at once leaves nothing behind.
        self._finalize(service, [*dict.fromkeys([*_finalizers(service), FINALIZER])])
        host = self._account.keep(seat, asked).lower()
        ports: list[Value] = [
            {"port": number(port, "port"), "protocol": text(port, "protocol") or "TCP"}
            for port in mappings(service, "spec", "ports")
        ]
        address = {"loadBalancer": {"ingress": [{"hostname": host, "ports": ports}]}}
        self._api.merge(service, {"status": address}, "/status")
        self._kept[asked.uid] = asked
        self._say(service, "Normal", "SuccessfullyReconciled", "Successfully reconciled")

    def _slices(self, service: Properties) -> list[dict]:
        mine = f"kubernetes.io/service-name={text(service, 'metadata', 'name')}"
        namespace = text(service, "metadata", "namespace")
        return self._api.list_objects(*_SLICES, namespace, labelSelector=mine)

    def _finalize(self, service: Properties, finalizers: list[str]) -> None:
        if finalizers != _finalizers(service):
            metadata = {"finalizers": finalizers, "uid": text(service, "metadata", "uid")}
            self._api.merge(service, {"metadata": metadata})

    def _say(self, service: Properties, kind: str, reason: str, message: str) -> None:
        """Say what happened once, not each second for as long as it lasts."""
        uid = text(service, "metadata", "uid")
        if self._said.get(uid) == message:
            return
        self._said[uid] = message
        now = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = event(
            service,
            kind=kind,
            reason=reason,
            message=message,
            component="service",
            namespace=text(service, "metadata", "namespace"),
            at=now,
        )
        try:
            self._api.create(said)
        except ApiError:
            return


def seat_of(deployment: Properties) -> Seat:
    """Return where the pods of a Deployment run, as whom, and what they were told."""
    flags = _flags(deployment)
    return Seat(
        caller=caller_of(deployment),
        cluster=flags.get("cluster-name", ""),
        vpc_id=flags.get("aws-vpc-id", ""),
        vpc_tags=pairs(flags.get("aws-vpc-tags", "")),
        tags=pairs(flags.get("default-tags", "")),
    )


def _flags(deployment: Properties) -> dict[str, str]:
    parted = (flag.removeprefix("--").partition("=") for flag in arguments_of(deployment))
    return {name: value for name, _equals, value in parted}


def _finalizers(service: Properties) -> list[str]:
    found = at(service, "metadata", "finalizers")
    return [str(one) for one in found] if isinstance(found, list) else []
