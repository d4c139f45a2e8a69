"""How AWS says whose a thing is: by its tags."""

from infra.replies import tag_map
from infra.wire import Properties, Value


def wears(found: Value, inputs: Properties) -> bool:
    """Say whether a thing has every tag that the program gave it; a program without tags has none.

    More tags may have come: the provider's default ones, and those of services.
    """
    wanted = tag_map(inputs.get("tags"))
    return bool(wanted) and wanted.items() <= tag_map(found).items()
