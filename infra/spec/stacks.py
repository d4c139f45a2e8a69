"""The stacks of one environment: the one that is asked for, what it stands on, what stands on it.

Owns which stack files belong together. Does not own what is in one: see `files`.
"""

from pathlib import Path as FilePath

from infra.spec.files import STACKS_FOLDER, load_stack_file, read_stack_file, stack_names
from infra.spec.mistakes import SpecError
from infra.spec.stack import StackSpec
from infra.spec.stack_file import NAMESPACE


def load_environment(name: str, folder: FilePath = STACKS_FOLDER) -> list[StackSpec]:
    """Return the stacks of an environment, in the order in which they stand on each other.

    A stack brings the one that it extends; a stack that others extend brings all of those.

    Raises:
        SpecError: Stack files have mistakes; it carries those of all of them.
    """
    base = extended_by(name, folder)
    names = [base, name] if base else [name, *_extending(name, folder)]
    specs, errors = [], []
    for one in names:
        try:
            specs.append(load_stack_file(one, folder))
        except SpecError as error:
            errors.append(error)
    if errors:
        raise SpecError.of_all(errors)
    return specs


def extended_by(name: str, folder: FilePath) -> str | None:
    """Return the stack that a stack says it extends; None when it says nothing that is a name.

    Raises:
        SpecError: There is no such stack file, or it cannot be read.
    """
    found = read_stack_file(name, folder).get(f"{NAMESPACE}extends")
    return found if isinstance(found, str) else None


def _extending(name: str, folder: FilePath) -> list[str]:
    others = [other for other in stack_names(folder) if other != name]
    return [other for other in others if _extends(other, name, folder)]


def _extends(other: str, name: str, folder: FilePath) -> bool:
    try:
        return extended_by(other, folder) == name
    except SpecError:  # it cannot be read; whoever asks for it is told
        return False
