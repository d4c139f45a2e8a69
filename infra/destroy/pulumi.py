"""The engine on PATH, as whoever destroys would run it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.destroy.run import DestroyError, RefusedError
from infra.engine import NoEngineError, run_pulumi
from infra.wire import Value

if TYPE_CHECKING:
    from subprocess import CompletedProcess

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
        ended = self._run("stack", "export", "--stack", stack)
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
        command = ("destroy", "--stack", stack, "--yes", "--refresh", *dependents, *targets)
        ended = self._run(*command, capture=False)
        if ended.returncode != 0:
            message = (
                f"pulumi destroy of {stack}: exit code {ended.returncode}; mend what it says above"
                " and run this again, which goes on from there\n"
                f"(`pulumi cancel --stack {stack}` first, if it says that the stack is locked by a"
                " run that is dead)"
            )
            raise DestroyError(message)

    def _run(self, *arguments: str, capture: bool = True) -> "CompletedProcess[str]":
        try:
            return run_pulumi(self.project, *arguments, capture=capture)
        except NoEngineError as error:
            raise RefusedError(str(error)) from error
