"""How Google Cloud says what a thing is, where it is, and whose: names, places, labels."""

from infra.google_api import GoogleApi
from infra.replies import optional_text, text
from infra.wire import Properties, Value

LINK = "://"
VERSION = "/v1/"


def wears(found: Value, inputs: Properties, own: str = "labels") -> bool:
    """Say whether a thing has every label that the program gave it; without labels it has none.

    More labels may have come: the provider's default ones, and those of services.

    Args:
        found: labels of the thing.
        inputs: of the create.
        own: input that has the labels.
    """
    wanted = inputs.get(own)
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return False
    return bool(wanted) and wanted.items() <= found.items()


def project_of(api: GoogleApi, inputs: Properties) -> str:
    """Return the project of a create: its own, or the provider's."""
    return (optional_text(inputs, "project") or api.project).removeprefix("projects/")


def region_of(api: GoogleApi, inputs: Properties, own: str = "region") -> str:
    """Return the region of a create: its own, or the provider's."""
    return last(optional_text(inputs, own) or api.region)


def location_of(inputs: Properties) -> str:
    """Return where a create is, in lower case: Cloud Storage writes it in capitals."""
    return text(inputs, "location").lower()


def last(name: str) -> str:
    """Return the last part of a full name or a link."""
    return name.rpartition("/")[2]


def points_at(found: Value, wanted: Value) -> bool:
    """Say whether a link in a reply means what an input names: a link, a full name, or a name."""
    if not isinstance(found, str) or not isinstance(wanted, str):
        return found == wanted
    found, wanted = _path(found), _path(wanted)
    return found == wanted or found.endswith(f"/{wanted}")


def _path(name: str) -> str:
    """Return a name without the address and the version of the API in front of it."""
    return name.partition(VERSION)[2] if LINK in name else name.strip("/")
