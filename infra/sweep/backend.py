"""Stacks as the `pulumi` on PATH has them, taken away in the order of `tokenworks destroy`.

Owns the calls. State, credentials and passphrase are whatever that `pulumi` uses: nothing of them
passes here. Does not own the order of a destroy: `infra.destroy` does.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.cloud_error import CloudApiError
from infra.destroy.found import Look, Marks
from infra.destroy.kubectl import KubectlCluster
from infra.destroy.look import look_of
from infra.destroy.pulumi import PulumiOnPath
from infra.destroy.run import DestroyError, Place, carry_out, intend, require_allowed
from infra.engine import NoEngineError, run_pulumi
from infra.replies import UnexpectedReplyError, blocks, optional_text, text
from infra.spec.files import STACKS_FOLDER, stack_path
from infra.spec.stack import cluster_name
from infra.sweep.run import BackendError
from infra.wire import Properties, Value

PROVIDERS = ("pulumi:providers:gcp", "pulumi:providers:aws")


@dataclass(frozen=True)
class PulumiBackend:
    """The backend that `pulumi` uses for a project."""

    project: Path
    """Folder of `Pulumi.yaml`."""
    say: Callable[[str], None] = lambda _line: None
    """Told what a destroy does."""

    def stacks(self) -> Sequence[str]:
        """Return the names of all stacks of the project."""
        listed = self._answer("stack", "ls", "--json")
        if not isinstance(listed, list):
            message = f"pulumi stack ls: no list of stacks: {listed!r}"
            raise BackendError(message)
        try:
            return sorted(text(one, "name").rpartition("/")[2] for one in listed)
        except UnexpectedReplyError as error:
            message = f"pulumi stack ls: a stack without a name: {error}"
            raise BackendError(message) from error

    def state(self, stack: str) -> Properties:
        """Return the state of a stack; secrets are encrypted."""
        found = self._answer("stack", "export", "--stack", stack)
        if not isinstance(found, dict):
            message = f"pulumi stack export: no state: {found!r}"
            raise BackendError(message)
        return found

    def remove(self, stack: str) -> None:
        """Destroy all that is in a stack, what controllers made first; then remove the stack.

        What the account has of it then is said. A file of the stack in the project stays; where
        there is none, the one that the engine makes goes (pulumi 3.259.0, seen 2026-11-28).
        """
        keep = ["--preserve-config"] if self._has_file(stack) else []
        engine = PulumiOnPath(self.project)
        try:
            place = Place(engine, KubectlCluster, _look(self.state(stack)))
            intent = intend([stack], place)
            require_allowed(intent, without_cluster=False)
            marks = Marks(stack, cluster_name(stack), intent.seen.balancers)
            carry_out(intent, place, marks, self.say)
        except (DestroyError, CloudApiError) as error:
            raise BackendError(str(error)) from error
        for line in place.look(marks).lines:
            self.say(f"{stack}: left in the account: {line}")
        self._pulumi("stack", "rm", "--stack", stack, "--yes", *keep)

    def _has_file(self, stack: str) -> bool:
        return stack_path(stack, self.project / STACKS_FOLDER.name).exists()

    def _answer(self, *arguments: str) -> Value:
        printed = self._pulumi(*arguments)
        try:
            return json.loads(printed)
        except json.JSONDecodeError as error:
            message = f"pulumi {arguments[0]} {arguments[1]}: no JSON: {printed[:200]!r}"
            raise BackendError(message) from error

    def _pulumi(self, *arguments: str) -> str:
        try:
            ended = run_pulumi(self.project, *arguments)
        except NoEngineError as error:
            raise BackendError(str(error)) from error
        if ended.returncode != 0:
            message = f"pulumi {arguments[0]} {arguments[1]}: {ended.stderr.strip()}"
            raise BackendError(message)
        return ended.stdout


def _look(state: Properties) -> Look:
    """Return who looks into the account, as the stack's own providers say where that is.

    Raises:
        BackendError: they do not say.
        CloudApiError: the terminal names credentials that are not there.
    """
    for one in blocks(state, "deployment.resources"):
        if optional_text(one, "type") in PROVIDERS:
            project = optional_text(one, "inputs.project")  # Google's alone has one
            return look_of(optional_text(one, "inputs.region"), project)
    message = "its state names no provider of a cloud: nobody knows which account to look into"
    raise BackendError(message)
