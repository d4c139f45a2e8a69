"""Ask a program for its version, and judge it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from infra.rehearsal.ladder.catalogue import Family, Program, Version
from infra.rehearsal.ladder.results import RungRefusedError

ASK_SECONDS = 30.0
"""A program on a cold disk and a busy machine has answered within; measured 2 s (2026-11)."""


def verified_version(family: Family, program: Program, path: Path) -> str:
    """Run the program and return its version.

    Raises:
        RungRefusedError: it does not run, tells no version, or tells one that does not fit.
    """
    version = ask_version(program, path)
    if not _parse(family.version) <= _parse(version) < family.below:
        below = ".".join(str(part) for part in family.below)
        message = f"{path} is {version}; {program.name} from {family.version} to below {below} fits"
        raise RungRefusedError(message)
    return version


def ask_version(program: Program, path: Path) -> str:
    """Run the program and return the version that it tells, `3.259.0`.

    Raises:
        RungRefusedError: it does not run, or tells no version.
    """
    with tempfile.TemporaryDirectory() as home:
        # A home of its own: asking for a version must neither read nor write the user's settings.
        environment = {
            "HOME": home,
            "PATH": os.defpath,
            "PULUMI_HOME": home,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        try:
            answer = subprocess.run(  # noqa: S603 - a path that the ladder found
                [path, program.version_argument],
                env=environment,
                capture_output=True,
                text=True,
                timeout=ASK_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"{path} {program.version_argument}: {error}"
            raise RungRefusedError(message) from error
    found = re.search(r"\d+\.\d+\.\d+", answer.stdout)
    if answer.returncode != 0 or found is None:
        message = f"{path} {program.version_argument}: told no version (exit {answer.returncode})"
        raise RungRefusedError(message)
    return found.group()


def _parse(version: str) -> Version:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch
