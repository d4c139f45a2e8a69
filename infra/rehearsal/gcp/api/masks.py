"""Field masks of PATCH calls: which fields of a body an API takes over."""

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.project import Request
from infra.replies import dig
from infra.wire import Properties, Value


def masked(request: Request, thing: Properties, body: Properties) -> None:
    """Lay over a thing the fields of a body that the call's `updateMask` names.

    Without a mask it is every field that the body has. A field that is named and not there is
    cleared (google.aip.dev/134).
    """
    asked = request.parameters.get("updateMask")
    fields = str(asked).split(",") if asked else list(body)
    for field in fields:
        parts = [_camel(part) for part in field.strip().split(".")]
        if not parts[0]:
            raise request.refusal(Status.INVALID_ARGUMENT, f"Invalid field mask: {asked!r}")
        _lay(thing, parts, dig(body, ".".join(parts)))


def _lay(thing: Properties, parts: list[str], value: Value) -> None:
    for part in parts[:-1]:
        inner = thing.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        thing = inner
    if value is None:
        thing.pop(parts[-1], None)
    else:
        thing[parts[-1]] = value


def _camel(name: str) -> str:
    """Return the JSON name of a field: masks may have protobuf's (`rotation_period`)."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
