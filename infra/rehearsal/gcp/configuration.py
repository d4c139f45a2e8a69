"""The configuration of one provider instance: what the rehearsal takes, and what it refuses."""

from dataclasses import dataclass

from infra.catalog.regions import region_names
from infra.rehearsal.cloud.configuration import Problem, missing, nested, not_simulated
from infra.replies import optional_text, tag_map
from infra.wire import UNKNOWN, Properties

HARMLESS = frozenset(
    {
        *("disableGooglePartnerName", "googlePartnerName"),
        *("batching", "pollInterval", "requestReason", "requestTimeout"),
        *("accessToken", "billingProject", "userProjectOverride"),
    }
)
"""Settings that change nothing here: the simulation checks no credentials of the engine."""
USED = frozenset({"project", "region", "zone", "defaultLabels", "addPulumiAttributionLabel"})
ATTRIBUTION = {"goog-pulumi-provisioned": "true"}
"""The label that the real provider puts on everything, unless told not to (pulumi-gcp 10.2.0)."""
LOCATED_BY = frozenset({"project", "region", "zone"})


@dataclass(frozen=True)
class Configuration:
    """What an instance works with."""

    project: str
    region: str
    zone: str
    default_labels: dict[str, str]

    @classmethod
    def of(cls, arguments: Properties) -> "Configuration":
        """Read checked arguments; nested values travel as JSON text."""
        attributed = nested(arguments.get("addPulumiAttributionLabel")) is not False
        labels = tag_map(nested(arguments.get("defaultLabels")))
        return cls(
            project=optional_text(arguments, "project"),
            region=optional_text(arguments, "region"),
            zone=optional_text(arguments, "zone"),
            default_labels={**labels, **(ATTRIBUTION if attributed else {})},
        )


def configuration_problems(arguments: Properties) -> list[Problem]:
    """Return (setting, reason) for what cannot be rehearsed."""
    found = not_simulated(arguments, USED | HARMLESS, "Google's")
    found += missing(arguments, ("project", "region"))
    region = arguments.get("region")
    if region not in (None, UNKNOWN, *region_names("gcp")):
        allowed = ", ".join(sorted(region_names("gcp")))
        found.append(("region", f"{region!r} is no region that we know; known are {allowed}"))
    return found
