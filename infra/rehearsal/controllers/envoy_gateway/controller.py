"""The loop that plays Envoy Gateway in one cluster.

Owns that it is there only while a pod of its Deployment is Ready, what it was started with, the
finalizer of classes, and that what a Gateway has made goes with it. What statuses say and what a
Gateway has made, is in the pure modules beside this one.

Not played: anything of the data plane, leader election, its rights inside the cluster, other kinds
than those of `charts/gateway_crds`.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import yaml

from infra.rehearsal.controllers.envoy_gateway import rate_limit
from infra.rehearsal.controllers.envoy_gateway.certificates import make_certificates
from infra.rehearsal.controllers.envoy_gateway.conditions import dated
from infra.rehearsal.controllers.envoy_gateway.gateways import (
    class_status,
    gateway_status,
    proxy_status,
)
from infra.rehearsal.controllers.envoy_gateway.policies import POLICIES, policy_statuses
from infra.rehearsal.controllers.envoy_gateway.proxies import APP_LABELS, MADE, proxy_objects
from infra.rehearsal.controllers.envoy_gateway.routes import backend_status, route_status
from infra.rehearsal.controllers.envoy_gateway.world import KINDS, Settings, World, by_kind, name_of
from infra.rehearsal.controllers.own_pods import running
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.values import at, mapping, text, title
from infra.rehearsal.loop import Played
from infra.wire import Properties, Value

SELECTOR = "control-plane=envoy-gateway"
CONFIGURATION = ("envoy-gateway-config", "envoy-gateway.yaml")
"""ConfigMap of the chart, and the key in it."""
FINALIZER = "gateway-exists-finalizer.gateway.networking.k8s.io"
MANAGER = "envoy-gateway"
DEFAULT_CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"
DEFAULT_SHUTDOWN_IMAGE = "docker.io/envoyproxy/gateway-dev:latest"
LOOK_SECONDS = 1.0
"""It looks at everything, which takes over a dozen requests."""
_PROXIES = ",".join(f"{key}={value}" for key, value in APP_LABELS.items())
_CONFLICT = 409


class EnvoyGateway(Played):
    """Plays the controller, from `start` to `stop`."""

    def __init__(self, api: ApiClient, clock: Callable[[], float] = time.time) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("envoy gateway", LOOK_SECONDS)
        self._api = api
        self._clock = clock
        self._applied: dict[str, str] = {}
        self._is_rid_of_rate_limit = False

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        make_certificates(self._api)
        settings = self._running()
        if settings is None:
            self._applied = {}  # what a restart forgets
            self._is_rid_of_rate_limit = False
            return
        world = World(settings, by_kind(self._everything()))
        for body in world.own_classes():
            self._hold(world, body)
            self._write(body, class_status(world, body))
        for body in world.all("EnvoyProxy"):
            self._write(body, proxy_status(world, body))
        self._keep_proxies(world)
        self._keep_rate_limit(settings)
        for body in world.own_gateways():
            self._write(body, gateway_status(world, body))
        for body in world.all("Backend"):
            self._write(body, backend_status(world, body))
        for body in world.all("HTTPRoute"):
            self._write(body, route_status(world, body))
        for kind in POLICIES:
            for policy, status in policy_statuses(world, kind):
                self._write(policy, status)

    def _running(self) -> Settings | None:
        deployment = running(self._api, SELECTOR)
        if deployment is None:
            return None
        namespace = text(deployment, "metadata", "namespace")
        name, key = CONFIGURATION
        held = self._api.find("v1", "ConfigMap", name, namespace)
        return settings_from(namespace, text(held, "data", key))

    def _everything(self) -> list[Properties]:
        return [
            body for kind, version in KINDS.items() for body in self._api.list_served(version, kind)
        ]

    def _hold(self, world: World, body: Properties) -> None:
        """A class stays as long as it has Gateways: they need it to be taken down."""
        names = {text(one, "spec", "gatewayClassName") for one in world.own_gateways()}
        found = at(body, "metadata", "finalizers")
        held: list[Value] = [*found] if isinstance(found, list) else []
        wanted = [item for item in held if item != FINALIZER]
        is_going = "deletionTimestamp" in mapping(body, "metadata")
        if name_of(body) in names and (FINALIZER in held or not is_going):
            wanted.append(FINALIZER)
        if wanted != held:
            self._api.merge(body, {"metadata": {"finalizers": wanted}})

    def _write(self, body: Properties, status: Properties | None) -> None:
        if status is None:
            return
        now = datetime.fromtimestamp(int(self._clock()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        held = mapping(body, "status")
        wanted = dated(status, held, now)
        same = {key: held.get(key) or None for key in status}
        if isinstance(wanted, dict) and same != {
            key: value or None for key, value in wanted.items()
        }:
            self._api.merge(body, {"status": wanted}, "/status")

    def _keep_proxies(self, world: World) -> None:
        """Make what Gateways want, once for each change of it; remove what nobody wants."""
        wanted: dict[str, Properties] = {}
        for gateway in world.own_gateways():
            wanted |= {title(body): body for body in proxy_objects(world, gateway)}
        held = {
            title(body): body
            for kind, version in MADE.items()
            for body in self._api.list_served(version, kind, labelSelector=_PROXIES)
        }
        for key, body in wanted.items():
            said = json.dumps(body, sort_keys=True)
            is_going = "deletionTimestamp" in mapping(held.get(key), "metadata")
            if not is_going and (key not in held or self._applied.get(key) != said):
                self._api.apply(body, MANAGER, force=True)
                self._applied[key] = said
        for key, body in held.items():
            if key not in wanted and "deletionTimestamp" not in mapping(body, "metadata"):
                self._remove(body)

    def _keep_rate_limit(self, settings: Settings) -> None:
        """Make the rate-limit service where the configuration has one; take it away else."""
        wanted = rate_limit.objects(settings, self._owners(settings)) if settings.rate_limit else []
        for body in wanted:
            said = json.dumps(body, sort_keys=True)
            if self._applied.get(title(body)) != said:
                self._api.apply(body, MANAGER, force=True)
                self._applied[title(body)] = said
        # What an earlier configuration had made is looked for once: nobody else makes any.
        if not wanted and not self._is_rid_of_rate_limit:
            for kind, version in rate_limit.MADE.items():
                for body in self._api.list_served(version, kind, labelSelector=rate_limit.SELECTOR):
                    self._remove(body)
        self._is_rid_of_rate_limit = not wanted

    def _owners(self, settings: Settings) -> dict[str, str]:
        """Return the UIDs of what the controller's chart made, which own what it makes itself."""
        versions = {"ServiceAccount": "v1", "Deployment": "apps/v1", "Service": "v1"}
        found = {
            kind: self._api.find(version, kind, rate_limit.OWNER, settings.namespace)
            for kind, version in versions.items()
        }
        return {kind: text(body, "metadata", "uid") for kind, body in found.items()}

    def _remove(self, body: Properties) -> None:
        metadata = mapping(body, "metadata")
        try:
            self._api.delete(
                text(body, "apiVersion"),
                text(body, "kind"),
                text(metadata, "name"),
                text(metadata, "namespace"),
                uid=text(metadata, "uid"),
                propagation="Background",
            )
        except ApiError as error:
            if error.status not in (_CONFLICT, NOT_FOUND):  # it went meanwhile
                raise


def settings_from(namespace: str, configuration: str) -> Settings:
    """Return what a controller in a namespace does under its configuration file."""
    found = yaml.safe_load(configuration) if configuration else {}
    return Settings(
        namespace=namespace,
        controller=text(found, "gateway", "controllerName") or DEFAULT_CONTROLLER,
        shutdown_image=text(found, "provider", "kubernetes", "shutdownManager", "image")
        or DEFAULT_SHUTDOWN_IMAGE,
        default_proxy=mapping(found, "envoyProxy"),
        has_backends=mapping(found, "extensionApis").get("enableBackend") is True,
        rate_limit=mapping(found, "rateLimit"),
        rate_limit_pods=mapping(found, "provider", "kubernetes"),
    )
