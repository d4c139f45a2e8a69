"""The pods that a played controller stands for: it is there only while one of them is Ready."""

from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import at, mappings, number, text
from infra.wire import Properties


@dataclass(frozen=True)
class Caller:
    """Pods that ask, by the service account that they run as."""

    namespace: str
    account: str


def running(api: ApiClient, selector: str) -> Properties | None:
    """Return the Deployment with these labels that has a pod that is Ready.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    for found in api.list_objects("apps/v1", "Deployment", labelSelector=selector):
        if number(found, "status", "readyReplicas"):
            return found
    return None


def caller_of(deployment: Properties) -> Caller:
    """Return as whom the pods of a Deployment ask."""
    account = text(deployment, "spec", "template", "spec", "serviceAccountName")
    return Caller(text(deployment, "metadata", "namespace"), account or "default")


def arguments_of(deployment: Properties) -> list[str]:
    """Return what the containers of a Deployment are started with."""
    arguments: list[str] = []
    for container in mappings(deployment, "spec", "template", "spec", "containers"):
        given = at(container, "args")
        arguments += [str(item) for item in given] if isinstance(given, list) else []
    return arguments
