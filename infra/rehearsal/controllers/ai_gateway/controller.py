"""The loop that plays the AI gateway's controller in one cluster.

Owns that it is there only while a pod of its Deployment is Ready, the finalizer of what it reads,
statuses, and that what it made goes with the route. What is made is in the pure modules beside this
one.

Not played: anything of the data plane, so the filter itself and its answers to Envoy Gateway;
leader election, its rights inside the cluster, other kinds than those of `charts/ai_gateway_crds`.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from infra.rehearsal.controllers.ai_gateway import beside
from infra.rehearsal.controllers.ai_gateway.routes import (
    AI_API_VERSION,
    RouteError,
    objects_of,
)
from infra.rehearsal.controllers.envoy_gateway.conditions import SINCE
from infra.rehearsal.controllers.envoy_gateway.proxies import OWNER_NAME, OWNER_NAMESPACE
from infra.rehearsal.controllers.envoy_gateway.world import GATEWAY_API_VERSION
from infra.rehearsal.controllers.own_pods import arguments_of, running
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import at, mapping, mappings, text, title
from infra.rehearsal.loop import Played
from infra.wire import Properties, Value

SELECTOR = "app.kubernetes.io/name=ai-gateway-helm"
FINALIZER = "aigateway.envoyproxy.io/finalizer"
CONFIG = "aigateway.envoyproxy.io/gateway-config"
MANAGER = "ai-gateway-controller"
LOOK_SECONDS = 1.0


class AiGateway(Played):
    """Plays the controller, from `start` to `stop`."""

    def __init__(self, api: ApiClient) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("ai gateway", LOOK_SECONDS)
        self._api = api
        self._applied: dict[str, str] = {}

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        deployment = running(self._api, SELECTOR)
        if deployment is None:
            self._applied = {}  # what a restart forgets
            return
        backends = self._kept("AIServiceBackend")
        for body in backends:
            self._write(body, "Accepted", "AIServiceBackend reconciled successfully")
        routes = self._kept("AIGatewayRoute")
        by_name = {_key(body): body for body in backends}
        for route in routes:
            self._reconcile(route, by_name)
        self._filters(routes, arguments_of(deployment))

    def _kept(self, kind: str) -> list[Properties]:
        """Return the objects of a kind that stay; let go of those that are to go."""
        found: list[Properties] = []
        for body in self._api.list_served(AI_API_VERSION, kind):
            held = at(body, "metadata", "finalizers")
            finalizers: list[Value] = [*held] if isinstance(held, list) else []
            is_going = "deletionTimestamp" in mapping(body, "metadata")
            if is_going and FINALIZER in finalizers:
                finalizers.remove(FINALIZER)
                self._api.merge(body, {"metadata": {"finalizers": finalizers}})
            elif not is_going:
                found.append(body)
                if FINALIZER not in finalizers:
                    kept = [*finalizers, FINALIZER]
                    self._api.merge(body, {"metadata": {"finalizers": kept}})
        return found

    def _reconcile(self, route: Properties, backends: dict[tuple[str, str], Properties]) -> None:
        try:
            made = objects_of(route, backends)
        except RouteError as error:
            message = f"failed to construct a new HTTPRoute: {error}"
            self._write(route, "NotAccepted", message)
            return
        for body in made:
            self._apply(body)
        self._write(route, "Accepted", "AI Gateway Route reconciled successfully")

    def _filters(self, routes: Sequence[Properties], arguments: Sequence[str]) -> None:
        """Put the filter beside the proxies of each Gateway that has a route; take it off else."""
        for gateway in self._api.list_served(GATEWAY_API_VERSION, "Gateway"):
            mine = [route for route in routes if _hangs_on(route, gateway)]
            for deployment in self._proxies(gateway):
                self._filter(gateway, deployment, mine, arguments)

    def _filter(
        self,
        gateway: Properties,
        deployment: Properties,
        routes: Sequence[Properties],
        arguments: Sequence[str],
    ) -> None:
        if not routes:
            if text(deployment, "spec", "template", "metadata", "annotations", beside.HASH):
                self._api.apply(beside.nothing(deployment), MANAGER, force=True)
            return
        for secret in beside.secrets_of(gateway, text(deployment, "metadata", "namespace"), routes):
            self._apply(secret)
        over = beside.patch(deployment, gateway, arguments, self._config(gateway))
        # Envoy Gateway may have made it anew under the same name.
        self._apply(over, text(deployment, "metadata", "uid"))

    def _proxies(self, gateway: Properties) -> list[Properties]:
        name, namespace = text(gateway, "metadata", "name"), text(gateway, "metadata", "namespace")
        selector = f"{OWNER_NAME}={name},{OWNER_NAMESPACE}={namespace}"
        return [*self._api.list_objects("apps/v1", "Deployment", labelSelector=selector)]

    def _config(self, gateway: Properties) -> Properties:
        name = text(gateway, "metadata", "annotations", CONFIG)
        namespace = text(gateway, "metadata", "namespace")
        found = self._api.find(AI_API_VERSION, "GatewayConfig", name, namespace) if name else None
        return mapping(found, "spec")

    def _apply(self, body: Properties, uid: str = "") -> None:
        said = f"{uid} {json.dumps(body, sort_keys=True)}"
        if self._applied.get(title(body)) != said:
            self._api.apply(body, MANAGER, force=True)
            self._applied[title(body)] = said

    def _write(self, body: Properties, kind: str, message: str) -> None:
        """Write the one condition that there is; nothing where it says so already."""
        held = list(mappings(body, "status", "conditions"))
        if len(held) == 1 and (held[0].get("type"), held[0].get("message")) == (kind, message):
            return
        accepted = kind == "Accepted"
        condition: Properties = {
            "type": kind,
            "status": "True" if accepted else "False",
            "reason": "ReconciliationSucceeded" if accepted else "ReconciliationFailed",
            "message": message,
            SINCE: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self._api.merge(body, {"status": {"conditions": [condition]}}, "/status")


def _key(body: Properties) -> tuple[str, str]:
    return text(body, "metadata", "namespace"), text(body, "metadata", "name")


def _hangs_on(route: Properties, gateway: Properties) -> bool:
    home = text(route, "metadata", "namespace")
    return any(
        (text(parent, "namespace") or home, text(parent, "name")) == _key(gateway)
        for parent in mappings(route, "spec", "parentRefs")
    )
