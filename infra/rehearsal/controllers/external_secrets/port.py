"""The cloud's secret manager as the operator uses it: a port, and what it may answer.

Owns the words of the port. No message of it ever holds a value.
"""

from dataclasses import dataclass
from typing import Protocol

from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties


class SecretManagerError(ValueError):
    """The secret manager refuses, or what it has is of no use; the message is the operator's."""


class NoSecretError(SecretManagerError):
    """There is no such secret, or it has no value yet."""

    def __init__(self, words: str = "Secret does not exist") -> None:
        """Keep the operator's own words."""
        super().__init__(words)


@dataclass(frozen=True, repr=False)
class Push:
    """A value on its way into the secret manager."""

    key: str
    """Name of the secret there."""
    value: bytes
    metadata: Properties
    """`PushSecretMetadata` of the PushSecret; empty: none."""

    def __repr__(self) -> str:
        """Name it without its value."""
        return f"Push({self.key!r})"


class SecretManager(Protocol):
    """What the operator asks of the cloud, always as the pods that it runs in."""

    @property
    def provider(self) -> str:
        """The cloud's name in `spec.provider` of a store: `aws`, `gcpsm`."""
        ...

    def require_credentials(self, caller: Caller, settings: Properties) -> None:
        """See to it that the pods have credentials at all.

        Raises:
            SecretManagerError: they have none.
        """
        ...

    def read(self, caller: Caller, settings: Properties, key: str, version: str = "") -> bytes:
        """Return the value of a secret.

        Raises:
            NoSecretError: there is none.
            SecretManagerError: the pods may not read it.
        """
        ...

    def has_value(self, caller: Caller, settings: Properties, key: str) -> bool:
        """Say whether a secret has a value; asked before a push that must not overwrite one.

        Raises:
            SecretManagerError: the pods may not ask.
        """
        ...

    def push(self, caller: Caller, settings: Properties, wanted: Push) -> None:
        """Give a secret a value, and make the secret where there is none.

        Raises:
            SecretManagerError: the pods may not, or the secret is somebody else's.
        """
        ...

    def delete(self, caller: Caller, settings: Properties, key: str) -> None:
        """Delete a secret that the operator keeps; one of somebody else's stays, silently.

        Raises:
            SecretManagerError: the pods may not.
        """
        ...
