"""What a search in a cloud answers, and the parts that searches share.

Owns: candidates, finders, and when two things are the same. Does not own: the searches, nor how a
cloud says whose a thing is (a folder for each cloud).
"""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from infra.replies import dig
from infra.wire import Properties, Value

Api = TypeVar("Api")
"""The port to a cloud."""


class Condition(Enum):
    """How far the cloud has come with a thing."""

    READY = "ready"
    COMING = "still being made"
    FAILED = "failed"


@dataclass(frozen=True)
class Candidate:
    """A thing in the cloud that a pending create may have made."""

    physical_id: str
    """As the provider has it in the state."""
    condition: Condition = Condition.READY
    ours: bool = True
    """False: it stands where ours would, and its marks or its target say that it is another's."""
    as_made: Properties = field(default_factory=dict)
    """Inputs as they came to be, where the program may ask for something else: a name whose end the
    provider draws, a last step that was not done yet."""
    facts: Properties = field(default_factory=dict)
    """Outputs that the provider needs to read it and that are no inputs."""


@dataclass(frozen=True)
class Finder(Generic[Api]):
    """How the things of one type are found."""

    by: str
    """`its tags`, `its name`, or `its parent and content` where a type has neither."""
    search: Callable[[Api, Properties], Sequence[Candidate]]
    """What a create with these inputs may have made. It may raise the cloud's "not found", which is
    its way to say that there is nothing."""


@dataclass(frozen=True)
class Account(Generic[Api]):
    """Where a stack stands: whom to ask, and how each type is looked for."""

    api: Api
    finders: Mapping[str, Finder[Api]]


BY_TAGS = "its tags"
BY_NAME = "its name"
BY_CONTENT = "its parent and content"


def called(found: Value, wanted: str) -> bool:
    """Say whether a name is the wanted one; `?` in it stands for what the provider draws."""
    return isinstance(found, str) and fnmatch.fnmatchcase(found, wanted)


def same(found: Properties, inputs: Properties, members: Mapping[str, str]) -> bool:
    """Say whether a thing has what the inputs say; an input that is not set says nothing.

    Args:
        found: the thing in the cloud's reply.
        inputs: of the create.
        members: member of the reply by input.
    """
    return all(
        dig(found, member) == dig(inputs, name)
        for name, member in members.items()
        if dig(inputs, name) is not None
    )
