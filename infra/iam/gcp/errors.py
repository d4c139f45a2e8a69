"""The one error of this package."""


class GrantError(ValueError):
    """A grant that Google or this project would not accept, or that cannot be judged here."""
