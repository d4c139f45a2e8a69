"""The order of a recovery: read the state, look, say it, write the state, read what was adopted.

Owns the order, and the port to a stack's state with its implementation for the engine on PATH.
A rehearsal has its own (`EngineSession`). All or nothing: one pending create that cannot be decided
leaves the state as it is.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from infra.engine import NoEngineError, run_pulumi
from infra.recovery.candidates import Account, Api
from infra.recovery.checkpoint import Checkpoint
from infra.recovery.plan import Step, Verdict, plan
from infra.replies import block, blocks
from infra.wire import Properties, Value

CREATES = ("create", "create-replacement")
"""The engine's words for steps that make something."""
BLOCKING = (Step.STOP, Step.WAIT)


class RecoveryError(ValueError):
    """The state cannot be read, written or refreshed; the message says which command failed."""


class StackState(Protocol):
    """The states of a project's stacks, as the engine gives and takes them."""

    def export(self, stack: str) -> Mapping[str, Value]:
        """Return the state; secrets stay encrypted."""
        ...

    def declared(self, stack: str) -> Sequence[Properties]:
        """Return the resources that the next update would create, as a preview has them."""
        ...

    def replace_state(self, stack: str, state: Mapping[str, Value]) -> None:
        """Put a state in the place of the present one."""
        ...

    def refresh_only(self, stack: str, urns: Sequence[str]) -> None:
        """Read what some resources are like in the account, and forget those that are gone."""
        ...


@dataclass(frozen=True)
class Recovery:
    """What was found, and whether it was written into the state."""

    verdicts: Sequence[Verdict]
    done: bool

    @property
    def blocked(self) -> bool:
        """Whether a pending create could not be decided."""
        return any(verdict.step in BLOCKING for verdict in self.verdicts)

    @property
    def conclusion(self) -> str:
        """What a person reads last."""
        if not self.verdicts:
            return "no create is pending: nothing to recover"
        if self.blocked:
            return "the state is as it was: decide first what the lines above leave open"
        if self.done:
            return "the state has it: run `pulumi preview`, then `pulumi up`"
        return "the state is as it was: run this again with `--yes` to write it"

    @property
    def exit_code(self) -> int:
        """0: nothing is left to do; 1: `--yes` would do it; 2: a person must decide."""
        if self.blocked:
            return 2
        return 1 if self.verdicts and not self.done else 0


def recover(
    stack: str,
    state: StackState,
    account: Account[Api],
    *,
    write: bool,
    say: Callable[[str], None],
) -> Recovery:
    """Find what an interrupted update of a stack left, and put it into the stack's state.

    Args:
        stack: whose update was interrupted.
        state: where the engine keeps states.
        account: what the stack is in, and how to look there.
        write: change the state; otherwise only look.
        say: told one line for each pending create.

    Raises:
        CloudApiError: the cloud refuses a question, or does not answer.
        RecoveryError: the state cannot be read or written.
    """
    checkpoint = Checkpoint(state.export(stack))
    verdicts = plan(checkpoint, state.declared(stack), account)
    for verdict in verdicts:
        say(str(verdict))
    seen = Recovery(verdicts, done=False)
    if not verdicts or seen.blocked or not write:
        return seen
    found = [verdict.adoption for verdict in verdicts if verdict.adoption is not None]
    state.replace_state(stack, checkpoint.with_found(found).exported)
    adopted = [verdict.create.urn for verdict in verdicts if verdict.step is Step.ADOPT]
    if adopted:
        state.refresh_only(stack, adopted)
    return Recovery(verdicts, done=True)


@dataclass(frozen=True)
class PulumiOnPath:
    """The states of a project, through the `pulumi` that a person would run there."""

    project: Path
    """Folder of `Pulumi.yaml`."""

    def export(self, stack: str) -> Mapping[str, Value]:
        """Return the state.

        Raises:
            RecoveryError: the engine refuses.
        """
        return json.loads(self._run("stack", "export", "--stack", stack))

    def declared(self, stack: str) -> Sequence[Properties]:
        """Return the resources that the next update would create.

        Raises:
            RecoveryError: the preview failed.
        """
        steps = blocks(json.loads(self._run("preview", "--stack", stack, "--json")), "steps")
        return [block(step, "newState") for step in steps if step.get("op") in CREATES]

    def replace_state(self, stack: str, state: Mapping[str, Value]) -> None:
        """Put a state in the place of the present one.

        Raises:
            RecoveryError: the engine refuses.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            self._run("stack", "import", "--stack", stack, "--file", file.name)

    def refresh_only(self, stack: str, urns: Sequence[str]) -> None:
        """Read some resources.

        Raises:
            RecoveryError: the engine refuses.
        """
        targets = [option for urn in urns for option in ("--target", urn)]
        self._run("refresh", "--stack", stack, "--yes", "--skip-preview", *targets)

    def _run(self, *arguments: str) -> str:
        try:
            ended = run_pulumi(self.project, *arguments)
        except NoEngineError as error:
            raise RecoveryError(str(error)) from error
        if ended.returncode != 0:
            what = " ".join(word for word in arguments[:2] if not word.startswith("-"))
            said = (ended.stderr or ended.stdout).strip()
            message = f"pulumi {what}: exit code {ended.returncode}\n{said}"
            raise RecoveryError(message)
        return ended.stdout
