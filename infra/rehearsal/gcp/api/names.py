"""Names of resources: full names, links to them, and what a reference in a body means."""

import re

COMPUTE = "https://www.googleapis.com/compute/v1/"
CONTAINER = "https://container.googleapis.com/v1/"
_HOST = re.compile(r"https?://[^/]+/(?:(?:compute|container)/)?(?:v1|beta|v1beta1|alpha)/")


def full_name(reference: str, project: str, collection: str = "") -> str:
    """Return the full name that a link, a partial name or a bare name stands for.

    Args:
        reference: what a body has.
        project: id of the project that a partial name is in.
        collection: where a bare name is, `global/networks`.
    """
    path = _HOST.sub("", reference).removeprefix("//compute.googleapis.com/").strip("/")
    if path.startswith("projects/"):
        return path
    if "/" in path or not collection:
        return f"projects/{project}/{path}"
    return f"projects/{project}/{collection}/{path}"


def compute_link(name: str) -> str:
    """Return the `selfLink` of a resource of Compute Engine."""
    return COMPUTE + name


def container_link(name: str) -> str:
    """Return the `selfLink` of a resource of GKE."""
    return CONTAINER + name


def last(name: str) -> str:
    """Return the last part of a full name or link."""
    return name.rpartition("/")[2]


def region_of(zone: str) -> str:
    """Return the region of a zone: `us-central1` of `us-central1-a`."""
    return zone.rpartition("-")[0]


def region_of_name(name: str) -> str:
    """Return the region that a full name is in; empty for what is global."""
    _projects, _project, scope, place = name.split("/")[:4]
    if scope == "zones":
        return region_of(place)
    return place if scope == "regions" else ""
