"""A part of the tests under `tests/real`, so that several machines share a night's work.

Owns which places go to which part: the longest first, each to the part that has least to do. The
first part has the unit tests to do before. What a place is, and that it stays together, is said in
`tests/real/conftest.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

MINUTES: Mapping[str, float] = {
    "test_rehearsal.py": 12.5,
    "test_production.py[aws]": 11,
    "test_production.py[gcp]": 10,
    "test_interrupts.py[aws-dev]": 9,
    "test_interrupts.py[gcp-dev]": 9,
    "test_recovery.py[aws]": 8,
    "test_recovery.py[gcp]": 8,
    "test_kept.py": 7.5,
    "test_secrets.py": 6.5,
    "test_actual_cost.py": 4,
    "test_translation.py[aws-prod]": 4,
    "test_translation.py[gcp-prod]": 4,
    "test_translation.py[gcp-dev]": 2,
    "test_translation.py[aws-dev]": 2,
    "test_sweep.py[aws]": 3.5,
    "test_sweep.py[gcp]": 2,
    "vectors/test_denied.py": 3.5,
    "vectors/test_lost.py": 1.5,
    "gateway": 3,
    "test_in_cloud.py": 3,
    "test_canary.py": 2,
    "test_working_hours.py": 1.5,
    "test_cache_gone.py": 3.5,
    "test_graph_equality.py": 3,
    "test_destroy.py[aws]": 1,
    "test_destroy.py[gcp]": 1,
    "engine/test_metrics.py": 1.5,
    "engine/test_drain.py": 1,
    "engine/test_serving.py": 1,
    "observability/test_alerts.py": 1,
}
"""Weights of places that take a minute or more, by their path below `tests/real`: minutes on two
cores with nothing beside them, rounded, 2026-11-28. They decide who gets what, no more."""
UNIT_TESTS_MINUTES = 11.0
"""What the unit tests take, on two processes some 5:20 each (2026-11-28)."""
REST_MINUTES = 0.15
"""What any other place takes, on average."""
_FORM = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


@dataclass(frozen=True)
class Part:
    """One of several parts."""

    number: int
    """Which one, from 1."""
    of: int
    """How many there are."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the part that a text such as `2/6` names.

        Raises:
            ValueError: It names none.
        """
        found = _FORM.fullmatch(text)
        if found is None or int(found[1]) > int(found[2]):
            message = f"--part: names no part, got {text!r}; write 1/6 to 6/6 for six parts"
            raise ValueError(message)
        return cls(int(found[1]), int(found[2]))

    def places(self, places: Sequence[str]) -> set[str]:
        """Return which of these places are its own. All parts together have each of them once."""
        load = [UNIT_TESTS_MINUTES, *[0.0] * (self.of - 1)]
        mine: set[str] = set()
        for place in sorted(set(places), key=lambda place: (-minutes(place), place)):
            least = load.index(min(load))
            load[least] += minutes(place)
            if least == self.number - 1:
                mine.add(place)
        return mine


def minutes(place: str) -> float:
    """Return how long a place takes, in minutes."""
    return MINUTES.get(place, REST_MINUTES)
