"""Which secrets a platform keeps in its cloud's secret manager, whatever the cloud.

Owns their names and where each value comes from. Does not own any value: none ever passes Pulumi.
"""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Who puts the value."""

    PERSON = "person"
    """Somebody, with the cloud's own command: it comes from outside."""
    CLUSTER = "cluster"
    """External Secrets, which generates it in the cluster and pushes it once."""


@dataclass(frozen=True)
class PlatformSecret:
    """One secret."""

    purpose: str
    """Last part of its name: lower-case letters and hyphens."""
    origin: Origin
    """Who puts the value."""
    description: str
    """For whoever finds it in the console."""


HUB_TOKEN = PlatformSecret("hub-token", Origin.PERSON, "Token of the model hub")
PLATFORM_SECRETS = (HUB_TOKEN,)
"""What every platform has: a place for each, with or without a value yet."""
