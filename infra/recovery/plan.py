"""What is to be done about each pending create.

Owns the decision and the line that a person reads. Pure but for the searches. Changes nothing.

Nothing is guessed: more than one thing that fits, a thing that stands in the way and is not ours,
or a type that nobody can search stops the whole recovery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from infra.cloud_error import CloudApiError
from infra.recovery.candidates import Account, Api, Candidate, Condition
from infra.recovery.checkpoint import Adoption, Checkpoint, Entry, PendingCreate
from infra.replies import optional_text
from infra.wire import Properties

ENGINES_OWN = "pulumi:"
KUBERNETES = "kubernetes:"
HELM_RELEASE = "kubernetes:helm.sh/v3:Release"


class Step(Enum):
    """What is done about one pending create."""

    ADOPT = "adopted"
    REPLACE = "adopted, and the next `up` replaces it"
    DELETE = "the next `up` deletes it"
    CLEAR = "the next `up` creates it"
    WAIT = "not yet: run this again when the cloud is done with it"
    STOP = "nothing is changed"


ENTRIES = {Step.ADOPT: Entry.LIVE, Step.REPLACE: Entry.TAINTED, Step.DELETE: Entry.UNWANTED}


@dataclass(frozen=True)
class Verdict:
    """One pending create, what was found of it, and what follows."""

    create: PendingCreate
    seen: str
    """What was found, in words."""
    step: Step
    candidate: Candidate | None = None
    """What was found, where it is one thing."""

    @property
    def adoption(self) -> Adoption | None:
        """What the state is told, or None where it is told nothing."""
        entry, found = ENTRIES.get(self.step), self.candidate
        if entry is None or found is None:
            return None
        return Adoption(self.create, found.physical_id, found.as_made, found.facts, entry)

    @property
    def concerns_us(self) -> bool:
        """Whether there is anything to say of a create that the state forgot."""
        return self.step is not Step.CLEAR

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.create.kind} {self.create.name}: {self.seen}; {self.step.value}"


def plan(
    checkpoint: Checkpoint, declared: Sequence[Properties], account: Account[Api]
) -> Sequence[Verdict]:
    """Look for every pending create of a state, and for creates that the state forgot.

    Args:
        checkpoint: the state.
        declared: resources that the next update would create, as a preview has them.
        account: where to look, and how.

    Raises:
        CloudApiError: the cloud refuses a question, or does not answer.
    """
    recorded = [_verdict(create, checkpoint, account) for create in checkpoint.pending]
    forgotten = [
        _verdict(create, checkpoint, account)
        for create in checkpoint.forgotten(declared)
        if create.kind in account.finders
    ]
    # Most of what is declared was never begun, and what is another's is not our business here.
    return [*recorded, *(verdict for verdict in forgotten if verdict.concerns_us)]


def _verdict(create: PendingCreate, checkpoint: Checkpoint, account: Account[Api]) -> Verdict:
    if create.resource.get("custom") is not True or create.kind.startswith(ENGINES_OWN):
        return Verdict(create, "a component or a provider, in no account", Step.CLEAR)
    if create.kind.startswith(KUBERNETES):
        return _in_cluster(create, checkpoint)
    finder = account.finders.get(create.kind)
    if finder is None:
        return Verdict(create, "no way to look for this type is known", Step.STOP)
    known = checkpoint.known_ids(create.kind)
    try:
        found = finder.search(account.api, create.wanted)
    except CloudApiError as error:
        if not error.not_found:
            raise
        found = []
    new = [candidate for candidate in found if candidate.physical_id not in known]
    if not create.recorded:
        new = [candidate for candidate in new if candidate.ours]
    return _judged(create, finder.by, new, replaces=checkpoint.has(create.urn))


def _judged(
    create: PendingCreate, by: str, found: Sequence[Candidate], *, replaces: bool
) -> Verdict:
    ids = ", ".join(candidate.physical_id for candidate in found)
    if not found:
        return Verdict(create, f"looked for by {by}, not in the account", Step.CLEAR)
    if len(found) > 1:
        seen = f"{len(found)} found by {by}: {ids}; delete all but one and run this again"
        return Verdict(create, seen, Step.STOP)
    (one,) = found
    if not one.ours:
        seen = f"{ids} found by {by}, and it is not ours; delete it, or give ours another name"
        return Verdict(create, seen, Step.STOP)
    step = _step(one.condition, replaces=replaces)
    state = "" if one.condition is Condition.READY else f" ({one.condition.value})"
    return Verdict(create, f"{ids} found by {by}{state}", step, one)


def _step(condition: Condition, *, replaces: bool) -> Step:
    if condition is Condition.COMING:
        return Step.WAIT
    if replaces:  # the state has the one that the program declares; this one is a second
        return Step.DELETE
    return Step.REPLACE if condition is Condition.FAILED else Step.ADOPT


def _in_cluster(create: PendingCreate, checkpoint: Checkpoint) -> Verdict:
    """Let the provider look for an object, by the name that the API server gives only once.

    The refresh after adoption asks the cluster, and forgets what is not there.
    """
    at = "" if create.kind == HELM_RELEASE else "metadata."
    name = optional_text(create.inputs, f"{at}name")
    namespace = optional_text(create.inputs, f"{at}namespace")
    if not name:
        return Verdict(create, "has no name to look for", Step.STOP)
    physical_id = f"{namespace}/{name}" if namespace else name
    if checkpoint.has(create.urn):
        # Objects are created and changed by server-side apply: the same name is the same object.
        return Verdict(create, f"{physical_id} is in the state already", Step.CLEAR)
    seen = f"{physical_id}, if the cluster has it"
    return Verdict(create, seen, Step.ADOPT, Candidate(physical_id))
