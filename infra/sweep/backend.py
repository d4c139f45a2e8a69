"""Stacks as the `pulumi` on PATH has them, taken away in the order of `tokenworks destroy`.

Owns the calls. State, credentials and passphrase are whatever that `pulumi` uses: nothing of them
passes here. Does not own the order of a destroy: `infra.destroy` does.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from infra.destroy.found import Found, Look, Marks
from infra.destroy.kubectl import KubectlCluster
from infra.destroy.look import look_of
from infra.destroy.pulumi import PulumiOnPath
from infra.destroy.run import DestroyError, Place, carry_out, intend, require_allowed
from infra.engine import NoEngineError, run_pulumi
from infra.replies import blocks, optional_text
from infra.spec.stack import cluster_name
from infra.sweep.run import BackendError
from infra.wire import Properties

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
        listed = json.loads(self._pulumi("stack", "ls", "--json"))
        return sorted(str(one["name"]).rpartition("/")[2] for one in listed)

    def state(self, stack: str) -> Properties:
        """Return the state of a stack; secrets are encrypted."""
        found = json.loads(self._pulumi("stack", "export", "--stack", stack))
        return cast("Properties", found)

    def remove(self, stack: str) -> None:
        """Destroy all that is in a stack, what controllers made first; then remove the stack."""
        engine = PulumiOnPath(self.project)
        place = Place(engine, KubectlCluster, _look(self.state(stack)))
        try:
            intent = intend([stack], place)
            require_allowed(intent, without_cluster=False)
            marks = Marks(stack, cluster_name(stack), intent.seen.balancers)
            carry_out(intent, place, marks, self.say)
        except DestroyError as error:
            raise BackendError(str(error)) from error
        self._pulumi("stack", "rm", "--stack", stack, "--yes")

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
    """Return who looks into the account, as the stack's own providers say where that is."""
    for one in blocks(state, "deployment.resources"):
        if optional_text(one, "type") in PROVIDERS:
            project = optional_text(one, "inputs.project")  # Google's alone has one
            return look_of(optional_text(one, "inputs.region"), project)
    return lambda _marks: Found()
