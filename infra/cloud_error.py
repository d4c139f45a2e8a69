"""What a call to a cloud's API can come to: refused or never answered, in the cloud's own words."""

_NOT_THERE = ("NotFound", "NoSuch", "NotExist", "notFound", "NOT_FOUND")
"""AWS's codes contain one of the first three; Google's reason and its status are the last two."""

_DENIED = (
    *("AccessDenied", "Unauthorized", "NotAuthorized"),
    *("forbidden", "accessDenied", "PERMISSION_DENIED"),
)
"""AWS's codes contain one of the first three (`AccessDeniedException`, `UnauthorizedOperation`);
Google's reasons and its status are the others."""
_NO_CREDENTIALS = (
    *("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"),
    *("TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError", "ProfileNotFound"),
    *("ExpiredToken", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"),
    *("DefaultCredentialsError", "RefreshError", "UNAUTHENTICATED", "authError"),
)
"""botocore's exceptions, AWS's codes of credentials that count no more, google-auth's, Google's."""


SERVICE_DISABLED = "SERVICE_DISABLED"
_API_IS_OFF = (SERVICE_DISABLED, "accessNotConfigured")
"""Google's reasons, of newer APIs and of older ones (`google.api.ErrorReason`, 2026)."""


class CloudApiError(ValueError):
    """A call that was refused or never answered, with the cloud's own code."""

    def __init__(self, operation: str, code: str, message: str, *, permission: str = "") -> None:
        """Keep the parts; `code` is what callers should look at.

        Args:
            operation: the call, as the API reference has it.
            code: the cloud's own code.
            message: the cloud's own words.
            permission: what whoever called would have to be allowed; empty where nobody knows.
        """
        self.operation = operation
        self.permission = permission
        self.code = code
        self.message = message
        super().__init__(f"{operation}: {code}: {message}")

    @property
    def not_found(self) -> bool:
        """Whether the cloud says that the thing is not there."""
        return any(word in self.code for word in _NOT_THERE)

    @property
    def denied(self) -> bool:
        """Whether the cloud says that the caller may not ask; it knows who that is."""
        return not self.no_credentials and any(word in self.code for word in _DENIED)

    @property
    def api_is_off(self) -> bool:
        """Whether the project has not enabled the API; whoever asks may be allowed to."""
        return self.code in _API_IS_OFF

    @property
    def no_credentials(self) -> bool:
        """Whether nobody asked at all: there are no credentials, or they count no more."""
        return any(word in self.code for word in _NO_CREDENTIALS)
