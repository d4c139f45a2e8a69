"""Pauses between tries. One place, so that tests need not wait."""

import random
import time

LONGEST_SECONDS = 120.0
"""A hub that asks for more is asked again after this long."""
_FIRST_SECONDS = 0.5


def pause(failures: int, asked_seconds: float | None = None) -> None:
    """Wait before the next try.

    Args:
        failures: how many tries in a row failed, from 1.
        asked_seconds: what the other side asked for; none: twice as long each time.
    """
    grown = _FIRST_SECONDS * 2**failures * random.uniform(0.5, 1)  # noqa: S311  jitter, no secret
    time.sleep(min(grown if asked_seconds is None else asked_seconds, LONGEST_SECONDS))
