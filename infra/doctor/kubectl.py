"""`kubectl`, as whoever is on call has it set up.

Owns how a command of a runbook is run, and how the API server carries a question to a Service. Does
not own which cluster that is: kubectl's own settings say it, unless a context is named.
Why kubectl and no client of ours: runbooks are written for a person, and what is run here is what
that person would type.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from infra.spec.mistakes import Mistake, MistakesError

COMMAND = "doctor"
"""What reports of mistakes are about."""
COMMAND_SECONDS = 30
"""For one command: a log or a list is there in a second, or the cluster is not."""
FAILED = 1
NO_KUBECTL = Mistake(
    setting="kubectl",
    problem="is not on the PATH, and runbooks are written for it",
    got="none",
    allowed="any version within one minor of the cluster's",
    next_step="install it: https://kubernetes.io/docs/tasks/tools/",
)


@dataclass(frozen=True)
class Answer:
    """What a command printed."""

    status: int
    """Its exit status."""
    output: str
    """What it printed, errors included."""

    @property
    def is_fine(self) -> bool:
        """Whether it did what it was asked."""
        return self.status == 0


@dataclass(frozen=True)
class Kubectl:
    """A program that asks one cluster."""

    folder: Path
    """Folder that commands run in; it holds the settings that name the cluster."""
    environment: dict[str, str]
    """Environment of every command."""

    def run(self, *arguments: str) -> Answer:
        """Run kubectl itself."""
        return self._run(["kubectl", *arguments])

    def shell(self, command: str) -> Answer:
        """Run a line of a runbook, pipes and all."""
        return self._run(["sh", "-c", command])

    def ask_service(self, namespace: str, service: str, path: str, **query: str) -> Answer:
        """Ask a Service over HTTP, through the API server.

        Args:
            namespace: its namespace.
            service: `name:port`.
            path: what is asked, `/api/v1/rules`.
            query: parameters.
        """
        at = f"/api/v1/namespaces/{namespace}/services/{service}/proxy{path}"
        return self.run("get", "--raw", f"{at}?{urlencode(query)}" if query else at)

    def _run(self, command: list[str]) -> Answer:
        try:
            done = subprocess.run(  # noqa: S603 - kubectl, and lines of this project's runbooks
                command,
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(FAILED, f"no answer within {COMMAND_SECONDS} s")
        return Answer(done.returncode, f"{done.stdout}{done.stderr}".strip())


def find(folder: Path, kubeconfig: Path | None) -> Kubectl:
    """Return the kubectl of this machine.

    Args:
        folder: where commands run.
        kubeconfig: file that names the cluster; None for that of the environment.

    Raises:
        MistakesError: It is not installed.
    """
    if shutil.which("kubectl") is None:
        raise MistakesError(COMMAND, [NO_KUBECTL])
    named = {"KUBECONFIG": str(kubeconfig.absolute())} if kubeconfig else {}
    return Kubectl(folder, {**os.environ, **named})
