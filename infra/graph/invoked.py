"""What an answer to a provider function depends on: its arguments, and where the provider is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from infra.wire import Properties


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider stands."""

    region: str
    """Its region."""
    project: str
    """Its project; empty on clouds without projects."""


Answer: TypeAlias = Callable[[Properties, Place], Properties]
