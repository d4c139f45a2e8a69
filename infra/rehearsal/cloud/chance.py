"""The one source of chance in a simulated cloud, seeded before every call.

Owns: random ids, and seeding. With the same seed a call makes the same ids again, which is what
lets a killed account be built anew from its journal. No other module of a simulated cloud draws
random values for what is in it.
"""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from random import Random

HEX_DIGITS = "0123456789abcdef"


class Chance:
    """Draws from one sequence."""

    def __init__(self, source: Random) -> None:
        """Draw from a source that may be shared with whoever else plays the cloud."""
        self._source = source

    def new_uuid(self) -> str:
        """Return a random UUID."""
        return str(uuid.UUID(int=self._source.getrandbits(128), version=4))

    def new_hex(self, digits: int) -> str:
        """Return random lower-case hexadecimal digits."""
        return "".join(self._source.choice(HEX_DIGITS) for _ in range(digits))

    def new_number(self, digits: int) -> str:
        """Return a random whole number of so many digits, the first of which is not 0."""
        return str(self._source.randrange(10 ** (digits - 1), 10**digits))

    def seed(self, text: str) -> None:
        """Begin the sequence that belongs to a text."""
        self._source.seed(text)

    @contextmanager
    def aside(self, text: str) -> Generator[None]:
        """Draw from another text's sequence for a while; the present one goes on unchanged."""
        before = self._source.getstate()
        self._source.seed(text)
        try:
            yield
        finally:
            self._source.setstate(before)
