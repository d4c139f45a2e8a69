"""What a call to a cloud's API can come to: refused or never answered, in the cloud's own words."""

_NOT_THERE = ("NotFound", "NoSuch", "NotExist", "notFound", "NOT_FOUND")
"""AWS's codes contain one of the first three; Google's reason and its status are the last two."""


class CloudApiError(ValueError):
    """A call that was refused or never answered, with the cloud's own code."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        """Keep the parts; `code` is what callers should look at."""
        self.operation = operation
        self.code = code
        self.message = message
        super().__init__(f"{operation}: {code}: {message}")

    @property
    def not_found(self) -> bool:
        """Whether the cloud says that the thing is not there."""
        return any(word in self.code for word in _NOT_THERE)
