"""The configuration of one provider instance: how any cloud's is read and refused.

Does not own: which settings a cloud's provider has.
"""

import json
from collections.abc import Collection, Iterable

from infra.wire import UNKNOWN, Properties, Value

HARMLESS = frozenset({"version", "pluginDownloadURL"})
"""Settings that the engine gives every provider; they change nothing here."""

Problem = tuple[str, str]
"""Setting, and why it cannot be rehearsed."""


def not_simulated(arguments: Properties, known: Collection[str], whose: str) -> list[Problem]:
    """Return the settings that the simulation has no use for; `whose` they are, for people."""
    reason = f"not simulated: this setting of {whose} provider has no meaning in a rehearsal"
    return [(name, reason) for name in sorted(arguments.keys() - {*known, *HARMLESS})]


def missing(arguments: Properties, names: Iterable[str]) -> list[Problem]:
    """Return those of the settings that are not there, and must be."""
    reason = "must be set; the rehearsal never falls back to a surrounding one"
    return [(name, reason) for name in names if arguments.get(name) is None]


def nested(value: Value) -> Value:
    """Return a setting as it was meant: nested values travel as JSON text."""
    if isinstance(value, str) and value != UNKNOWN:
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
