"""Which servers a model has, as an EndpointSlice says it to the gateway."""

from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from tests.support.streaming_server import ModelServer

SLICES = "discovery.k8s.io/v1"


@dataclass(frozen=True)
class Endpoint:
    """One pod of a model, with the conditions that Kubernetes writes for it."""

    port: int
    ready: bool = True
    terminating: bool = False


def ready(server: ModelServer) -> Endpoint:
    """Return a server that has loaded its weights."""
    return Endpoint(server.port)


def loading(server: ModelServer) -> Endpoint:
    """Return a server that listens and is not ready."""
    return Endpoint(server.port, ready=False)


def draining(server: ModelServer) -> Endpoint:
    """Return a server whose pod is about to end."""
    return Endpoint(server.port, ready=False, terminating=True)


def serve(api: ApiClient, service: str, namespace: str, address: str, *endpoints: Endpoint) -> None:
    """Make these the servers of a Service: a slice for each, since ports differ on one machine."""
    names = [f"{service}-{number}" for number in range(len(endpoints))]
    for name, endpoint in zip(names, endpoints, strict=True):
        conditions = {
            "ready": endpoint.ready,
            # The answer of its readiness probe, also when its pod is about to end.
            "serving": endpoint.ready or endpoint.terminating,
            "terminating": endpoint.terminating,
        }
        body = {
            "apiVersion": SLICES,
            "kind": "EndpointSlice",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "labels": {"kubernetes.io/service-name": service},
            },
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": endpoint.port, "protocol": "TCP"}],
            "endpoints": [{"addresses": [address], "conditions": conditions}],
        }
        api.apply(body, "test", force=True)
    label = f"kubernetes.io/service-name={service}"
    for found in api.list_objects(SLICES, "EndpointSlice", namespace, labelSelector=label):
        name, labels = found["metadata"]["name"], found["metadata"]["labels"]
        # Kubernetes' own controller keeps an empty one where the Service selects pods.
        if name not in names and "endpointslice.kubernetes.io/managed-by" not in labels:
            api.delete(SLICES, "EndpointSlice", name, namespace)


def remove(api: ApiClient, body: dict) -> None:
    """Delete an object; one that is gone stays gone."""
    metadata = body["metadata"]
    try:
        api.delete(
            body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", "")
        )
    except ApiError as error:
        if error.status != 404:
            raise
