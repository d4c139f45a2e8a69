"""What can go wrong in a simulated cloud; each cloud's own refusal is a `CloudError`."""

from abc import ABC, abstractmethod

from infra.wire import Properties


class CloudError(ValueError, ABC):
    """A cloud's refusal: operation, code and message, as the real provider prints them."""

    def __init__(self, message: str, operation: str, code: str) -> None:
        """Keep the parts; `code` is what tests and people should look at."""
        self.operation = operation
        self.code = code
        self.reason = message
        super().__init__(f"{operation}: {code}: {message}")

    @property
    @abstractmethod
    def not_found(self) -> bool:
        """Whether the cloud says that the thing is not there."""


class NotSimulatedError(ValueError):
    """The rehearsal has no stand-in for what was asked. The cloud itself might well accept it."""


class FailedStateError(ValueError):
    """Something that a cloud makes in the background came to nothing; it stays until deleted."""


class ProviderError(ValueError):
    """The provider itself refuses, in words of its own, where the cloud was not asked."""


class InterruptedWaitError(ValueError):
    """A wait was cancelled or ran out of time; the thing exists and is not ready."""


class PartlyCreatedError(ValueError):
    """Something was created, and a later step failed: the engine must remember the id."""

    def __init__(self, physical_id: str, outputs: Properties, reason: str) -> None:
        """Keep what exists and why it is not complete."""
        self.physical_id = physical_id
        self.outputs = outputs
        super().__init__(reason)
