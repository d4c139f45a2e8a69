"""Pages of lists, and the filters that callers of the simulated project use."""

import re
from collections.abc import Sequence

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.project import Request
from infra.replies import dig
from infra.wire import Properties, Value

PAGE_SIZE = 500
"""Results without `maxResults` (compute API v1, revision 20261106, `list`)."""
NEXT_PAGE = "nextPageToken"
_CONDITION = re.compile(r'\(?\s*([\w.]+)\s*(=|eq|:)\s*"?([^"()\s]+)"?\s*\)?')


def page(request: Request, things: Sequence[Properties], at: str = "items") -> Properties:
    """Return the asked page of things that pass the asked filter, under `at`.

    A page's token is where it begins.
    """
    kept = passing(request, things)
    size, token = request.parameters.get("maxResults", PAGE_SIZE), "pageToken"
    start = int(str(request.parameters.get(token) or 0))
    end = start + int(str(size))
    shown: Properties = {at: kept[start:end]} if kept[start:end] else {}
    return {**shown, NEXT_PAGE: str(end)} if end < len(kept) else shown


def passing(request: Request, things: Sequence[Properties]) -> list[Value]:
    """Return the things that pass the asked filter."""
    asked = str(request.parameters.get("filter") or "")
    conditions = _CONDITION.findall(asked)
    if _CONDITION.sub("", asked).replace("AND", "").strip():
        message = f"not simulated: the filter {asked!r}; the rehearsal knows `name = value` and AND"
        raise NotSimulatedError(message)
    return [thing for thing in things if all(_meets(thing, *one) for one in conditions)]


def _meets(thing: Properties, path: str, operator: str, wanted: str) -> bool:
    found = dig(thing, path)
    if wanted == "*":
        return found is not None
    text = str(found).lower() if isinstance(found, bool) else str(found or "")
    if operator == "eq":
        return re.fullmatch(wanted, text) is not None
    return text == wanted or text.rpartition("/")[2] == wanted
