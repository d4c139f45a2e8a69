"""What became of External Secrets' objects in a cluster of a test, and waiting for it."""

import base64

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, mapping, text
from infra.wire import Properties
from tests.support.vault import external_secret
from tests.support.world import World, wait

DEPLOYMENT = "external-secrets"


def synced_secrets(world: World) -> list[dict]:
    managed = "reconcile.external-secrets.io/managed=true"
    return world.api.list_objects("v1", "Secret", world.namespace, labelSelector=managed)


def ready_replicas(world: World) -> int:
    return world.deployment(DEPLOYMENT)["status"].get("readyReplicas", 0)


def ready(api: ApiClient, body: Properties) -> Properties:
    """Return the condition Ready of an object as it is now."""
    metadata = mapping(body, "metadata")
    found = api.get(
        text(body, "apiVersion"),
        text(body, "kind"),
        text(metadata, "name"),
        text(metadata, "namespace"),
    )
    return condition(found, "Ready")


def until(world: World, body: Properties, status: str) -> Properties:
    wait(
        lambda: ready(world.api, body).get("status") == status,
        f"{text(body, 'kind')}: Ready is {status}",
    )
    return ready(world.api, body)


def secret_value(world: World, name: str = "hub", key: str = "token") -> bytes:
    found = world.api.find("v1", "Secret", name, world.namespace)
    return base64.b64decode(text(found, "data", key)) if found else b""


def events(world: World, reason: str) -> list[str]:
    found = world.api.list_objects("v1", "Event", world.namespace, fieldSelector=f"reason={reason}")
    return [event["message"] for event in found]


def synced(world: World, refresh: str = "1h") -> Properties:
    """Apply an ExternalSecret and wait until it is synced."""
    body = external_secret(world.namespace, refreshInterval=refresh)
    world.api.apply(body, "test")
    until(world, body, "True")
    return body


def live(world: World, body: Properties) -> Properties:
    name = text(body, "metadata", "name")
    return world.api.get(text(body, "apiVersion"), text(body, "kind"), name, world.namespace)
