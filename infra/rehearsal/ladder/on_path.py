"""First rung: programs that are already there."""

import shutil
from pathlib import Path

from infra.rehearsal.ladder.catalogue import Family
from infra.rehearsal.ladder.results import Installed, Rung, RungRefusedError
from infra.rehearsal.ladder.versions import verified_version


def find_on_path(family: Family, search_path: str | None = None) -> list[Installed]:
    """Return the family's programs from PATH.

    Args:
        family: what to find; a family is taken whole or not at all.
        search_path: folders to search, as in PATH; None is the environment's.

    Raises:
        RungRefusedError: one is missing or has a version that does not fit.
    """
    found = []
    for program in family.programs:
        location = shutil.which(program.name, path=search_path)
        if location is None:
            message = f"{program.name} is not on PATH"
            raise RungRefusedError(message)
        path = Path(location).absolute()
        version = verified_version(family, program, path)
        found.append(Installed(program.name, path, version, Rung.ON_PATH))
    return found
