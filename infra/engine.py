"""The engine on PATH, as a person would run it in the project.

State, credentials and passphrase are whatever that `pulumi` uses: nothing of them passes here.
"""

import subprocess
from pathlib import Path


class NoEngineError(ValueError):
    """There is no `pulumi` on PATH."""


def run_pulumi(
    project: Path, *arguments: str, capture: bool = True
) -> "subprocess.CompletedProcess[str]":
    """Run `pulumi`, which asks nothing, and return how it ended.

    Args:
        project: folder of `Pulumi.yaml`.
        arguments: `("stack", "export", "--stack", "dev")`.
        capture: whether what it prints is returned; else it goes to the terminal.

    Raises:
        NoEngineError: it is not there.
    """
    command = ["pulumi", "--non-interactive", "--cwd", str(project), *arguments]
    try:
        return subprocess.run(command, capture_output=capture, text=True, check=False)  # noqa: S603 - arguments of our own
    except FileNotFoundError as error:
        message = "pulumi: not on PATH; install it, or run this where you run `pulumi up`"
        raise NoEngineError(message) from error
