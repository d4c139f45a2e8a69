"""What a person sees while programs are found, downloaded and built."""

from typing import Protocol


class Progress(Protocol):
    """Told about each family of programs (`pulumi`, `etcd`, …) as it is worked on."""

    def started(self, family: str, text: str) -> None:
        """Work began that may take seconds or minutes."""

    def line(self, family: str, text: str) -> None:
        """One line of news, worth a log; the latest one is worth the screen."""

    def finished(self, family: str, text: str, seconds: float) -> None:
        """The family is there; `text` names the rung that was used."""


class SilentProgress:
    """Says nothing."""

    def started(self, family: str, text: str) -> None:
        """Say nothing."""

    def line(self, family: str, text: str) -> None:
        """Say nothing."""

    def finished(self, family: str, text: str, seconds: float) -> None:
        """Say nothing."""
