"""Everything that is in the simulated project, by full name (`projects/P/global/networks/N`).

Owns: that it changes within a call only, so that the journal can build it anew.
Does not own: what a resource must look like, or when it may go.
"""

import re
from collections.abc import Callable, Iterator

from infra.wire import Properties


class OutsideCallError(RuntimeError):
    """State was about to change without a call: the journal would not know of it."""


class Store:
    """Resources as Google's API shows them."""

    def __init__(self, in_call: Callable[[], bool]) -> None:
        """Begin empty; `in_call` says whether a call is being served."""
        self._in_call = in_call
        self._things: dict[str, Properties] = {}

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
        return thing

    def drop(self, name: str) -> None:
        """Forget a thing that is there."""
        self._guard()
        del self._things[name]

    def named(self, pattern: str) -> Iterator[tuple[str, Properties]]:
        """Return things whose full name matches, `*` being one part of a name, in order of name.

        `projects/p/regions/*/subnetworks/*` are the subnetworks of all regions.
        """
        wanted = re.compile(re.escape(pattern).replace(r"\*", "[^/]+"))
        for name in sorted(self._things):
            if wanted.fullmatch(name):
                yield name, self._things[name]

    def everything(self) -> Iterator[tuple[str, Properties]]:
        """Return all things, in order of name."""
        yield from sorted(self._things.items())

    def _guard(self) -> None:
        if not self._in_call():
            message = "the simulated project changes through its API only"
            raise OutsideCallError(message)
