"""A runner's machine: a folder, an environment, programs that write down how they are called.

Owns what a runner gives to a step: its files, its variables and the shell. Real are bash, git, jq,
curl, unzip and all else in /usr/bin; a program of the same name put here comes first.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.delivery.workflows import ShellStep, resolve

SECONDS = 60.0
"""After this long a step hangs; each takes less than one."""
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What `shell: bash` is in GitHub Actions; GitLab's runner sets the same two options."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did."""

    code: int
    output: str
    """What it wrote to both of its channels."""


@dataclass(slots=True)
class Machine:
    """One runner's machine, new for each test."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    """What every step of it gets beside its own."""

    def __post_init__(self) -> None:
        """Make the folders and files that a runner has ready."""
        for name in ("bin", "home", "temp", "work"):
            (self.folder / name).mkdir()
        for name in ("env", "path", "summary", "output"):
            (self.folder / name).touch()

    @property
    def work(self) -> Path:
        """Where steps begin."""
        return self.folder / "work"

    @property
    def temp(self) -> Path:
        """`RUNNER_TEMP`."""
        return self.folder / "temp"

    def written(self, name: str) -> str:
        """Return what steps wrote into `env`, `path`, `summary` or `output`."""
        return (self.folder / name).read_text(encoding="utf-8")

    def program(self, name: str, body: str = "") -> None:
        """Put a program there that writes down its arguments, then does what `body` says."""
        calls = self.folder / "calls"
        path = self.folder / "bin" / name
        line = f"jq --null-input --compact-output '$ARGS.positional' --args -- {name} \"$@\""
        path.write_text(f"#!/bin/bash\n{line} >>{calls}\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """Return how the programs put here were called, each as one line."""
        path = self.folder / "calls"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [" ".join(json.loads(line)) for line in lines]

    def addresses(self, there: Mapping[str, str]) -> None:
        """Send git and curl, which stay the real ones, to stand-ins of hosts by their address."""
        turned = [f'[url "{new}"]\n\tinsteadOf = {old}\n' for old, new in there.items()]
        (self.folder / "gitconfig").write_text("".join(turned), encoding="utf-8")
        turns = "".join(
            f'  old=\'{old}\' new=\'{new}\'\n  argument="${{argument//"$old"/"$new"}}"\n'
            for old, new in there.items()
        )
        body = (
            "arguments=()\n"
            f'for argument in "$@"; do\n{turns}  arguments+=("$argument")\ndone\n'
            'exec /usr/bin/curl "${arguments[@]}"'
        )
        self.program("curl", body)

    def run(self, step: ShellStep, values: Mapping[str, str], **more: str) -> Done:
        """Run one step as a runner would, and return what it did.

        Args:
            step: The step; its shell must be one whose options are known here.
            values: What its expressions are.
            more: Variables of the machine for this step alone.
        """
        assert step.shell == "bash", f"{step}: shell {step.shell}"
        own = {name: resolve(text, values) for name, text in step.environment.items()}
        environment = {
            "PATH": f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ENV": str(self.folder / "env"),
            "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_RUN_ID": "4711",
            **self.variables,
            **own,
            **more,
        }
        if not step.identity:
            environment.pop("ACTIONS_ID_TOKEN_REQUEST_URL", None)
            environment.pop("ACTIONS_ID_TOKEN_REQUEST_TOKEN", None)
        script = self.folder / "script.sh"
        script.write_text(step.script, encoding="utf-8")
        done = subprocess.run(
            [*SHELL, str(script)],
            cwd=self.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder with nobody's configuration, and return what it prints."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.com",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.com",
    }
    done = subprocess.run(
        ["/usr/bin/env", "git", "-C", str(folder), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
