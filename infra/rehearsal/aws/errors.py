"""AWS's own refusals, in its codes."""

from infra.rehearsal.cloud.errors import CloudError

_COSTS = ("UnknownMonitor", "UnknownSubscription")
"""Cost Explorer's words for it."""


class AwsError(CloudError):
    """AWS's refusal."""

    @property
    def not_found(self) -> bool:
        """Whether AWS says that the thing is not there."""
        return any(word in self.code for word in ("NotFound", "NoSuch", "NotExist", *_COSTS))
