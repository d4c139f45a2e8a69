"""The functions of a package that a rehearsal answers, and what it says to all others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.table import PlaceT
from infra.wire import Properties


@dataclass(frozen=True)
class Function(Generic[PlaceT]):
    """One function."""

    answer: Callable[[PlaceT, Properties], Properties]
    allowed: frozenset[str] = frozenset()
    """Arguments that it uses."""


def answered(
    functions: Mapping[str, Function[PlaceT]], place: PlaceT, token: str, arguments: Properties
) -> Properties:
    """Answer a function call.

    Raises:
        NotSimulatedError: the function, or an argument of it, is not simulated.
        CloudError: the cloud refuses a call.
    """
    function = functions.get(token)
    if function is None:
        message = f"not simulated: {token}; the rehearsal answers {', '.join(sorted(functions))}"
        raise NotSimulatedError(message)
    unused = sorted(arguments.keys() - function.allowed)
    if unused:
        message = f"not simulated: argument {', '.join(unused)} of {token}"
        raise NotSimulatedError(message)
    return function.answer(place, arguments)
