"""The recorded graph of each stack, once for all tests of a process."""

from functools import cache

from infra.graph.model import Graph
from infra.graph.record import record_stack


@cache
def graph_of(stack: str) -> Graph:
    """Return everything that a stack declares."""
    return record_stack(stack)
