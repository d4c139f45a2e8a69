"""Which resource refers to which: what must exist before, and what may not go while it is used."""

from collections.abc import Iterator

from infra.rehearsal.gcp.api.names import COMPUTE, full_name
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.gcp.api.store import Store
from infra.wire import Properties, Value

OPERATIONS = "/operations/"
OTHER_SERVICES = "/locations/"
"""In the full names of what is not Compute Engine's: a cluster is known there by its machines and
firewall rules, which are named first."""


def link_to(request: Request, reference: str, collection: str) -> str:
    """Return the link to a thing that a body refers to.

    Args:
        request: the call.
        reference: as the body has it: a link, a full name, or a bare name.
        collection: where a bare name is, `global/networks`.

    Raises:
        GoogleError: there is no such thing; in these words in
            terraform-google-modules/terraform-google-cloud-nat#74 (2022-06-30).
    """
    name = full_name(reference, request.project.project, collection)
    if name not in request.project.store:
        raise request.not_found(name)
    return COMPUTE + name


def users(project: Project, name: str, *aliases: str) -> list[str]:
    """Return the full names of what refers to a thing, those of Compute Engine first."""
    wanted = frozenset({name, COMPUTE + name, *aliases})
    found = [user for user, thing in _candidates(project.store, name) if _mentions(thing, wanted)]
    return sorted(found, key=lambda user: (OTHER_SERVICES in user, user))


def in_use(word: str, name: str, user: str) -> str:
    """Return Google's words for a thing that cannot go, by what kind of thing it is."""
    return f"The {word} resource '{name}' is already being used by '{user}'"


def _candidates(store: Store, name: str) -> Iterator[tuple[str, Properties]]:
    for user, thing in store.everything():
        if user != name and OPERATIONS not in user:
            yield user, thing


def _mentions(value: Value, wanted: frozenset[str]) -> bool:
    if isinstance(value, dict):
        return any(_mentions(item, wanted) for item in value.values())
    if isinstance(value, list):
        return any(_mentions(item, wanted) for item in value)
    return isinstance(value, str) and value in wanted
