"""The engine on PATH, as whoever destroys would run it."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.destroy.run import DestroyError, RefusedError
from infra.wire import Value

NO_STACK = "no stack named"
"""The engine's words where there is none (pulumi 3.259.0, seen 2026-11-27)."""


@dataclass(frozen=True)
class PulumiOnPath:
    """The stacks of a project."""

    project: Path
    """Folder of `Pulumi.yaml`."""

    def export(self, stack: str) -> Mapping[str, Value]:
        """Return the state; that of a stack that was never made is empty.

        Raises:
            RefusedError: the engine refuses.
        """
        command = [*self._command, "stack", "export", "--stack", stack]
        ended = self._run(command, capture=True)
        if NO_STACK in ended.stderr:
            return {}
        if ended.returncode != 0:
            message = f"pulumi stack export: exit code {ended.returncode}\n{ended.stderr.strip()}"
            raise RefusedError(message)
        return json.loads(ended.stdout)

    def delete(self, stack: str, only: Sequence[str] = ()) -> None:
        """Run `pulumi destroy`, which shows its work in the terminal.

        `--refresh`: the size of a node group is read, not remembered, and what a killed run
        deleted is not asked for again.

        Raises:
            DestroyError: the engine says that something failed.
        """
        targets = [option for urn in only for option in ("--target", urn)]
        dependents = ["--target-dependents"] if only else []
        command = [*self._command, "destroy", "--stack", stack, "--yes", "--refresh"]
        ended = self._run([*command, *dependents, *targets], capture=False)
        if ended.returncode != 0:
            message = (
                f"pulumi destroy of {stack}: exit code {ended.returncode}; mend what it says above"
                " and run this again, which goes on from there\n"
                f"(`pulumi cancel --stack {stack}` first, if it says that the stack is locked by a"
                " run that is dead)"
            )
            raise DestroyError(message)

    @property
    def _command(self) -> list[str]:
        return ["pulumi", "--non-interactive", "--cwd", str(self.project)]

    def _run(self, command: Sequence[str], *, capture: bool) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(command, capture_output=capture, text=True, check=False)  # noqa: S603 - arguments of our own
        except FileNotFoundError as error:
            message = "pulumi: not on PATH; install it, or run this where you run `pulumi up`"
            raise RefusedError(message) from error
