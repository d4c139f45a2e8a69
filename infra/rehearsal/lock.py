"""One rehearsal of a stack at a time."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(ValueError):
    """Another command rehearses this stack now."""


@contextmanager
def hold(folder: Path) -> Generator[None]:
    """Hold a rehearsal's folder. The lock lies beside it and ends with the process that holds it.

    Raises:
        AlreadyRunningError: another process holds it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder.parent / f"{folder.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{folder.name}: another command rehearses it now; wait for its end"
            raise AlreadyRunningError(message) from error
        yield
