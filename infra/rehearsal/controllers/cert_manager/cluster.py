"""The cluster at one moment, and what the controller writes into it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.rehearsal.controllers.own_pods import Caller
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.events import event
from infra.rehearsal.kubernetes.values import condition, mapping, mappings, number, text
from infra.wire import Properties, Value

GROUP, ACME_GROUP = "cert-manager.io", "acme.cert-manager.io"
API_VERSION, ACME_VERSION = f"{GROUP}/v1", f"{ACME_GROUP}/v1"
KINDS = {
    "ClusterIssuer": API_VERSION,
    "Issuer": API_VERSION,
    "Certificate": API_VERSION,
    "CertificateRequest": API_VERSION,
    "Order": ACME_VERSION,
    "Challenge": ACME_VERSION,
    "Secret": "v1",
}
"""Everything that is looked at, with its API version."""
FIELD_MANAGER = "cert-manager-certificates-issuing"
_CONFLICT = 409


@dataclass(frozen=True)
class Seat:
    """Where the controller runs."""

    caller: Caller
    owns_secrets: bool = False
    """Whether a Secret goes with its Certificate (`enableCertificateOwnerRef`)."""


@dataclass
class Cluster:
    """What the controller sees and writes in one step."""

    api: ApiClient
    seat: Seat
    now: datetime
    objects: Mapping[str, tuple[Properties, ...]] = field(default_factory=dict)

    def all(self, kind: str) -> tuple[Properties, ...]:
        """Return the objects of a kind."""
        return self.objects.get(kind, ())

    def find(self, kind: str, name: str, namespace: str = "") -> Properties | None:
        """Return one object."""
        for body in self.all(kind):
            if name_of(body) == name and namespace_of(body) == namespace:
                return body
        return None

    def owned(self, kind: str, owner: Properties) -> list[Properties]:
        """Return the objects of a kind that an object has made."""
        uid = text(owner, "metadata", "uid")
        return [
            body
            for body in self.all(kind)
            if any(text(one, "uid") == uid for one in mappings(body, "metadata", "ownerReferences"))
        ]

    def issuer_of(self, spec: Properties, namespace: str) -> tuple[str, Properties | None]:
        """Return the kind and the object that an `issuerRef` names."""
        wanted = mapping(spec, "issuerRef")
        kind = text(wanted, "kind") or "Issuer"
        place = "" if kind == "ClusterIssuer" else namespace
        return kind, self.find(kind, text(wanted, "name"), place)

    def home_of(self, issuer: Properties) -> str:
        """Return the namespace of an issuer's Secrets."""
        return namespace_of(issuer) or self.seat.caller.namespace

    def status(self, body: Properties, **wanted: Value) -> None:
        """Write parts of a status; None takes one away."""
        held = mapping(body, "status")
        changed: Properties = {
            key: value for key, value in wanted.items() if held.get(key) != value
        }
        if changed:
            self.api.merge(body, {"status": changed}, "/status")
            left = {**held, **changed}
            body["status"] = {key: value for key, value in left.items() if value is not None}

    def create(self, body: Properties) -> Properties | None:
        """Make an object; None: there is one of that name."""
        try:
            return self.api.create(body)
        except ApiError as error:
            if error.status != _CONFLICT:
                raise
            return None

    def delete(self, body: Properties) -> None:
        """Delete an object; one that is gone is fine."""
        try:
            self.api.delete(
                text(body, "apiVersion"), text(body, "kind"), name_of(body), namespace_of(body)
            )
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise

    def finalizers(self, body: Properties, wanted: list[Value]) -> None:
        """Say who must agree before an object is gone."""
        if held_finalizers(body) != wanted:
            self.api.merge(body, {"metadata": {"finalizers": wanted}})
            body["metadata"] = {**mapping(body, "metadata"), "finalizers": wanted}

    def event(self, body: Properties, kind: str, reason: str, message: str) -> None:
        """Say what happened, as `kubectl describe` shows it; lost where it cannot be written."""
        namespace = namespace_of(body) or self.seat.caller.namespace
        said = event(
            body,
            kind=kind,
            reason=reason,
            message=message,
            component="cert-manager",
            namespace=namespace,
            at=timestamp(self.now),
        )
        try:
            self.api.create(said)
        except ApiError:
            return


def conditions(
    body: Properties, now: datetime, wanted: Properties, *, counted: bool
) -> list[Value]:
    """Return an object's conditions with one set, by its type; its time is that of a change.

    Args:
        body: the object.
        now: the time of a change.
        wanted: type, status, reason and message.
        counted: whether conditions of its kind say for which generation they are.
    """
    held = condition(body, text(wanted, "type"))
    same = held.get("status") == wanted["status"]
    since = text(held, "lastTransitionTime") if same else ""
    made: Properties = {"lastTransitionTime": since or timestamp(now), **wanted}
    if counted:
        made["observedGeneration"] = number(body, "metadata", "generation")
    return [*without_condition(body, text(wanted, "type")), made]


def said(kind: str, status: str, reason: str, message: str) -> Properties:
    """Return a condition without its time."""
    return {"type": kind, "status": status, "reason": reason, "message": message}


def held_finalizers(body: Properties) -> list[Value]:
    """Return who must agree before an object is gone."""
    found = mapping(body, "metadata").get("finalizers")
    return found if isinstance(found, list) else []


def without_condition(body: Properties, kind: str) -> list[Value]:
    """Return an object's conditions but for one type."""
    return [one for one in mappings(body, "status", "conditions") if one.get("type") != kind]


def name_of(body: Properties) -> str:
    """Return the name of an object."""
    return text(body, "metadata", "name")


def namespace_of(body: Properties) -> str:
    """Return the namespace of an object."""
    return text(body, "metadata", "namespace")


def is_going(body: Properties) -> bool:
    """Say whether an object was deleted and is still there."""
    return "deletionTimestamp" in mapping(body, "metadata")


def owner(body: Properties) -> Properties:
    """Return how an object names who made it."""
    return {
        "apiVersion": text(body, "apiVersion"),
        "kind": text(body, "kind"),
        "name": name_of(body),
        "uid": text(body, "metadata", "uid"),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def data_of(secret: Properties | None, key: str) -> bytes:
    """Return a value of a Secret; empty: it has none."""
    return base64.b64decode(text(secret, "data", key))


def encoded(value: bytes) -> str:
    """Return bytes as Kubernetes writes them."""
    return base64.b64encode(value).decode()


def timestamp(moment: datetime) -> str:
    """Return a time as Kubernetes writes it, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
