"""What goes wrong with long-living programs and with the process that owns them."""

from pathlib import Path


class SupervisorError(ValueError):
    """The supervisor does not do what it is asked."""


class ChildEndedError(SupervisorError):
    """A program that should run for the whole rehearsal ended."""

    def __init__(self, name: str, code: int, log: Path, tail: str) -> None:
        """Name the program, how it ended, and quote the end of its log."""
        self.name = name
        self.code = code
        super().__init__(f"{name}: ended with exit code {code}; the end of {log}:\n{tail}")
