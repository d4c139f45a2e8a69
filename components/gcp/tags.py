"""Labels on Google Cloud's resources: what AWS calls tags. Google's own "tags" are something else.

Owns the keys and the check against Google's rules. Does not own the labels of Kubernetes objects
and nodes (`components.labels`), which allow what these do not: dots and slashes.
Why on every resource although the provider has default labels: policies and prices read the
resource graph, and a node pool passes labels on to machines, which default labels never reach.
"""

import re
from collections.abc import Mapping

from components.handles import PlatformRef

LENGTH_LIMIT = 63
LABELS_LIMIT = 64
"""Limits and characters: "Requirements for labels", as Google's API descriptions repeat it (Spanner
v1, `Instance.labels`, read 2026-11-26)."""
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_VALUE = re.compile(r"[a-z0-9_-]*")


class LabelError(ValueError):
    """A label that Google Cloud would refuse."""


def labels(platform: PlatformRef, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the labels of one resource: what every one of a platform carries, and `extra`."""
    return checked_labels(
        {
            "tokenworks-platform": platform.name,
            "tokenworks-environment": platform.environment.value,
            "tokenworks-managed-by": "pulumi",
            **(extra or {}),
        }
    )


def checked_labels(candidates: Mapping[str, str]) -> dict[str, str]:
    """Return the labels unchanged, or raise `LabelError` for the first that would be refused."""
    if len(candidates) > LABELS_LIMIT:
        message = f"labels: too many, got {len(candidates)}; Google Cloud allows {LABELS_LIMIT}"
        raise LabelError(message)
    for key, value in candidates.items():
        _check("label key", key, _KEY, "a lower-case letter, then")
        _check(f"value of label {key!r}", value, _VALUE, "only")
    return dict(candidates)


def _check(what: str, text: str, allowed: re.Pattern[str], begins: str) -> None:
    if len(text) > LENGTH_LIMIT:
        message = f"{what}: too long, got {len(text)} characters; at most {LENGTH_LIMIT}"
        raise LabelError(message)
    if not allowed.fullmatch(text):
        message = (
            f"{what}: character not allowed, got {text!r}; "
            f"{begins} lower-case letters, digits, `_` and `-`"
        )
        raise LabelError(message)
