"""The environment of the engine and of all that it starts: a list of what is let in, nothing else.

No credential of a real cloud, no access token and no home folder of the user can reach a rehearsal,
because none is on the list.
"""

import os
import secrets
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.rehearsal.control_plane.files import write_secret
from infra.rehearsal.language_host.programs import PRELOADED_VARIABLE
from infra.unresolved import ALLOW as ALLOW_UNRESOLVED

LET_IN = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TERM", "PYTHONDONTWRITEBYTECODE")
"""What a program needs from its surroundings to print and to make temporary files."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
PLUGINS = {
    "pulumi-language-python": "infra.rehearsal.language_host",
    "pulumi-resource-kubernetes": "infra.rehearsal.kubernetes",
}
"""Executables that the engine looks up on PATH, and the module that each one runs."""
BACKEND_SCHEME = "file://"


class UnsafeBackendError(ValueError):
    """The engine would keep its state somewhere else than in the rehearsal's folder."""


@dataclass(frozen=True)
class EngineFolders:
    """Where one rehearsal's engine keeps what it needs; all of it is thrown away with it."""

    root: Path
    """Absolute."""

    @property
    def home(self) -> Path:
        """HOME: an empty one."""
        return self.root / "home"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME: credentials, plugins and settings."""
        return self.root / "pulumi-home"

    @property
    def backend(self) -> Path:
        """The state of every stack."""
        return self.root / "backend"

    @property
    def plugins(self) -> Path:
        """First folder on PATH."""
        return self.root / "bin"

    @property
    def passphrase(self) -> Path:
        """Encrypts the secrets in this rehearsal's state; in no argument and no variable."""
        return self.root / "passphrase"

    @property
    def stacks(self) -> Path:
        """Copies of stack files, with this rehearsal's encryption header."""
        return self.root / "stacks"

    @property
    def scratch(self) -> Path:
        """An empty project of the same name, for commands that write into the project."""
        return self.root / "scratch"

    @property
    def logs(self) -> Path:
        """One log and one event log a command."""
        return self.root / "logs"

    @property
    def backend_url(self) -> str:
        """What the engine is told, and must say, about where state is kept."""
        return BACKEND_SCHEME + str(self.backend)

    def prepare(self) -> None:
        """Make the folders, the plugin executables and, once, the passphrase."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.home, self.pulumi_home, self.backend, self.plugins):
            folder.mkdir(exist_ok=True)
        for folder in (self.stacks, self.scratch, self.logs):
            folder.mkdir(exist_ok=True)
        for name, module in PLUGINS.items():
            executable = self.plugins / name
            executable.write_text(
                f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m {module} "$@"\n',
                encoding="utf-8",
            )
            executable.chmod(0o755)
        if not self.passphrase.exists():
            write_secret(self.passphrase, secrets.token_urlsafe(32))

    def clear_after_a_kill(self) -> None:
        """Remove what an engine that was killed has left and every later command would trip over.

        Its lock, and an empty file of attributes beside a state: it had opened that and not yet
        written it (engine 3.259, seen 2026-11-26). An absent one is none.
        """
        state = self.backend / ".pulumi"
        shutil.rmtree(state / "locks", ignore_errors=True)
        for file in state.glob("stacks/**/*.attrs"):
            if file.stat().st_size == 0:
                file.unlink()


def engine_environment(
    folders: EngineFolders,
    *,
    debug_providers: Mapping[str, int],
    credentials: Mapping[str, str],
    preloaded: Path | None = None,
    surroundings: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the whole environment of the engine.

    Args:
        folders: this rehearsal's.
        debug_providers: loopback port of each provider that already listens, by package.
        credentials: marker credentials that the simulated clouds expect.
        preloaded: socket of the process that has the SDKs loaded, if there is one.
        surroundings: what `LET_IN` is picked from; None is this process's environment.
    """
    surroundings = os.environ if surroundings is None else surroundings
    interpreter_folder = Path(sys.executable).parent  # has `tokenworks`, which kubeconfigs name
    providers = ",".join(f"{package}:{port}" for package, port in debug_providers.items())
    return {
        **{name: surroundings[name] for name in LET_IN if name in surroundings},
        "HOME": str(folders.home),
        "PATH": f"{folders.plugins}:{interpreter_folder}:{SYSTEM_PATH}",
        "PULUMI_HOME": str(folders.pulumi_home),
        "PULUMI_BACKEND_URL": folders.backend_url,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(folders.passphrase),
        "PULUMI_CREDENTIAL_STORE": "plaintext",  # never the desktop's keyring
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        ALLOW_UNRESOLVED: "1",  # no registry can be asked; the summary names what is unresolved
        "PULUMI_DEBUG_COMMANDS": "true",  # shows `--event-log`
        "PULUMI_ERROR_OUTPUT_STRING": "true",  # an Output in an f-string is an error, not a text
        **({"PULUMI_DEBUG_PROVIDERS": providers} if providers else {}),
        **({PRELOADED_VARIABLE: str(preloaded)} if preloaded else {}),
        **credentials,
    }


def check_backend(folders: EngineFolders, told: str) -> None:
    """Refuse any backend but this rehearsal's own folder.

    Args:
        folders: this rehearsal's.
        told: the URL that the engine says it uses.

    Raises:
        UnsafeBackendError: it is another one.
    """
    if told != folders.backend_url:
        message = (
            f"backend: the engine would keep state at {told!r}; a rehearsal's is only"
            f" {folders.backend_url!r}, nothing was started"
        )
        raise UnsafeBackendError(message)
