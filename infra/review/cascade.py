"""Does a replacement make another resource replace itself?

Owns that question for one pair. What comes from the replaced resource is not known until it is
there again; a property that cannot change in place then replaces its resource as well.
"""

import re
from collections.abc import Iterator

from infra.graph.model import Resource
from infra.review.properties import leaves
from infra.review.replacements import Effect, Verdict, deletes_first, gravest, judge


def follows(item: Resource, cause: Resource, provider: Resource | None) -> Verdict | None:
    """Return what the replacement of `cause` does to `item`; None where it does nothing."""
    if item.provider == cause.urn:
        return Verdict(Effect.REPLACE, "it is managed by that provider")
    places = [
        place
        for key, urns in item.property_dependencies.items()
        if cause.urn in urns
        for place in _places(item, key, cause)
    ]
    if not places:
        return None
    verdict = gravest(judge(item, place, provider) for place in places)
    return verdict if verdict.effect is not Effect.UPDATE else None


def _places(item: Resource, key: str, cause: Resource) -> Iterator[str]:
    """Yield the paths of a property that are not known after the replacement.

    What the program itself said about the cause stays known (`${name.property}` stands for the
    rest), unless the old resource goes first: then the engine takes nothing for known.
    """
    symbol = re.compile(rf"\$\{{{re.escape(cause.name)}\.")
    found = dict(leaves({key: item.inputs.get(key)}))
    unknown = [path for path, value in found.items() if symbol.search(str(value))]
    if not unknown and deletes_first(cause):
        unknown = [key]
    yield from dict.fromkeys(re.sub(r"\[\d+\]", "", path) for path in unknown)
