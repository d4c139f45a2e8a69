"""Access tokens of the rehearsal: whose they are can be told from the token itself.

Owns: issuing a token for an address, and telling the owner of one. A token is good in one rehearsal
only, as its secret is drawn there.
Does not own: what its owner may do.
"""

import base64
import hashlib
import hmac

PREFIX = "ya29.rehearsal"
"""Google's access tokens begin with the first part."""


class BadTokenError(ValueError):
    """A token that this project did not issue."""


class ForeignTokenError(BadTokenError):
    """A token of another kind altogether, which the API server knows by itself."""


class Tokens:
    """The tokens of one project."""

    def __init__(self, secret: str) -> None:
        """Issue and read tokens with a secret."""
        self._secret = secret.encode()

    def issue(self, email: str) -> str:
        """Return the token of an address."""
        owner = base64.urlsafe_b64encode(email.encode()).decode().rstrip("=")
        return f"{PREFIX}.{owner}.{self._signature(owner)}"

    def owner(self, token: str) -> str:
        """Return whose token it is.

        Raises:
            ForeignTokenError: it is no token of Google's.
            BadTokenError: it was not issued here.
        """
        if not token.startswith(f"{PREFIX}."):
            message = "not a token of the rehearsal"
            raise ForeignTokenError(message)
        owner, _dot, signature = token.removeprefix(f"{PREFIX}.").partition(".")
        if not hmac.compare_digest(signature, self._signature(owner)):
            message = "token: signed by another rehearsal; set GOOGLE_OAUTH_ACCESS_TOKEN anew"
            raise BadTokenError(message)
        padding = "=" * (-len(owner) % 4)
        return base64.urlsafe_b64decode(owner + padding).decode()

    def _signature(self, owner: str) -> str:
        return hmac.new(self._secret, owner.encode(), hashlib.sha256).hexdigest()
