"""The configuration of one provider instance: what the rehearsal takes, and what it refuses."""

import json
from dataclasses import dataclass

from infra.rehearsal.aws.invokes import region_names
from infra.rehearsal.aws.values import optional_text, tag_map, texts
from infra.wire import UNKNOWN, Properties, Value

HARMLESS = frozenset(
    {
        *("version", "pluginDownloadURL"),
        *("skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"),
        "skipRequestingAccountId",
    }
)
"""Settings that change nothing here: the simulation checks no credentials of the engine."""
USED = frozenset({"region", "defaultTags", "allowedAccountIds"})


@dataclass(frozen=True)
class Configuration:
    """What an instance works with."""

    region: str
    default_tags: dict[str, str]
    allowed_account_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, arguments: Properties) -> "Configuration":
        """Read checked arguments; nested values travel as JSON text."""
        tags = _nested(arguments.get("defaultTags"))
        return cls(
            region=optional_text(arguments, "region"),
            default_tags=tag_map(tags.get("tags")) if isinstance(tags, dict) else {},
            allowed_account_ids=tuple(
                texts({"ids": _nested(arguments.get("allowedAccountIds"))}, "ids")
            ),
        )

    def allows(self, account_id: str) -> bool:
        """Whether the program may touch this account."""
        return not self.allowed_account_ids or account_id in self.allowed_account_ids


def configuration_problems(arguments: Properties) -> list[tuple[str, str]]:
    """Return (setting, reason) for what cannot be rehearsed."""
    found = [
        (name, "not simulated: this setting of the AWS provider has no meaning in a rehearsal")
        for name in sorted(arguments.keys() - USED - HARMLESS)
    ]
    region = arguments.get("region")
    if region is None:
        found.append(("region", "must be set; the rehearsal never falls back to a surrounding one"))
    elif region != UNKNOWN and region not in region_names():
        allowed = ", ".join(sorted(region_names()))
        found.append(("region", f"{region!r} is no AWS region; allowed are {allowed}"))
    tags = _nested(arguments.get("defaultTags"))
    if isinstance(tags, dict) and tags.keys() - {"tags"}:
        unknown = ", ".join(sorted(tags.keys() - {"tags"}))
        found.append(("defaultTags", f"no such property: {unknown}"))
    return found


def _nested(value: Value) -> Value:
    if isinstance(value, str) and value != UNKNOWN:
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
