"""The gateway of an environment as a cluster holds it: its objects, and a client of it."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import urllib3

from components import labels as cluster_labels
from components.kubernetes import gateway_names, gateway_objects
from components.serving import route_objects
from components.serving.route_objects import Object
from infra.rehearsal.kubernetes.client import ApiClient
from infra.spec.gateway import Authentication, GatewaySpec, Issuer
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec
from infra.spec.tenants import TenantSpec
from tests.support.certificates import Certificate
from tests.support.envoy_gateway import HTTPS_PORT, Proxy, eventually
from tests.support.streaming_server import ModelServer

DOMAIN = "llm.example.com"
GATEWAY = GatewaySpec(
    domain=DOMAIN,
    issuer=Issuer.LETSENCRYPT,
    email="platform@example.com",
    allow_from=("127.0.0.0/8", "10.0.0.0/8"),
    authentication=Authentication.API_KEYS,
    replicas=2,
    request_timeout_seconds=60,
    idle_timeout_seconds=30,
    max_request_mib=1,
    requests_per_minute=30,
)
ELSEWHERE = GATEWAY.model_copy(update={"allow_from": ("203.0.113.0/24",)})
"""Lets nobody in who is here."""
KEYS = {"alice": "the-key-of-alice", "bob": "the-key-of-bob"}
EG, GW = "gateway.envoyproxy.io/v1alpha1", "gateway.networking.k8s.io/v1"
MODELS = "models"
ENVIRONMENTS = ("aws-prod-models", "gcp-prod-models")


@dataclass(frozen=True)
class World:
    """What a test may look at."""

    stack: StackSpec
    api: ApiClient
    proxy: Proxy
    server: ModelServer
    certificate: Certificate

    def spec(self, model: ModelSpec) -> GatewaySpec:
        """Return the settings that a model's objects were made of."""
        return spec_of(self.stack, model)

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
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            HTTPS_PORT,
            ca_certs=str(self.certificate.chain),
            server_hostname=host,
            assert_hostname=host,
        )
        sent = {"Host": host, **({"Authorization": f"Bearer {key}"} if key else {})}
        return pool.request(
            method,
            path,
            body=body if method == "POST" else None,
            headers={**sent, **(headers or {})},
            preload_content=False,
            retries=False,
            timeout=90,
        )


def spec_of(stack: StackSpec, model: ModelSpec) -> GatewaySpec:
    """Return the settings for a model: the last one is closed to whoever is here."""
    return ELSEWHERE if model is stack.models[-1] else GATEWAY


def prepare(api: ApiClient, certificate: Certificate) -> None:
    """Make the namespaces, the certificate and the keys."""
    for name in (gateway_names.NAMESPACE, MODELS):
        labels: Object = {cluster_labels.GATEWAY_ROUTES: "true"}
        api.create(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        )
    files = {"tls.crt": certificate.chain, "tls.key": certificate.key}
    _create_secret(
        api,
        gateway_names.CERTIFICATE_SECRET,
        gateway_names.NAMESPACE,
        {name: file.read_text() for name, file in files.items()},
        kind="kubernetes.io/tls",
    )
    _create_secret(api, route_objects.KEYS_SECRET, MODELS, KEYS)


def _create_secret(
    api: ApiClient, name: str, namespace: str, values: dict[str, str], kind: str = "Opaque"
) -> None:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    api.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": kind,
            "metadata": {"name": name, "namespace": namespace},
            "data": data,
        }
    )


def create(api: ApiClient, body: dict) -> None:
    """Create an object once its kind is known."""
    eventually(lambda: _knows(api, body), f"the API server knows {body['kind']}")
    api.create(body)


def _knows(api: ApiClient, body: dict) -> bool:
    try:
        api.resource(body["apiVersion"], body["kind"], refresh=True)
    except ValueError:
        return False
    return True


def gateway(stack: StackSpec) -> list[dict]:
    """Return the objects of the gateway itself."""
    proxy = gateway_objects.proxy(
        GATEWAY,
        cloud=stack.cloud.provider,
        environment=stack.environment,
        image="docker.io/envoyproxy/envoy:distroless-v1.39.4",
    )
    home = gateway_names.NAMESPACE
    return [
        _object(EG, "EnvoyProxy", gateway_objects.PROXY, home, proxy),
        _object(
            GW,
            "GatewayClass",
            gateway_names.GATEWAY_CLASS,
            None,
            gateway_objects.gateway_class(),
        ),
        _object(GW, "Gateway", gateway_names.GATEWAY, home, gateway_objects.gateway(GATEWAY)),
        _object(GW, "HTTPRoute", "redirect", home, gateway_objects.redirect()),
        _object(
            EG,
            "ClientTrafficPolicy",
            gateway_names.GATEWAY,
            home,
            gateway_objects.client_policy(GATEWAY),
        ),
    ]


def models(
    stack: StackSpec, address: str, port: int, tenants: Sequence[TenantSpec] = ()
) -> Iterator[dict]:
    """Yield the objects of every model; one server at that address answers for all."""
    for model in stack.models:
        name, spec = model.object_name, spec_of(stack, model)
        yield _object("v1", "Service", name, MODELS, {"ports": [{"name": "http", "port": 8000}]})
        yield {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": name,
                "namespace": MODELS,
                "labels": {"kubernetes.io/service-name": name},
            },
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": port}],
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        }
        yield _object(GW, "HTTPRoute", name, MODELS, route_objects.http_route(model, spec))
        yield _object(
            EG,
            "BackendTrafficPolicy",
            name,
            MODELS,
            route_objects.backend_policy(model, spec, model.replicas.max, tenants),
        )
        policy = route_objects.security_policy(model, spec, tenants)
        assert policy
        yield _object(EG, "SecurityPolicy", name, MODELS, policy)


def _object(api_version: str, kind: str, name: str, namespace: str | None, spec: Object) -> dict:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
    return json.loads(json.dumps(body))


def has_listeners(api: ApiClient) -> bool:
    """Say whether the controller has looked at the Gateway and made its proxies."""
    found = api.get(GW, "Gateway", gateway_names.GATEWAY, gateway_names.NAMESPACE)
    deployments = api.list_objects("apps/v1", "Deployment", gateway_names.NAMESPACE)
    return bool(found.get("status", {}).get("listeners")) and bool(deployments)


def answers(world: World) -> bool:
    """Say whether a request gets through."""
    try:
        answer = world.call(world.stack.models[0], "/v1/models", method="GET")
    except (urllib3.exceptions.HTTPError, OSError):
        return False
    answer.drain_conn()
    return answer.status == 200
