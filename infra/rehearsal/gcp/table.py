"""The declarative row of a resource type of Google Cloud, and the builders rows are written with.

Does not own: the rows (`types_*.py`), Google's own refusals (`api/`), what rows of all clouds have
(`cloud/table.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from infra.google_discovery import method
from infra.rehearsal.cloud.table import Change, Pending, Row, Update, updating
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.model import request_schema, to_api
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.waiting import pending
from infra.wire import Properties, Value

NAME_LIMIT = 63
"""Of most resources (RFC 1035); pulumi-gcp draws no longer ones (provider/resources.go, 2026)."""
STEERING = frozenset({"deletionPolicy"})
"""What steers the provider in every type (pulumi-gcp 10.2.0)."""

Made = Callable[[Place, Properties, Mapping[str, str]], tuple[str, Pending | None]]
Relabel = Callable[[Place, Change, Mapping[str, str]], Pending | None]


@dataclass(frozen=True, kw_only=True)
class ResourceType(Row[Place]):
    """How one Pulumi type lives in Google's API."""

    form: Form
    """Of its ids."""
    create: str
    """Method that makes it, `compute.networks.insert`."""
    under: str = ""
    """Member of the create call's body that has the resource, where it is not the body itself."""
    name_parameter: str = ""
    """Parameter of the create call that has the name, where the body has none."""
    making: str = ""
    """What the provider calls its making, where that is not `Creating` and its word."""
    asked: Callable[[Place, Properties], Properties] = lambda _place, _inputs: {}
    """Further parameters of the create call."""
    is_drawn: bool = False
    """Whether Google draws its name: the reply has the id, the inputs do not make it."""
    make: Made | None = None
    """Makes it another way than by one call with its inputs as the body."""
    labels: str | None = None
    """Input, and member of the API, with its labels; None where the type has none."""
    relabel: Relabel | None = None
    """Puts other labels on an existing thing."""
    autoname: str | None = "name"
    name_limit: int = NAME_LIMIT
    name_form: Callable[[str], str] = str.lower
    settings: frozenset[str] = STEERING

    @property
    def label_input(self) -> str | None:
        """The input with the program's own labels."""
        return self.labels

    @property
    def word(self) -> str:
        """What the provider calls it: `Network`."""
        return self.pulumi_type.rpartition(":")[2]

    def body(self, inputs: Properties, labels: Mapping[str, str]) -> tuple[Properties, list[str]]:
        """Return the body of the create call, and the paths of inputs that nothing takes."""
        skipped = self.elsewhere | self.settings | self.form.places
        if self.name_parameter:
            skipped |= {self.form.name}
        sent = {k: v for k, v in inputs.items() if k not in skipped and k != self.labels}
        body, left = converted(self.create, self.under, self.arrange(sent), self.rename)
        if self.labels and labels:
            body[self.labels] = {**labels}
        return ({self.under: body} if self.under else body), left


def converted(
    method_id: str, under: str, inputs: Properties, rename: Mapping[str, str]
) -> tuple[Properties, list[str]]:
    """Return inputs as a call's body has them, and the paths of those that nothing takes."""
    called = method(method_id)
    left: list[str] = []
    body = to_api(called.service, request_schema(called, under), inputs, rename, left)
    return (body if isinstance(body, dict) else {}), left


def word_of(method_id: str) -> str:
    """Return what a method is about, as the provider says it: `Network` for `networks`."""
    collection = method_id.split(".")[-2]
    one = f"{collection[:-3]}y" if collection.endswith("ies") else collection.removesuffix("s")
    return one[0].upper() + one[1:]


def got(method_id: str, form: Form) -> Callable[[Place, str], Properties]:
    """Read by the method that gets one thing."""

    def read(place: Place, physical_id: str) -> Properties:
        return place.call(method_id, **form.addressed(method_id, physical_id))

    return read


def deleted(method_id: str, form: Form) -> Callable[[Place, str, Properties], Pending | None]:
    """Delete by one call."""

    def delete(place: Place, physical_id: str, _outputs: Properties) -> Pending | None:
        reply = place.call(method_id, **form.addressed(method_id, physical_id))
        return pending(place, method_id, reply, f"Deleting {word_of(method_id)}")

    return delete


class Served(TypedDict):
    """The part of a row that follows from where a collection has its methods."""

    form: Form
    create: str
    read: Callable[[Place, str], Properties]
    delete: Callable[[Place, str, Properties], Pending | None]


def served(collection: str, form: Form, made_by: str = "create") -> Served:
    """Made, read and deleted by one call each of a collection, `compute.networks`."""
    return Served(
        form=form,
        create=f"{collection}.{made_by}",
        read=got(f"{collection}.get", form),
        delete=deleted(f"{collection}.delete", form),
    )


def patched(
    *names: str,
    by: str,
    form: Form,
    rename: Mapping[str, str] | None = None,
    arrange: Callable[[Properties], Properties] = lambda inputs: inputs,
) -> Update[Place]:
    """Properties that one method changes with a body of what shall be."""

    def apply(place: Place, change: Change) -> Pending | None:
        changed = {
            name: change.new.get(name)
            for name in names
            if change.new.get(name) != change.old.get(name)
        }
        called = method(by)
        body, _left = converted(by, "", arrange(_present(changed)), rename or {})
        members, _left = converted(by, "", arrange(_present(changed, gone="")), rename or {})
        body |= dict.fromkeys(members.keys() - body.keys())
        address = form.addressed(by, change.physical_id)
        if "updateMask" in called.parameters:
            address["updateMask"] = ",".join(sorted(members))
        fingerprint = _fingerprint(place, by, form, change.physical_id)
        reply = place.call(by, {**body, **fingerprint}, **address)
        return pending(place, by, reply, f"Updating {word_of(by)}")

    return updating(*names, source=by, apply=apply)


def labels_set(by: str, read: str, form: Form) -> Relabel:
    """Labels that a method of their own puts on a thing, as in Compute Engine and GKE."""

    def relabel(place: Place, change: Change, labels: Mapping[str, str]) -> Pending | None:
        api = place.call(read, **form.addressed(read, change.physical_id))
        member = "resourceLabels" if by.startswith("container.") else "labels"
        body: Properties = {member: {**labels}, "labelFingerprint": api.get("labelFingerprint")}
        reply = place.call(by, body, **form.addressed(by, change.physical_id))
        return pending(place, by, reply, f"Setting labels of {word_of(by)}")

    return relabel


def labels_patched(by: str, form: Form) -> Relabel:
    """Labels that the thing's own patch method takes."""

    def relabel(place: Place, change: Change, labels: Mapping[str, str]) -> Pending | None:
        address = form.addressed(by, change.physical_id)
        if "updateMask" in method(by).parameters:
            address["updateMask"] = "labels"
        kept: dict[str, Value] = {**labels}
        reply = place.call(by, {"labels": kept}, **address)
        return pending(place, by, reply, f"Updating {word_of(by)}")

    return relabel


def _present(changed: Properties, gone: Value = None) -> Properties:
    found = {name: gone if value is None else value for name, value in changed.items()}
    return {name: value for name, value in found.items() if value is not None}


def _fingerprint(place: Place, by: str, form: Form, physical_id: str) -> Properties:
    """Return the mark of the version that a patch is for, where the API wants one."""
    if "fingerprint" not in _names(by):
        return {}
    read = f"{by.rpartition('.')[0]}.get"
    found = place.call(read, **form.addressed(read, physical_id)).get("fingerprint")
    return {} if found is None else {"fingerprint": found}


def _names(method_id: str) -> frozenset[str]:
    properties = request_schema(method(method_id), "").get("properties")
    return frozenset(properties if isinstance(properties, dict) else ())
