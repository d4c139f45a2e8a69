"""The one source of chance in the simulated account: moto's own, seeded before every call.

Owns: random ids of the gap code, and seeding. With the same seed a call makes the same ids again,
which is what lets a killed account be built anew from its journal. No other module of the simulated
AWS draws random values for what is in the account.
"""

from collections.abc import Generator
from contextlib import contextmanager

from moto.moto_api._internal import mock_random


def new_uuid() -> str:
    """Return a random UUID."""
    return str(mock_random.uuid4())


def new_hex(digits: int) -> str:
    """Return random lower-case hexadecimal digits."""
    return mock_random.get_random_hex(digits)


def seed(text: str) -> None:
    """Begin the sequence that belongs to a text."""
    mock_random.seed(text)


@contextmanager
def aside(text: str) -> Generator[None]:
    """Draw from another text's sequence for a while; the present one goes on as if nothing were."""
    before = mock_random.getstate()
    mock_random.seed(text)
    try:
        yield
    finally:
        mock_random.setstate(before)
