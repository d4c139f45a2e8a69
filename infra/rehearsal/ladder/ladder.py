"""The walk down the ladder: on PATH, in the cache, official release, built from source."""

import time
from pathlib import Path

from infra.rehearsal.ladder import cache as store
from infra.rehearsal.ladder.catalogue import FAMILIES, Family
from infra.rehearsal.ladder.on_path import find_on_path
from infra.rehearsal.ladder.progress import Progress
from infra.rehearsal.ladder.release import Downloads, download
from infra.rehearsal.ladder.results import Installed, Programs, Rung, RungRefusedError
from infra.rehearsal.ladder.source import build


class LadderError(ValueError):
    """A family of programs can be had on no rung, or has no place on this machine."""


ANOTHER_CACHE = f"set {store.CACHE_VARIABLE} to a folder that you can write to"


def install(
    progress: Progress,
    *,
    cache: Path | None = None,
    search_path: str | None = None,
    families: tuple[Family, ...] = FAMILIES,
    downloads: Downloads | None = None,
) -> Programs:
    """Return every program of a rehearsal, installing what is missing.

    Args:
        progress: told what happens; the first installation takes minutes.
        cache: folder of installed programs; None is the user's (`cache_folder`).
        search_path: folders of the first rung; None is PATH.
        families: what to install.
        downloads: how releases are fetched; None is over HTTPS.

    Raises:
        LadderError: a family can be had on no rung, or the cache cannot be used.
    """
    cache = cache or _users_cache()
    downloads = downloads or Downloads(progress)
    installed: list[Installed] = []
    try:
        for family in families:
            installed += _install(family, cache, search_path, downloads, progress)
    except OSError as error:
        message = f"{cache}: programs cannot be installed there: {error}; {ANOTHER_CACHE}"
        raise LadderError(message) from error
    return Programs({program.name: program for program in installed})


def _users_cache() -> Path:
    try:
        return store.cache_folder()
    except (OSError, RuntimeError) as error:
        message = f"the user's cache folder cannot be found: {error}; {ANOTHER_CACHE}"
        raise LadderError(message) from error


def _install(
    family: Family, cache: Path, search_path: str | None, downloads: Downloads, progress: Progress
) -> list[Installed]:
    started = time.monotonic()
    try:
        found = find_on_path(family, search_path)
    except RungRefusedError as refusal:
        refusals = [(Rung.ON_PATH, str(refusal))]
        found = store.read(cache, family)
    if found is None:
        progress.started(family.name, f"{family.name} {family.version}")
        with store.lock(cache, family, progress):
            found = store.read(cache, family) or _fill(family, cache, downloads, progress, refusals)
    progress.finished(
        family.name, f"{found[0].version}, {found[0].rung}", time.monotonic() - started
    )
    return found


def _fill(
    family: Family,
    cache: Path,
    downloads: Downloads,
    progress: Progress,
    refusals: list[tuple[Rung, str]],
) -> list[Installed]:
    try:
        with store.partial_folder(cache, family) as partial:
            return store.write(cache, family, partial, download(family, partial, downloads))
    except RungRefusedError as refusal:
        refusals.append((Rung.RELEASE, str(refusal)))
    progress.line(family.name, "building from source")
    try:
        with store.partial_folder(cache, family) as partial:
            return store.write(cache, family, partial, build(family, partial, progress))
    except RungRefusedError as refusal:
        refusals.append((Rung.SOURCE, str(refusal)))
    raise LadderError(_on_no_rung(family, refusals))


def _on_no_rung(family: Family, refusals: list[tuple[Rung, str]]) -> str:
    """Name every rung that was tried, and why each failed."""
    names = ", ".join(program.name for program in family.programs)
    reasons = "\n".join(f"  {rung}: {reason}" for rung, reason in refusals)
    return (
        f"{names}: version {family.version} cannot be had\n{reasons}\n"
        f"Put {names} {family.version} on PATH, or allow one of the hosts above"
        " (HTTPS_PROXY, GOPROXY), then run the same command again"
    )
