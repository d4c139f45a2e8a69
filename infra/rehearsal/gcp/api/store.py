"""Everything that is in the simulated project, by full name (`projects/P/global/networks/N`).

Owns: that it changes within a call only, so that the journal can build it anew.
Does not own: what a resource must look like, or when it may go.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from infra.wire import Properties


class OutsideCallError(RuntimeError):
    """State was about to change without a call: the journal would not know of it."""


class Store:
    """Resources as Google's API shows them."""

    def __init__(self, in_call: Callable[[], bool]) -> None:
        """Begin empty; `in_call` says whether a call is being served."""
        self._in_call = in_call
        self._things: dict[str, Properties] = {}
        self._collections: dict[str, set[str]] = {}
        """Names of things by the part of them that is before the last slash."""

    def __contains__(self, name: str) -> bool:
        """Say whether there is a thing of that name."""
        return name in self._things

    def get(self, name: str) -> Properties | None:
        """Return the thing of that name, which a handler may change."""
        return self._things.get(name)

    def put(self, name: str, thing: Properties) -> Properties:
        """Keep a thing, in the place of one of the same name; return it."""
        self._guard()
        self._things[name] = thing
        self._collections.setdefault(_collection(name), set()).add(name)
        return thing

    def drop(self, name: str) -> None:
        """Forget a thing that is there."""
        self._guard()
        del self._things[name]
        self._collections[_collection(name)].remove(name)

    def named(self, pattern: str) -> Iterator[tuple[str, Properties]]:
        """Return things whose full name matches, `*` being one part of a name, in order of name.

        `projects/p/regions/*/subnetworks/*` are the subnetworks of all regions.
        """
        wanted, found = _pattern(pattern), list[str]()
        for collection in self._collections_of(_collection(pattern)):
            found += (name for name in self._collections[collection] if wanted.fullmatch(name))
        for name in sorted(found):
            yield name, self._things[name]

    def everything(self) -> Iterator[tuple[str, Properties]]:
        """Return all things, in order of name."""
        yield from sorted(self._things.items())

    def _collections_of(self, pattern: str) -> list[str]:
        if "*" not in pattern:
            return [pattern] if pattern in self._collections else []
        wanted = _pattern(pattern)
        return [collection for collection in self._collections if wanted.fullmatch(collection)]

    def _guard(self) -> None:
        if not self._in_call():
            message = "the simulated project changes through its API only"
            raise OutsideCallError(message)


def _collection(name: str) -> str:
    return name.rpartition("/")[0]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", "[^/]+"))
