"""The sweep over a backend: dry by default, and one stack's trouble is no other's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from infra.sweep.judge import Verdict
from infra.sweep.run import BackendError, sweep
from infra.wire import Properties
from tests.unit.sweep.test_judge import DAY, TAGS, state, vpc


def of(stack: str, expires: str = "2026-12-01") -> Properties:
    """Return the state of a preview stack of that name."""
    tags: Properties = {**TAGS, "tokenworks.dev/platform": stack, "tokenworks.dev/expires": expires}
    return state(vpc(outputs={"tagsAll": tags}), expires=expires)


@dataclass
class Kept:
    """A backend in memory."""

    states: dict[str, Properties]
    broken: frozenset[str] = frozenset()
    stuck: frozenset[str] = frozenset()
    after_look: Mapping[str, Properties] = field(default_factory=dict)
    """What a state has become when it is read for the second time."""
    removed: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def stacks(self) -> Sequence[str]:
        return sorted(self.states)

    def state(self, stack: str) -> Properties:
        if stack in self.broken:
            message = "no passphrase"
            raise BackendError(message)
        again = stack in self.read
        self.read.append(stack)
        return self.after_look.get(stack, self.states[stack]) if again else self.states[stack]

    def remove(self, stack: str) -> None:
        if stack in self.stuck:
            message = "the VPC has dependencies"
            raise BackendError(message)
        self.removed.append(stack)


def backend() -> dict[str, Properties]:
    """Return the states of an expired preview, a fresh one, and production."""
    return {
        "pr-7": of("pr-7"),
        "pr-8": of("pr-8", "2026-12-24"),
        "aws-prod": state(expires=None),
        "pr-9": of("aws-prod"),
    }


def test_a_sweep_is_dry_by_default() -> None:
    kept = Kept(backend())

    found = {one.judged.stack: one.judged.verdict for one in sweep(kept, DAY, apply=False)}

    assert found == {
        "pr-7": Verdict.EXPIRED,
        "pr-8": Verdict.KEPT,
        "aws-prod": Verdict.KEPT,
        "pr-9": Verdict.REFUSED,
    }
    assert kept.removed == []


def test_with_apply_expired_previews_go_and_nothing_else() -> None:
    kept = Kept(backend())

    lines = {one.judged.stack: one.line for one in sweep(kept, DAY, apply=True)}

    assert kept.removed == ["pr-7"]
    assert lines["pr-7"].endswith("; removed")
    assert lines["pr-8"] == "pr-8: kept, until 2026-12-24"


def test_a_stack_that_was_prolonged_meanwhile_stays() -> None:
    kept = Kept({"pr-7": of("pr-7")}, after_look={"pr-7": of("pr-7", "2027-01-01")})

    (found,) = sweep(kept, DAY, apply=True)

    assert (found.judged.verdict, kept.removed) == (Verdict.KEPT, [])


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (lambda states: Kept(states, broken=frozenset({"pr-7"})), "its state is unknown"),
        (lambda states: Kept(states, stuck=frozenset({"pr-7"})), "not removed: the VPC has"),
    ],
)
def test_one_stacks_trouble_is_said_and_the_others_go_on(
    trouble: Callable[[dict[str, Properties]], Kept], said: str
) -> None:
    kept = trouble({"pr-7": of("pr-7"), "pr-77": of("pr-77")})

    found = [one.line for one in sweep(kept, date(2027, 1, 1), apply=True)]

    assert said in found[0]
    assert kept.removed == ["pr-77"]
