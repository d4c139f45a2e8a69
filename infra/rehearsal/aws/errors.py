"""What can go wrong in the simulated AWS, in AWS's own codes where AWS would have answered."""

from infra.wire import Properties


class AwsError(ValueError):
    """AWS's refusal: operation, code and message, as the real provider prints them."""

    def __init__(self, message: str, operation: str, code: str) -> None:
        """Keep the parts; `code` is what tests and people should look at."""
        self.operation = operation
        self.code = code
        self.reason = message
        super().__init__(f"{operation}: {code}: {message}")

    @property
    def not_found(self) -> bool:
        """Whether AWS says that the thing is not there."""
        return any(word in self.code for word in ("NotFound", "NoSuch", "NotExist"))


class NotSimulatedError(ValueError):
    """The rehearsal has no stand-in for what was asked. AWS itself might well accept it."""


class FailedStateError(ValueError):
    """Something that AWS makes in the background came to nothing; it stays there until deleted."""


class InterruptedWaitError(ValueError):
    """A wait was cancelled or ran out of time; the thing exists and is not ready."""


class PartlyCreatedError(ValueError):
    """Something was created, and a later step failed: the engine must remember the id."""

    def __init__(self, physical_id: str, outputs: Properties, reason: str) -> None:
        """Keep what exists and why it is not complete."""
        self.physical_id = physical_id
        self.outputs = outputs
        super().__init__(reason)
