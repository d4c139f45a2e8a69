"""What the stack files of production make of their gateway, as the golden files hold it.

Owns taking those objects, and the Secrets and endpoints that a cluster's controllers would add.
Unit tests hold the golden files to the program.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from components.kubernetes import gateway_names
from components.serving.shared_route_objects import shared_host
from infra.rehearsal.controllers.ai_gateway.routes import objects_of
from infra.rehearsal.kubernetes.client import ApiClient
from infra.spec.files import load_stack_file
from infra.spec.gateway import GatewaySpec
from infra.spec.stack import StackSpec
from infra.spec.tenants import TenantSpec
from tests.support import envoy_config, gateway_servers
from tests.support.certificates import Certificate, self_signed
from tests.support.envoy_gateway import Proxy
from tests.support.gateway_servers import ready
from tests.support.gateway_world import MODELS, Site, certificate_secret, keys_secret
from tests.support.goldens import golden_file
from tests.support.streaming_server import ModelServer

CLOUDS = ("aws", "gcp")
NOBODY = "nobody"
"""Has a key, and is no tenant."""
KINDS = {
    "EnvoyProxy",
    "GatewayClass",
    "Gateway",
    "HTTPRoute",
    "ClientTrafficPolicy",
    "BackendTrafficPolicy",
    "SecurityPolicy",
    "Backend",
}


@dataclass(frozen=True)
class Rendered:
    """A production environment: its foundation, its platform and its models."""

    spec: StackSpec
    """Of its models; the gateway is that of the stack that they extend."""
    objects: list[dict]
    """All that the gateway's controller looks at."""
    certificate: Certificate

    def serve(self, site: Site, *servers: ModelServer) -> None:
        """Make these the servers of every model."""
        for model in self.spec.models:
            endpoints = [ready(server) for server in servers]
            gateway_servers.serve(site.api, model.object_name, MODELS, site.address, *endpoints)


@dataclass(frozen=True)
class Environment:
    """A production environment that a real controller and a real Envoy have taken."""

    spec: StackSpec
    api: ApiClient
    proxy: Proxy
    certificate: Certificate


def keys_of(spec: StackSpec) -> dict[str, str]:
    """Return a key of each tenant, by its name, and one of somebody who is none."""
    return {name: f"key-of-{name}" for name in (*(one.name for one in spec.tenants), NOBODY)}


def asked(environment: Environment) -> GatewaySpec:
    """Return what the stack file asks of the gateway."""
    return environment.spec.gateway


def tenants(environment: Environment, host: str, model: str = "") -> list[TenantSpec]:
    """Return who may use the model of a host, or a model at the shared host."""
    names = [
        one.name
        for one in environment.spec.models
        if model == one.name or asked(environment).host(one.object_name) == host
    ]
    (name,) = names
    assert environment.spec.tenants
    return [tenant for tenant in environment.spec.tenants if tenant.may_use(name)]


def routes(environment: Environment) -> list[envoy_config.Route]:
    """Return every route of a model, at its own host and at the shared one."""
    found = [
        one
        for one in envoy_config.routes(environment.proxy.dump())
        if not one.redirects and not one.is_answered_here
    ]
    assert {one.host for one in found} >= {shared_host(asked(environment))}
    return found


def rendered(cloud: str, folder: Path) -> Rendered:
    """Return a production environment, with a certificate made in that folder."""
    base, models = f"{cloud}-prod", f"{cloud}-prod-models"
    declared = [*_declared(base), *_declared(models)]
    gateway = [body for body in declared if body["kind"] in KINDS or _is_home(body)]
    services = [body for body in declared if body["kind"] == "Service" and _place(body) == MODELS]
    (wanted,) = (body["spec"] for body in declared if body["kind"] == "Certificate")
    (host,) = wanted["dnsNames"]
    certificate = self_signed(folder, host)
    spec = load_stack_file(models)
    secrets = [certificate_secret(certificate), keys_secret(keys_of(spec))]
    assert wanted["secretName"] == secrets[0]["metadata"]["name"]
    synced = {body["spec"]["target"]["name"] for body in declared if _is_synced(body)}
    assert secrets[1]["metadata"]["name"] in synced
    made = [*gateway, *_made_by_the_ai_gateway(declared), *services, *secrets]
    return Rendered(spec, made, certificate)


def _made_by_the_ai_gateway(declared: list[dict]) -> Iterator[dict]:
    """Yield the routes of the shared host, as that controller would write them."""
    backends = {
        (MODELS, str(body["metadata"]["name"])): body
        for body in declared
        if body["kind"] == "AIServiceBackend"
    }
    for route in (body for body in declared if body["kind"] == "AIGatewayRoute"):
        for made in json.loads(json.dumps(objects_of(route, backends))):
            # Their owner is not here.
            del made["metadata"]["ownerReferences"]
            yield made


def _declared(stack: str) -> list[dict]:
    text = golden_file(stack).read_text(encoding="utf-8")
    found = yaml.load(text, yaml.CSafeLoader)
    inputs = [item.get("inputs", {}) for item in found.values() if isinstance(item, dict)]
    return [body for body in inputs if {"apiVersion", "kind", "metadata"} <= body.keys()]


def _is_home(body: dict) -> bool:
    homes = {gateway_names.NAMESPACE, MODELS}
    return body["kind"] == "Namespace" and body["metadata"]["name"] in homes


def _is_synced(body: dict) -> bool:
    return body["kind"] == "ExternalSecret" and _place(body) == MODELS


def _place(body: dict) -> str:
    return body["metadata"].get("namespace", "")
