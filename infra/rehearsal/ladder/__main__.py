"""`python -m infra.rehearsal.ladder`: install every program of a rehearsal and of its tests.

A line for each news. For `make programs` and for CI: a first installation takes minutes, and
belongs before the tests.
"""

import sys

from infra.rehearsal.ladder.catalogue import FAMILIES, TEST_FAMILIES
from infra.rehearsal.ladder.ladder import LadderError, install


class Lines:
    """Progress as lines on standard output, each shown at once."""

    def started(self, family: str, text: str) -> None:
        """Say what is missing."""
        _write(f"{family}: installing {text}")

    def line(self, family: str, text: str) -> None:
        """Pass it on."""
        _write(f"{family}: {text}")

    def finished(self, family: str, text: str, seconds: float) -> None:
        """Say what is there."""
        _write(f"{family}: {text} ({seconds:.1f} s)")


def main() -> int:
    """Install; return the exit code."""
    try:
        install(Lines(), families=(*FAMILIES, *TEST_FAMILIES))
    except LadderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
