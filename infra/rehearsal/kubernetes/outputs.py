"""What the engine records of an object: the live one, with secrets marked and unknowns in previews.

Owns the way between an object at the API server and the properties in the engine's state.
"""

import base64
import binascii
import copy

from infra.rehearsal.kubernetes.values import mapping, text
from infra.rehearsal.nodes.quantity import QuantityError, quantity
from infra.wire import (
    SECRET,
    SIGNATURE_KEY,
    UNKNOWN,
    Properties,
    Value,
    mark_secrets,
    plain_properties,
)

FIELD_MANAGER = "__fieldManager"
"""Key in the outputs, as in the real provider: who applied, for updates after a rename."""

SECRET_CONTENT = ("data", "stringData")
SERVER_METADATA = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "managedFields",
    "selfLink",
)
UNKNOWN_METADATA = ("uid", "resourceVersion", "creationTimestamp", "generation")
QUANTITY_PARENTS = frozenset({"requests", "limits", "hard", "capacity", "allocatable"})
# Kubernetes leaves out empty values; a declared `false` comes back as nothing.
EMPTY: tuple[Value, ...] = (None, False, 0, "", [], {})


def body_of(inputs: Properties) -> Properties:
    """Return the object to send. `stringData` becomes `data`.

    Applied `stringData` never removes a key again: the API server writes it into `data`, which
    then nobody declares (seen 2026-11, 1.36.3).
    """
    body = {
        key: value
        for key, value in plain_properties(inputs).items()
        if key != "status" and not key.startswith("__")
    }
    if _is_secret(body) and "stringData" in body:
        clear = mapping(body.pop("stringData"))
        encoded = {
            key: base64.b64encode(str(item).encode()).decode() for key, item in clear.items()
        }
        body["data"] = {**mapping(body, "data"), **encoded}
    return body


def outputs_of(live: Properties, inputs: Properties, manager: str) -> Properties:
    """Return the live object as outputs: secret where the inputs are, and a Secret's data."""
    output: Properties = copy.deepcopy(live)
    mapping(output, "metadata").pop("managedFields", None)
    output[FIELD_MANAGER] = manager
    if not _is_secret(output):
        return _marked(output, inputs)
    hidden = {key: output.pop(key) for key in SECRET_CONTENT if key in output}
    marked = _marked(output, inputs)
    return {**marked, **{key: _secret(value) for key, value in hidden.items()}}


def preview_of_create(inputs: Properties, namespace: str = "") -> Properties:
    """Return what is known of an object before it exists: its inputs, and what is not known yet.

    The answer of a dry run is not used: its `metadata.uid` is made up.
    """
    output: Properties = copy.deepcopy(inputs)
    metadata = output.get("metadata")
    if isinstance(metadata, dict):
        if namespace:
            metadata["namespace"] = namespace
        for key in UNKNOWN_METADATA:
            metadata.setdefault(key, UNKNOWN)
    output["status"] = UNKNOWN
    kind = text(plain_properties(inputs), "kind")
    spec = output.get("spec")
    if kind == "Service" and isinstance(spec, dict):
        spec.setdefault("clusterIP", UNKNOWN)
    if _is_secret(plain_properties(inputs)):
        output["data"] = UNKNOWN
    return output


def preview_of_update(result: Properties, inputs: Properties, manager: str) -> Properties:
    """Return the answer of a dry run as outputs; what every update changes is not known yet."""
    output = outputs_of(result, inputs, manager)
    for key in ("resourceVersion", "generation"):
        mapping(output, "metadata")[key] = UNKNOWN
    return output


def preview_with_unknowns(old_outputs: Properties, inputs: Properties) -> Properties:
    """Return what is known of an update whose inputs are not all known: what stays, and those."""
    output = preview_of_create(inputs)
    metadata = output.get("metadata")
    if isinstance(metadata, dict):
        for key in ("uid", "creationTimestamp", "namespace"):
            if text(old_outputs, "metadata", key):
                metadata[key] = text(old_outputs, "metadata", key)
    return output


def inputs_from(live: Properties, inputs: Properties) -> Properties:
    """Return the live values of what was declared, so that drift of that shows, and nothing else.

    Without inputs (an import) everything counts that a person could have declared.
    """
    if not inputs:
        kept = copy.deepcopy({key: value for key, value in live.items() if key != "status"})
        for key in SERVER_METADATA:
            mapping(kept, "metadata").pop(key, None)
        return kept
    seen: Properties = dict(live)
    if _is_secret(seen):
        seen["stringData"] = {key: _decoded(item) for key, item in mapping(seen, "data").items()}
    return {key: _projected(seen.get(key), declared) for key, declared in inputs.items()}


def same_quantity(one: Value, other: Value) -> bool:
    """Say whether two amounts are the same, however they are written: `1000m` and `1`."""
    if not isinstance(one, str | int | float) or not isinstance(other, str | int | float):
        return False
    try:
        return quantity(one) == quantity(other)
    except QuantityError:
        return False


def _projected(live: Value, declared: Value, parent: str = "") -> Value:
    if isinstance(declared, dict):
        if declared.get(SIGNATURE_KEY) == SECRET:
            return _secret(_projected(live, declared.get("value"), parent))
        if isinstance(live, dict):
            return {
                key: _projected(live.get(key), item, key if isinstance(item, dict) else parent)
                for key, item in declared.items()
            }
    if isinstance(declared, list) and isinstance(live, list) and len(live) == len(declared):
        return [_projected(one, item) for one, item in zip(live, declared, strict=True)]
    if live is None and declared in EMPTY:
        return declared
    if parent in QUANTITY_PARENTS and same_quantity(live, declared):
        return declared
    return live


def _marked(output: Properties, inputs: Properties) -> Properties:
    marked = mark_secrets(output, inputs)
    return marked if isinstance(marked, dict) else output


def _secret(value: Value) -> Properties:
    return {SIGNATURE_KEY: SECRET, "value": value}


def _is_secret(value: Properties) -> bool:
    return text(value, "kind") == "Secret" and text(value, "apiVersion") == "v1"


def _decoded(encoded: Value) -> str:
    try:
        return base64.b64decode(str(encoded), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return str(encoded)  # bytes: never declared as stringData
