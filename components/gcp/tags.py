"""Labels on Google Cloud's resources: what AWS calls tags. Google's own "tags" are something else.

Owns the keys and the check against Google's rules. Does not own the labels of Kubernetes objects
and nodes (`components.labels`), which allow what these do not: dots and slashes.
Why on every resource although the provider has default labels: policies and prices read the
resource graph, and a node pool passes labels on to machines, which default labels never reach.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from components.handles import PlatformRef
from components.text_rules import TextRule

LABELS_LIMIT = 64
_KEY = TextRule(
    limit=63,
    allowed=re.compile(r"[a-z][a-z0-9_-]*"),
    at_most="at most",
    characters="a lower-case letter, then lower-case letters, digits, `_` and `-`",
)
_VALUE = replace(
    _KEY,
    allowed=re.compile(r"[a-z0-9_-]*"),
    characters="only lower-case letters, digits, `_` and `-`",
)
"""Limits and characters: "Requirements for labels", as Google's API descriptions repeat it (Spanner
v1, `Instance.labels`, read 2026-11-26)."""


class LabelError(ValueError):
    """A label that Google Cloud would refuse."""


def labels(platform: PlatformRef, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the labels of one resource: what every one of a platform carries, and `extra`."""
    until = {} if platform.expires is None else {"tokenworks-expires": platform.expires}
    return checked_labels(
        {
            "tokenworks-platform": platform.name,
            "tokenworks-environment": platform.environment.value,
            "tokenworks-managed-by": "pulumi",
            **until,
            **(extra or {}),
        }
    )


def checked_labels(candidates: Mapping[str, str]) -> dict[str, str]:
    """Return the labels unchanged, or raise `LabelError` for the first that would be refused."""
    if len(candidates) > LABELS_LIMIT:
        message = f"labels: too many, got {len(candidates)}; Google Cloud allows {LABELS_LIMIT}"
        raise LabelError(message)
    for key, value in candidates.items():
        refusal = _KEY.refusal("label key", key)
        refusal = refusal or _VALUE.refusal(f"value of label {key!r}", value)
        if refusal:
            raise LabelError(refusal)
    return dict(candidates)
