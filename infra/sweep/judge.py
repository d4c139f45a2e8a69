"""May this stack be swept away? Said from its state alone: no cloud, no engine.

Owns the verdict. Whatever is not certain is refused, and a person looks: a day that nobody can
read, a thing that bears other marks than the stack's, one that is protected, an update in progress.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from infra.graph.model import STACK_TYPE
from infra.replies import block, blocks, optional_text
from infra.spec.environment import Environment
from infra.spec.preview_stack import day_of
from infra.wire import Properties, Value

EXPIRES = "expires"
"""The output of a preview stack."""


@dataclass(frozen=True)
class Marks:
    """How things of one cloud say whose they are, how careful we are with them, and until when."""

    taggable: str
    """Output that every thing has which can bear tags, whether it bears any or not."""
    read: tuple[str, ...]
    """Outputs that may have its tags."""
    platform: str
    environment: str
    expires: str


MARKS: Mapping[str, Marks] = {
    "aws": Marks(
        taggable="tagsAll",
        read=("tagsAll",),
        platform="tokenworks.dev/platform",
        environment="tokenworks.dev/environment",
        expires="tokenworks.dev/expires",
    ),
    # The output with all labels is hidden in every state (pulumi-gcp 10.2, `secret_opts`); ours are
    # on each thing itself, too, and a cluster has another word for its.
    "gcp": Marks(
        taggable="effectiveLabels",
        read=("labels", "resourceLabels"),
        platform="tokenworks-platform",
        environment="tokenworks-environment",
        expires="tokenworks-expires",
    ),
}
"""By cloud; the keys are those of `components/{aws,gcp}/tags.py`, and a test compares."""
_SHOWN = 3


class Verdict(StrEnum):
    """What may be done with a stack."""

    KEPT = "kept"
    """It is none of ours to take, or not yet."""
    EXPIRED = "expired"
    """Its day has come, and everything in it is its own."""
    REFUSED = "refused"
    """It says that its day has come, and something speaks against it."""


@dataclass(frozen=True)
class Judged:
    """One stack, and what may be done with it."""

    stack: str
    verdict: Verdict
    reason: str
    against: tuple[str, ...] = ()
    """All that speaks against taking a stack that says it has expired; the reason has the first."""

    @property
    def line(self) -> str:
        """One line for a reader."""
        return f"{self.stack}: {self.verdict.value}, {self.reason}"


def judge(stack: str, state: Properties, today: date) -> Judged:
    """Say what may be done with a stack.

    Args:
        stack: its name, without organization and project.
        state: as `pulumi stack export` gives it.
        today: in UTC.
    """
    resources = blocks(state, "deployment.resources")
    outputs = outputs_of(state)
    if EXPIRES not in outputs:
        return Judged(stack, Verdict.KEPT, "no preview stack: it has no day to expire")
    written = outputs[EXPIRES]
    if not isinstance(written, str) or (day := day_of(written)) is None:
        return Judged(stack, Verdict.REFUSED, f"its day to expire is unknown: {written!r}")
    if today < day:
        return Judged(stack, Verdict.KEPT, f"until {written}")
    against = (*_busy(state), *_not_its_own(stack, written, resources))
    if against:
        more = len(against) - _SHOWN
        shown = "; ".join(against[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        return Judged(stack, Verdict.REFUSED, f"expired on {written}, but {shown}", against)
    return Judged(stack, Verdict.EXPIRED, f"on {written}, {len(resources)} resources")


def outputs_of(state: Properties) -> Properties:
    """Return the outputs of the stack itself; empty where it has none."""
    stacks = (one for one in blocks(state, "deployment.resources") if one.get("type") == STACK_TYPE)
    return block(next(stacks, {}), "outputs")


def _busy(state: Properties) -> Iterator[str]:
    if blocks(state, "deployment.pending_operations"):
        yield "an update was cut off: `pulumi refresh` first"


def _not_its_own(stack: str, day: str, resources: list[Properties]) -> Iterator[str]:
    """Yield what is no part of a preview stack.

    What has no tags by its nature (a route, a grant) goes with the tagged thing that it is in, and
    what is inside the cluster goes with the cluster. What is only read is not deleted.
    """
    tagged = 0
    for one in resources:
        if one.get("external") or not one.get("custom"):
            continue
        name = optional_text(one, "urn").rpartition("::")[2]
        if one.get("protect"):
            yield f"{name} is protected"
        cloud = optional_text(one, "type").partition(":")[0]
        outputs = one.get("outputs")
        if cloud not in MARKS or not isinstance(outputs, dict):
            continue
        marks = MARKS[cloud]
        if marks.taggable not in outputs:
            continue
        tagged += 1
        dev = Environment.DEV.value
        wanted = {marks.platform: stack, marks.environment: dev, marks.expires: day}
        yield from _other(name, [outputs.get(key) for key in marks.read], wanted)
    if not tagged:
        yield "nothing in it bears our tags"


def _other(name: str, found: list[Value], wanted: Mapping[str, str]) -> Iterator[str]:
    tags = next((one for one in found if isinstance(one, dict)), {})
    for key, value in wanted.items():
        if (tag := tags.get(key)) != value:
            yield f"{name} has {key} {tag!r}, not {value!r}"
