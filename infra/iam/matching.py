"""Does a pattern of a policy fit a text?

Owns wildcards, policy variables and symbols. `*` stands for any text and `?` for one character;
both stand for `/` and `:` too (IAM User Guide, "Resource"). `${aws:username}` is a variable, whose
value comes from the request; without one the question has no answer, and raises. `${name.property}`
is a symbol of a recorded graph: a value that only an update knows. It equals itself and nothing
else, and wildcards stand for it as for any text.
"""

import re
from collections.abc import Callable

from infra.iam.documents import PolicyError

Lookup = Callable[[str], str | None]
"""Key of a variable to its value in the request, or None."""
_TOKEN = re.compile(r"\$\{(?P<inside>[^}]*)\}|(?P<wildcard>[*?])|(?P<text>[^*?$]+|\$)")
_ESCAPES = ("*", "?", "$")
"""`${*}` is a star (IAM User Guide, "IAM policy elements: variables and tags")."""
ARN_PARTS = 6


def no_variables(key: str) -> str | None:
    """Know no variable."""
    del key


def fits(
    pattern: str, text: str, lookup: Lookup = no_variables, *, ignore_case: bool = False
) -> bool:
    """Say whether a whole text fits a pattern with wildcards.

    Raises:
        PolicyError: the pattern has a variable that the request gives no value for.
    """
    parts = (_regex(match, lookup, wildcards=True) for match in _TOKEN.finditer(pattern))
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), text, flags) is not None


def equals(
    pattern: str, text: str, lookup: Lookup = no_variables, *, ignore_case: bool = False
) -> bool:
    """Say whether a text is the pattern's: variables are filled in, wildcards are characters.

    Raises:
        PolicyError: the pattern has a variable that the request gives no value for.
    """
    parts = (_regex(match, lookup, wildcards=False) for match in _TOKEN.finditer(pattern))
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), text, flags) is not None


def arn_fits(pattern: str, text: str, lookup: Lookup = no_variables) -> bool:
    """Say whether an ARN fits, part by part: a wildcard does not reach across a colon.

    A text with fewer parts is no ARN; it fits only as a whole symbol, or under `*`.
    """
    patterns, parts = _arn_parts(pattern), text.split(":", ARN_PARTS - 1)
    if len(patterns) != ARN_PARTS or len(parts) != ARN_PARTS:
        return pattern == "*" or equals(pattern, text, lookup)
    return all(fits(one, part, lookup) for one, part in zip(patterns, parts, strict=True))


def _arn_parts(pattern: str) -> list[str]:
    """Split at the colons that are not inside a variable."""
    masked = re.sub(r"\$\{[^}]*\}", lambda variable: variable[0].replace(":", "\0"), pattern)
    return [part.replace("\0", ":") for part in masked.split(":", ARN_PARTS - 1)]


def _regex(match: re.Match[str], lookup: Lookup, *, wildcards: bool) -> str:
    if match["text"] is not None:
        return re.escape(match["text"])
    if match["wildcard"] is not None:
        wild = ".*" if match["wildcard"] == "*" else "."
        return wild if wildcards else re.escape(match["wildcard"])
    inside = match["inside"]
    if inside in _ESCAPES:
        return re.escape(inside)
    if ":" not in inside:
        return re.escape(match[0])
    value = None if "," in inside else lookup(inside)  # `${key, 'default'}` is not supported
    if value is None:
        message = f"variable: the request must give it a value, got none for {match[0]!r}"
        raise PolicyError(message)
    return re.escape(value)
