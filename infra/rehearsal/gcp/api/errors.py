"""Google's refusals, printed as Google's Go client, and so pulumi-gcp, prints them.

Source of the form: googleapis/google-api-go-client@02cfcab, googleapi/googleapi.go, `Error.Error`:
code, message, then the reason where the answer has one. Newer clients print a list of details as
well, request ids and links; it is left out here, where it tells a reader nothing.
"""

from collections.abc import Mapping
from enum import StrEnum

from infra.rehearsal.cloud.errors import CloudError


class Reason(StrEnum):
    """Why the older APIs refuse: Compute Engine, GKE, IAM, Cloud Storage."""

    ACCESS_NOT_CONFIGURED = "accessNotConfigured"
    ALREADY_EXISTS = "alreadyExists"
    BAD_REQUEST = "badRequest"
    CONDITION_NOT_MET = "conditionNotMet"
    CONFLICT = "conflict"
    FAILED_PRECONDITION = "failedPrecondition"
    FORBIDDEN = "forbidden"
    IN_USE = "resourceInUseByAnotherResource"
    INVALID = "invalid"
    INVALID_PARAMETER = "invalidParameter"
    NOT_FOUND = "notFound"
    NOT_READY = "resourceNotReady"
    QUOTA_EXCEEDED = "quotaExceeded"
    REQUIRED = "required"


class Status(StrEnum):
    """What the newer APIs answer instead (google.rpc.Code)."""

    ALREADY_EXISTS = "ALREADY_EXISTS"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    NOT_FOUND = "NOT_FOUND"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"


HTTP: Mapping[str, int] = {
    Reason.ACCESS_NOT_CONFIGURED: 403,
    Reason.ALREADY_EXISTS: 409,
    Reason.CONDITION_NOT_MET: 412,
    Reason.CONFLICT: 409,
    Reason.FORBIDDEN: 403,
    Reason.NOT_FOUND: 404,
    Reason.QUOTA_EXCEEDED: 403,
    Status.ALREADY_EXISTS: 409,
    Status.NOT_FOUND: 404,
    Status.PERMISSION_DENIED: 403,
    Status.RESOURCE_EXHAUSTED: 429,
}
"""HTTP status of an answer, where it is not 400 (google.rpc.Code; each message's source shows its
own)."""
BAD_REQUEST = 400


class GoogleError(CloudError):
    """A refusal: the method, Google's own reason, its message, and the HTTP status."""

    def __init__(self, operation: str, code: str, message: str, status: int | None = None) -> None:
        """Keep the parts; without a status it is the usual one of the code."""
        super().__init__(message, operation, code)
        self.status = HTTP.get(code, BAD_REQUEST) if status is None else status

    def __str__(self) -> str:
        """Return the words that a person sees; newer APIs answer without a reason."""
        reason = "" if self.code.isupper() else f", {self.code}"
        return f"googleapi: Error {self.status}: {self.reason}{reason}"

    @property
    def not_found(self) -> bool:
        """Whether Google says that the thing is not there."""
        return self.code in (Reason.NOT_FOUND, Status.NOT_FOUND)
