"""The configuration of one provider instance: what the rehearsal takes, and what it refuses."""

from dataclasses import dataclass

from infra.rehearsal.aws.invokes import region_names
from infra.rehearsal.aws.values import optional_text, tag_map, texts
from infra.rehearsal.cloud.configuration import Problem, missing, nested, not_simulated
from infra.wire import UNKNOWN, Properties

HARMLESS = frozenset(
    {
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
        tags = nested(arguments.get("defaultTags"))
        return cls(
            region=optional_text(arguments, "region"),
            default_tags=tag_map(tags.get("tags")) if isinstance(tags, dict) else {},
            allowed_account_ids=tuple(
                texts({"ids": nested(arguments.get("allowedAccountIds"))}, "ids")
            ),
        )

    def allows(self, account_id: str) -> bool:
        """Whether the program may touch this account."""
        return not self.allowed_account_ids or account_id in self.allowed_account_ids


def configuration_problems(arguments: Properties) -> list[Problem]:
    """Return (setting, reason) for what cannot be rehearsed."""
    found = not_simulated(arguments, USED | HARMLESS, "the AWS")
    found += missing(arguments, ("region",))
    region = arguments.get("region")
    if region not in (None, UNKNOWN, *region_names()):
        allowed = ", ".join(sorted(region_names()))
        found.append(("region", f"{region!r} is no AWS region; allowed are {allowed}"))
    tags = nested(arguments.get("defaultTags"))
    if isinstance(tags, dict) and tags.keys() - {"tags"}:
        unknown = ", ".join(sorted(tags.keys() - {"tags"}))
        found.append(("defaultTags", f"no such property: {unknown}"))
    return found
