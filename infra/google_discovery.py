"""Google's own description of its APIs: methods, parameters and the schemas of bodies.

Owns: reading the discovery documents that google-api-python-client brings along, or that lie in
`google_documents` where it brings none, and what in a call they do not allow. They are to Google's
API what botocore's service models are to AWS's.
Does not own: making calls (`google_api.py`), or what a call does.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from infra.wire import Properties, Value

VERSIONS: Mapping[str, str] = {
    "artifactregistry": "v1",
    "billingbudgets": "v1",
    "cloudbilling": "v1",
    "cloudkms": "v1",
    "cloudquotas": "v1",
    "cloudresourcemanager": "v1",
    "compute": "v1",
    "container": "v1",
    "dns": "v1",
    "iam": "v1",
    "logging": "v2",
    "memorystore": "v1",
    "monitoring": "v3",
    "networkconnectivity": "v1",
    "secretmanager": "v1",
    "serviceusage": "v1",
    "storage": "v1",
}
"""The version of each API: the one that pulumi-gcp 10.2 calls. It calls no `cloudquotas`; we do."""
OWN = Path(__file__).with_name("google_documents")
"""Documents of APIs that the client brings none of."""
SCALARS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
LONG_NUMBERS = ("int64", "uint64")
READ_BY_POST = (
    ".getIamPolicy",
    ".listInstances",
    ".listManagedInstances",
    ".testIamPermissions",
    ".wait",
)
"""Ends of methods that change nothing although they are called by POST."""
COMMON_PARAMETERS = frozenset({"alt", "fields", "prettyPrint", "quotaUser"})


class UnknownMethodError(ValueError):
    """No such method in the documents that we know."""


@dataclass(frozen=True)
class Method:
    """One method of one API."""

    id: str
    """`compute.networks.insert`."""
    http_method: str
    parameters: Mapping[str, Properties]
    """Path and query parameters by name, as JSON schemas."""
    request: str
    """Schema of the body; empty for a method without one."""
    response: str
    """Schema of the reply; empty where there is none."""

    @property
    def service(self) -> str:
        """The API."""
        return self.id.partition(".")[0]

    @property
    def only_reads(self) -> bool:
        """Whether a call changes nothing."""
        return self.http_method == "GET" or self.id.endswith(READ_BY_POST)

    @property
    def required(self) -> tuple[str, ...]:
        """Parameters without which no call is made."""
        return tuple(name for name, schema in self.parameters.items() if schema.get("required"))


@cache
def method(method_id: str) -> Method:
    """Return a method by its id.

    Raises:
        UnknownMethodError: the documents do not have it.
    """
    service, *path = method_id.split(".")
    node: Value = _document(service) if service in VERSIONS else None
    for part in path[:-1]:
        node = _member(_member(node, "resources"), part)
    found = _member(_member(node, "methods"), path[-1] if path else "")
    if not isinstance(found, dict):
        message = f"{method_id}: no such method; known are those of {', '.join(sorted(VERSIONS))}"
        raise UnknownMethodError(message)
    parameters = found.get("parameters")
    return Method(
        id=method_id,
        http_method=str(found["httpMethod"]),
        parameters={
            name: schema
            for name, schema in (parameters if isinstance(parameters, dict) else {}).items()
            if isinstance(schema, dict)
        },
        request=_reference(found.get("request")),
        response=_reference(found.get("response")),
    )


def schema(service: str, name: str) -> Properties:
    """Return a schema of an API by its name, with its properties as `{name: schema}`."""
    found = _member(_member(_document(service), "schemas"), name)
    return found if isinstance(found, dict) else {}


def violations(called: Method, parameters: Mapping[str, Value], body: Value) -> list[str]:
    """Return what the documents do not allow in a call, each with its path."""
    known = called.parameters.keys() | COMMON_PARAMETERS
    found = [f"{name}: no such parameter" for name in sorted(parameters.keys() - known)]
    found += [
        f"{name}: missing required parameter"
        for name in called.required
        if parameters.get(name) in (None, "")
    ]
    for name, value in parameters.items():
        if name in called.parameters:
            found += _unfitting(called.service, called.parameters[name], value, name)
    return found + body_violations(called, body)


def body_violations(called: Method, body: Value) -> list[str]:
    """Return what the documents do not allow in the body of a call, each with its path."""
    if called.request:
        return _unfitting(called.service, {"$ref": called.request}, body or {}, "")
    return ["body: this method takes none"] if body is not None else []


def _unfitting(service: str, wanted: Properties, value: Value, path: str) -> list[str]:
    wanted = _resolved(service, wanted)
    kind = str(wanted.get("type", "any"))
    if kind == "object":
        return _unfitting_object(service, wanted, value, path)
    if kind == "array" or (wanted.get("repeated") and isinstance(value, list)):
        return _unfitting_list(service, wanted, value, path)
    if kind in SCALARS and not _is_scalar(kind, wanted, value):
        return [f"{path}: must be {_article(kind, wanted)}, got {_kind(value)}"]
    return _unfitting_text(wanted, value, path) if isinstance(value, str) else []


def _unfitting_object(service: str, wanted: Properties, value: Value, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path or 'body'}: must be a map, got {_kind(value)}"]
    properties, free = wanted.get("properties"), wanted.get("additionalProperties")
    known = properties if isinstance(properties, dict) else {}
    found: list[str] = []
    for name, item in value.items():
        inner, expected = f"{path}.{name}".lstrip("."), known.get(name, free)
        if item is None:
            continue
        if not isinstance(expected, dict):
            found.append(f"{inner}: no such field")
        else:
            found += _unfitting(service, expected, item, inner)
    return found


def _unfitting_list(service: str, wanted: Properties, value: Value, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: must be a list, got {_kind(value)}"]
    items = wanted.get("items") if wanted.get("type") == "array" else {**wanted, "repeated": False}
    expected = items if isinstance(items, dict) else {}
    return [
        wrong
        for number, item in enumerate(value)
        for wrong in _unfitting(service, expected, item, f"{path}.{number}")
    ]


def _unfitting_text(wanted: Properties, value: str, path: str) -> list[str]:
    allowed, pattern = wanted.get("enum"), wanted.get("pattern")
    if isinstance(allowed, list) and value not in allowed:
        choices = ", ".join(str(choice) for choice in allowed)
        return [f"{path}: must be one of {choices}, got {value!r}"]
    if isinstance(pattern, str) and not re.fullmatch(pattern.strip("^$"), value):
        return [f"{path}: must match {pattern}, got {value!r}"]
    return []


def _is_scalar(kind: str, wanted: Properties, value: Value) -> bool:
    if kind == "string" and wanted.get("format") in LONG_NUMBERS:
        # 64-bit numbers travel as text in JSON; the API takes both.
        return _is_whole(value) or (isinstance(value, str) and value.lstrip("-").isdecimal())
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, SCALARS[kind])


def _is_whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _article(kind: str, wanted: Properties) -> str:
    if wanted.get("format") in LONG_NUMBERS:
        return "a whole number"
    words = {"string": "text", "boolean": "true or false", "integer": "a whole number"}
    return words.get(kind, "a number")


def _kind(value: Value) -> str:
    """Say what kind of value it is, never the value: it may be a secret."""
    kinds = {dict: "a map", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "nothing" if value is None else "a number")


def _resolved(service: str, wanted: Properties) -> Properties:
    name = wanted.get("$ref")
    return schema(service, name) if isinstance(name, str) else wanted


def _reference(value: Value) -> str:
    found = _member(value, "$ref")
    return found if isinstance(found, str) else ""


def _member(value: Value, name: str) -> Value:
    return value.get(name) if isinstance(value, dict) else None


def own_document(service: str) -> Properties | None:
    """Return the document of an API that the client brings none of; None for all others."""
    own = OWN / f"{service}.{VERSIONS[service]}.json"
    return _document(service) if own.is_file() else None


@cache
def _document(service: str) -> Properties:
    name = f"{service}.{VERSIONS[service]}.json"
    own = OWN / name
    if own.is_file():
        return json.loads(own.read_text(encoding="utf-8"))
    folder = resources.files("googleapiclient.discovery_cache") / "documents"
    return json.loads((folder / name).read_text(encoding="utf-8"))
