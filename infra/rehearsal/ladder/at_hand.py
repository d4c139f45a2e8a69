"""Programs that are there already: on the PATH or in the cache, and never installed for it."""

from infra.rehearsal.ladder import cache as store
from infra.rehearsal.ladder.catalogue import Family
from infra.rehearsal.ladder.on_path import find_on_path
from infra.rehearsal.ladder.results import Installed, RungRefusedError


def at_hand(family: Family) -> list[Installed] | None:
    """Return the programs of a family, or None where somebody would have to wait for them."""
    try:
        return find_on_path(family)
    except RungRefusedError:
        pass
    try:
        return store.read(store.cache_folder(), family)
    except (OSError, RuntimeError):
        return None
