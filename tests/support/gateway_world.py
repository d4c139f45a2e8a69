"""The gateway of an environment as a cluster holds it: its objects, and a client of it."""

import base64
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import urllib3

from components import labels as cluster_labels
from components.kubernetes import gateway_names, gateway_objects
from components.kubernetes.gateway_names import ENVOY_API as EG
from components.kubernetes.gateway_names import GATEWAY_API as GW
from components.serving import route_objects
from components.serving.route_objects import Object
from infra.rehearsal.kubernetes.client import ApiClient
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec
from infra.spec.tenants import TenantSpec
from infra.spec.traces import TracesSpec
from tests.support import gateway_servers, gateway_spec
from tests.support.certificates import Certificate
from tests.support.envoy_gateway import HTTPS_PORT, Controller, Proxy, eventually
from tests.support.gateway_servers import Endpoint, remove
from tests.support.streaming_server import ModelServer

DOMAIN = "llm.example.com"
GATEWAY = gateway_spec.GATEWAY.model_copy(
    update={
        "domain": DOMAIN,
        "allow_from": ("127.0.0.0/8", "10.0.0.0/8"),
        "request_timeout_seconds": 60,
        "idle_timeout_seconds": 30,
        "max_request_mib": 1,
        "requests_per_minute": 30,
    }
)
KEYS = {"alice": "the-key-of-alice", "bob": "the-key-of-bob"}
MODELS = "models"
ENVIRONMENTS = ("aws-prod-models", "gcp-prod-models")


@dataclass(frozen=True)
class Site:
    """A cluster with the kinds and the controller of a gateway, and nothing of a gateway yet."""

    api: ApiClient
    controller: Controller
    address: str
    """Of this machine, where servers listen."""

    def remove(self, bodies: Iterable[dict]) -> None:
        """Delete objects, so that the next ones find nothing."""
        for body in bodies:
            remove(self.api, body)

    def has_proxies(self) -> bool:
        """Say whether the controller has made proxies."""
        return bool(self.api.list_objects("apps/v1", "Deployment", gateway_names.NAMESPACE))

    def has_gateway(self) -> bool:
        """Say whether the controller has looked at the Gateway and made its proxies."""
        found = self.api.get(GW, "Gateway", gateway_names.GATEWAY, gateway_names.NAMESPACE)
        return bool(found.get("status", {}).get("listeners")) and self.has_proxies()


@dataclass(frozen=True)
class World:
    """What a test may look at."""

    stack: StackSpec
    api: ApiClient
    proxy: Proxy
    server: ModelServer
    certificate: Certificate
    site: Site
    settings: GatewaySpec

    def spec(self, model: ModelSpec) -> GatewaySpec:
        """Return the settings that a model's objects were made of."""
        return spec_of(self.stack, self.settings, model)

    def serve(self, model: ModelSpec, *endpoints: Endpoint) -> None:
        """Make these the servers of a model."""
        name = model.object_name
        gateway_servers.serve(self.api, name, MODELS, self.site.address, *endpoints)

    def call(  # noqa: PLR0913 - parts of a request, each with its name
        self,
        model: ModelSpec,
        path: str = "/v1/chat/completions",
        *,
        method: str = "POST",
        key: str | None = KEYS["alice"],
        body: bytes = b"{}",
        headers: dict[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Ask a model through the gateway, over TLS that is verified; the body is not read yet."""
        host = self.spec(model).host(model.object_name)
        return ask(
            host,
            self.certificate,
            path,
            method=method,
            body=body if method == "POST" else None,
            headers={**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})},
        )

    def asks(
        self,
        model: str,
        key: str | None,
        path: str = "/v1/chat/completions",
        **headers: str,
    ) -> int:
        """Ask a model by its name, with a key or a token, and return what came back."""
        (asked,) = [one for one in self.stack.models if one.name == model]
        answer = self.call(asked, path, key=key, headers=headers)
        answer.drain_conn()
        return answer.status

    def status(self, model: ModelSpec, headers: dict[str, str] | None = None) -> int:
        """Ask a model and return what came back; 0: nobody listens."""
        try:
            answer = self.call(model, headers=headers)
        except urllib3.exceptions.HTTPError:
            return 0
        answer.drain_conn()
        return answer.status


@contextmanager
def also_serving(
    world: World, names: Sequence[str], tenants: Sequence[TenantSpec], probe: str
) -> Generator[World]:
    """Serve further models beside those of the world until the block ends.

    Args:
        world: the world, with the settings that these models are to have.
        names: of the models; the last one lets nobody in from here.
        tenants: who may use them.
        probe: a key or a token that opens each, for waiting until Envoy has all of it.
    """
    served = tuple(
        world.stack.models[0].model_copy(update={"name": name, "canary": None}) for name in names
    )
    further = replace(world, stack=world.stack.model_copy(update={"models": served}))
    bodies = list(model_objects(further.stack, world.settings, tenants))
    for body in bodies:
        world.api.apply(body, "test", force=True)
    for model in served:
        further.serve(model, gateway_servers.ready(world.server))
        wanted = 403 if model is served[-1] else 200
        eventually(
            lambda name=model.name, wanted=wanted: further.asks(name, probe) == wanted,
            f"Envoy has the routes and servers of {model.name}",
        )
    yield further
    for model in served:
        further.serve(model)
    world.site.remove(reversed(bodies))


def ask(  # noqa: PLR0913 - parts of a request, each with its name
    host: str,
    certificate: Certificate,
    path: str,
    *,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> urllib3.BaseHTTPResponse:
    """Ask a host of the gateway on a connection of its own; the body is not read yet."""
    pool = urllib3.HTTPSConnectionPool(
        "127.0.0.1",
        HTTPS_PORT,
        ca_certs=str(certificate.chain),
        server_hostname=host,
        assert_hostname=host,
    )
    return pool.request(
        method,
        path,
        body=body,
        headers={"Host": host, **headers},
        preload_content=False,
        retries=False,
        timeout=90,
    )


def spec_of(stack: StackSpec, settings: GatewaySpec, model: ModelSpec) -> GatewaySpec:
    """Return the settings for a model: the last one is closed to whoever is here."""
    if model is stack.models[-1]:
        return settings.model_copy(update={"allow_from": ("203.0.113.0/24",)})
    return settings


def namespaces() -> Iterator[dict]:
    """Yield the namespaces of the gateway and of the models."""
    for name in (gateway_names.NAMESPACE, MODELS):
        labels: Object = {cluster_labels.GATEWAY_ROUTES: "true"}
        yield {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": labels},
        }


def certificate_secret(certificate: Certificate) -> dict:
    """Return the Secret that cert-manager would write."""
    return _secret(
        gateway_names.CERTIFICATE_SECRET,
        gateway_names.NAMESPACE,
        {"tls.crt": certificate.chain.read_text(), "tls.key": certificate.key.read_text()},
        kind="kubernetes.io/tls",
    )


def keys_secret(keys: dict[str, str] = KEYS) -> dict:
    """Return the Secret that External Secrets would write."""
    return _secret(route_objects.KEYS_SECRET, MODELS, keys)


def _secret(name: str, namespace: str, values: dict[str, str], kind: str = "Opaque") -> dict:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }


def gateway(
    stack: StackSpec, settings: GatewaySpec, traces: TracesSpec | None = None
) -> list[dict]:
    """Return the objects of the gateway itself; with traces, of whom its proxies report to, too."""
    proxy = gateway_objects.proxy(
        settings,
        cloud=stack.cloud.provider,
        environment=stack.environment,
        image="docker.io/envoyproxy/envoy:distroless-v1.39.4",
        traces=traces,
    )
    home, name = gateway_names.NAMESPACE, gateway_names.GATEWAY
    of_class, client = gateway_objects.gateway_class(), gateway_objects.client_policy(settings)
    return [
        _object(EG, "EnvoyProxy", gateway_objects.PROXY, home, proxy),
        _object(GW, "GatewayClass", gateway_names.GATEWAY_CLASS, None, of_class),
        _object(GW, "Gateway", name, home, gateway_objects.gateway(settings)),
        _object(GW, "HTTPRoute", gateway_names.REDIRECT, home, gateway_objects.redirect()),
        _object(EG, "ClientTrafficPolicy", name, home, client),
    ]


def model_objects(
    stack: StackSpec, settings: GatewaySpec, tenants: Sequence[TenantSpec] = ()
) -> Iterator[dict]:
    """Yield the objects of every model; their servers are a test's own."""
    for model in stack.models:
        name, spec = model.object_name, spec_of(stack, settings, model)
        yield _object("v1", "Service", name, MODELS, {"ports": [{"name": "http", "port": 8000}]})
        yield route(model, spec)
        traffic = route_objects.backend_policy(model, spec, model.replicas.max, tenants)
        yield _object(EG, "BackendTrafficPolicy", name, MODELS, traffic)
        policy = route_objects.security_policy(model, spec, tenants)
        assert policy
        yield _object(EG, "SecurityPolicy", name, MODELS, policy)


def route(model: ModelSpec, spec: GatewaySpec) -> dict:
    """Return the HTTPRoute of a model."""
    return _object(
        GW, "HTTPRoute", model.object_name, MODELS, route_objects.http_route(model, spec)
    )


def _object(api_version: str, kind: str, name: str, namespace: str | None, spec: Object) -> dict:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
    return json.loads(json.dumps(body))


def answers(world: World) -> bool:
    """Say whether a request gets through."""
    try:
        answer = world.call(world.stack.models[0], "/v1/models", method="GET")
    except (urllib3.exceptions.HTTPError, OSError):
        return False
    answer.drain_conn()
    return answer.status == 200
