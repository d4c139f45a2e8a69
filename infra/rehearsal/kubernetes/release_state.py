"""What is installed under a release's name: kept in the cluster, as Helm keeps it.

Owns one Secret per release. Helm keeps one per revision with the rendered manifest; here one with
the objects' addresses is enough to update, prune, delete and read a release.
"""

import base64
import json
from dataclasses import asdict, dataclass, replace

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.errors import StandInError
from infra.rehearsal.kubernetes.values import mapping, text
from infra.wire import Properties

SECRET_TYPE = "helm.sh/release.v1"  # noqa: S105 - the type of an object, not a secret
MANAGER = "helm"
DEPLOYED = "deployed"
FAILED = "failed"
PENDING = "pending-install"


@dataclass(frozen=True, order=True)
class Address:
    """Where an object of a release is."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @property
    def title(self) -> str:
        """As a person writes it."""
        return f"{self.kind} {self.namespace}/{self.name}".replace(" /", " ")


def address_of(body: Properties) -> Address:
    """Return where an object is."""
    return Address(
        text(body, "apiVersion"),
        text(body, "kind"),
        text(body, "metadata", "namespace"),
        text(body, "metadata", "name"),
    )


@dataclass(frozen=True)
class ReleaseState:
    """One installed release."""

    name: str
    namespace: str
    chart: str
    version: str
    revision: int = 1
    status: str = PENDING
    objects: tuple[Address, ...] = ()

    def with_status(self, status: str) -> "ReleaseState":
        """Return the same release with another status."""
        return replace(self, status=status)


def secret_name(release_name: str) -> str:
    """Return the name of a release's Secret."""
    return f"sh.helm.release.v1.{release_name}.v1"


def load(api: ApiClient, name: str, namespace: str) -> ReleaseState | None:
    """Return what is installed under a name, or None.

    Raises:
        StandInError: the Secret is there but was not written here.
    """
    secret = api.find("v1", "Secret", secret_name(name), namespace)
    if secret is None:
        return None
    try:
        encoded = text(mapping(secret, "data"), "release")
        values = json.loads(base64.b64decode(encoded, validate=True))
        objects = tuple(Address(**item) for item in values.pop("objects"))
        return ReleaseState(**values, objects=objects)
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"Secret {namespace}/{secret_name(name)} is not one that the Kubernetes stand-in wrote;"
            " delete it, or give the release another name"
        )
        raise StandInError(message) from error


def save(api: ApiClient, state: ReleaseState) -> None:
    """Write what is installed."""
    body: Properties = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": SECRET_TYPE,
        "metadata": {
            "name": secret_name(state.name),
            "namespace": state.namespace,
            "labels": {
                "owner": MANAGER,
                "name": state.name,
                "status": state.status,
                "version": str(state.revision),
            },
        },
        "data": {"release": base64.b64encode(json.dumps(asdict(state)).encode()).decode()},
    }
    api.apply(body, MANAGER, force=True)


def forget(api: ApiClient, state: ReleaseState) -> None:
    """Remove the record; the objects are somebody else's work."""
    if api.find("v1", "Secret", secret_name(state.name), state.namespace) is not None:
        api.delete("v1", "Secret", secret_name(state.name), state.namespace)
