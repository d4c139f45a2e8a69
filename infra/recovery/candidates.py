"""What a search in the account answers, and the parts that searches share.

Owns: candidates, and when one counts as ours. Does not own: the searches (`in_*.py`).
"""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from infra.aws_api import AwsApi
from infra.replies import dig, tag_map
from infra.wire import Properties, Value


class Condition(Enum):
    """How far AWS has come with a thing."""

    READY = "ready"
    COMING = "still being made"
    FAILED = "failed"


@dataclass(frozen=True)
class Candidate:
    """A thing in the account that a pending create may have made."""

    physical_id: str
    """As the provider has it in the state."""
    condition: Condition = Condition.READY
    ours: bool = True
    """False: it stands where ours would, and its tags or its target say that it is another's."""
    named: Properties = field(default_factory=dict)
    """The input that has its name, where the provider draws the end of it."""
    facts: Properties = field(default_factory=dict)
    """Outputs that the provider needs to read it and that are no inputs."""


Search = Callable[[AwsApi, Properties], Sequence[Candidate]]
"""What a create with these inputs may have made. It may raise AWS's "not found", which is AWS's way
to say that there is nothing."""


@dataclass(frozen=True)
class Finder:
    """How the things of one type are found."""

    by: str
    """`its tags`, `its name`, or `its parent and content` where a type has neither."""
    search: Search


BY_TAGS = "its tags"
BY_NAME = "its name"
BY_CONTENT = "its parent and content"


def called(found: Value, wanted: str) -> bool:
    """Say whether a name is the wanted one; `?` in it stands for what the provider draws."""
    return isinstance(found, str) and fnmatch.fnmatchcase(found, wanted)


def wears(found: Value, inputs: Properties) -> bool:
    """Say whether a thing has every tag that the program gave it; a program without tags has none.

    More tags may have come: the provider's default ones, and those of services.
    """
    wanted = tag_map(inputs.get("tags"))
    return bool(wanted) and wanted.items() <= tag_map(found).items()


def same(found: Properties, inputs: Properties, members: Mapping[str, str]) -> bool:
    """Say whether a thing has what the inputs say; an input that is not set says nothing.

    Args:
        found: the thing in AWS's reply.
        inputs: of the create.
        members: member of the reply by input.
    """
    return all(
        dig(found, member) == dig(inputs, name)
        for name, member in members.items()
        if dig(inputs, name) is not None
    )
