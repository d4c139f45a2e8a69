"""Tags on AWS resources.

Owns the keys and the check against AWS's rules.
Does not own tags that a service demands for its own use (a load balancer's subnet role): the
component that needs one passes it as `extra`.
Why on every resource although the provider has default tags: policies and prices read the resource
graph, and a launch template passes tags on to machines and disks, which default tags never reach.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from components.handles import PlatformRef
from components.text_rules import TextRule

USER_TAGS_LIMIT = 50
_KEY = TextRule(
    limit=128,
    allowed=re.compile(r"[\w .:/=+\-@]*"),
    at_most="AWS allows",
    characters="AWS allows letters, digits, spaces and `_ . : / = + - @`",
)
_VALUE = replace(_KEY, limit=256)
"""Limits and characters: EC2 user guide, "Tag restrictions" (2026)."""
_RESERVED_PREFIX = "aws:"


class TagError(ValueError):
    """A tag that AWS would refuse."""


def common_tags(platform: PlatformRef) -> dict[str, str]:
    """Return what every resource of a platform carries."""
    until = {} if platform.expires is None else {"tokenworks.dev/expires": platform.expires}
    return checked_tags(
        {
            "tokenworks.dev/platform": platform.name,
            "tokenworks.dev/environment": platform.environment.value,
            "tokenworks.dev/managed-by": "pulumi",
            **until,
        }
    )


def controller_tags(platform: PlatformRef, controller: str) -> dict[str, str]:
    """Return what a controller of the cluster puts on what it makes.

    It counts as the platform's cost, and is not Pulumi's.
    """
    return checked_tags({**common_tags(platform), "tokenworks.dev/managed-by": controller})


def tags(
    platform: PlatformRef, name: str, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the tags of one resource: the common ones, its name, and `extra`."""
    return checked_tags({**common_tags(platform), "Name": name, **(extra or {})})


def checked_tags(candidates: Mapping[str, str]) -> dict[str, str]:
    """Return the tags unchanged, or raise `TagError` for the first that AWS would refuse."""
    if len(candidates) > USER_TAGS_LIMIT:
        message = f"tags: too many, got {len(candidates)}; AWS allows {USER_TAGS_LIMIT}"
        raise TagError(message)
    for key, value in candidates.items():
        refusal = _KEY.refusal("tag key", key) or _VALUE.refusal(f"value of tag {key!r}", value)
        if refusal:
            raise TagError(refusal)
        if not key or key.lower().startswith(_RESERVED_PREFIX):
            message = f"tag key: reserved or empty, got {key!r}; keys must not start with `aws:`"
            raise TagError(message)
    return dict(candidates)
