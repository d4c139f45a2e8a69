"""What can go wrong between the engine and the API server."""

from infra.wire import Properties


class StandInError(ValueError):
    """A request that cannot be served, with what to do about it."""


class UnservedError(StandInError):
    """Something of the real provider that this one does not play."""


class AlreadyExistsError(StandInError):
    """The object is there and belongs to something else."""


class CancelledError(StandInError):
    """The engine asked to stop while something was awaited."""


class FailedForGoodError(StandInError):
    """Waiting longer cannot help: the object will not become ready as it is."""


class NotReadyError(StandInError):
    """An object was written but did not become ready; `live` is how it was last seen."""

    def __init__(self, message: str, live: Properties) -> None:
        """Keep the object, which the state must record."""
        self.live = live
        super().__init__(message)


class PartialFailureError(StandInError):
    """A resource exists and is not as it should be: the engine records it with its reasons."""

    def __init__(
        self, message: str, resource_id: str, outputs: Properties, inputs: Properties
    ) -> None:
        """Keep what the state must record."""
        self.resource_id = resource_id
        self.outputs = outputs
        self.inputs = inputs
        super().__init__(message)
