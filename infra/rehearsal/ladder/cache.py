"""The per-user folder of installed programs: keyed by version, filled in one step, locked.

`TOKENWORKS_CACHE` names another folder. Nothing here is ever half there: a family is made in a
folder of its own beside its place and moved into it whole.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from infra.rehearsal.ladder.catalogue import Family
from infra.rehearsal.ladder.progress import Progress
from infra.rehearsal.ladder.results import Installed, Rung

CACHE_VARIABLE = "TOKENWORKS_CACHE"
RECEIPT = "installed.json"
LOCK_POLL_SECONDS = 0.5


def cache_folder() -> Path:
    """Return the folder of installed programs: `$TOKENWORKS_CACHE/programs` or the user's cache.

    Raises:
        RuntimeError: the user has no home.
    """
    named = os.environ.get(CACHE_VARIABLE)
    root = Path(named) if named else Path(platformdirs.user_cache_dir("tokenworks"))
    return root.absolute() / "programs"


def place(cache: Path, family: Family) -> Path:
    """Return where a family of this very version, `go.mod` and machine belongs."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((family.folder / name).read_bytes())
    digest.update(f"{family.tags} {family.stamps}".encode())
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return cache / f"{family.name}-{family.version}-{machine}-{digest.hexdigest()[:12]}"


def read(cache: Path, family: Family) -> list[Installed] | None:
    """Return the family's programs if all of them are in the cache."""
    folder = place(cache, family)
    try:
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    programs = [
        Installed(name, folder / name, version, Rung(receipt["rung"]))
        for name, version in receipt["versions"].items()
    ]
    complete = {program.name for program in family.programs} == set(receipt["versions"])
    return programs if complete and all(p.path.exists() for p in programs) else None


def write(cache: Path, family: Family, partial: Path, programs: list[Installed]) -> list[Installed]:
    """Move a folder of verified programs into its place; return them as they lie there."""
    receipt = {
        "rung": programs[0].rung,
        "versions": {program.name: program.version for program in programs},
    }
    (partial / RECEIPT).write_text(json.dumps(receipt), encoding="utf-8")
    folder = place(cache, family)
    shutil.rmtree(folder, ignore_errors=True)  # an incomplete one would stop the move
    partial.replace(folder)
    return [Installed(p.name, folder / p.name, p.version, p.rung) for p in programs]


@contextmanager
def partial_folder(cache: Path, family: Family) -> Generator[Path]:
    """Yield an empty folder beside the cache's places; removed unless it was moved into one.

    To be used under `lock`: what an earlier run was killed over is cleared away here.
    """
    prefix = f".partial-{family.name}-"
    for left in cache.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=cache))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(cache: Path, family: Family, progress: Progress) -> Generator[None]:
    """Hold the family's lock. The kernel frees it when the process ends, however it ends."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f".{family.name}.lock").open("w") as file:
        waiting = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    progress.line(family.name, "another run installs it: waiting for that")
                waiting = True
                time.sleep(LOCK_POLL_SECONDS)
        yield
