"""What a stack may cost: caps that the policy pack and the review of a change hold it to.

Owns the words. What a stack costs is in `infra.cost`; who stops what, in `policies`; what the cloud
watches, in `components/{aws,gcp}/budget.py`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section

MOST_RECEIVERS = 5
"""A budget of Google Cloud tells at most so many channels (billingbudgets v1,
`NotificationsRule.monitoringNotificationChannels`); one of AWS, ten addresses."""
MOST_USD = 1_000_000_000
"""More than anybody's bill; a larger number is a slip of the finger."""


class OnUnknown(StrEnum):
    """What happens when something costs money and has no known price."""

    FAIL = "fail"
    WARN = "warn"


class BudgetSpec(Section):
    """Caps in US dollars, list prices without tax. An absent cap is no cap."""

    monthly_usd: Annotated[float, Field(gt=0, le=MOST_USD, strict=True)] | None
    """What the stack's expected month may cost at most. The cloud gets a budget of as much."""
    receivers: tuple[str, ...]
    """E-mail addresses that the cloud writes to when the month's bill nears that, and when a day is
    unusual. The cloud can read no secret of ours: the receivers of alerts are not known to it."""
    hourly_usd: Annotated[float, Field(gt=0, le=MOST_USD, strict=True)] | None
    """What one hour may cost at most, with every pool at its maximum."""
    change_usd: Annotated[float, Field(gt=0, le=MOST_USD, strict=True)] | None
    """By how much one change may raise the expected month."""
    gpus: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None
    """GPUs at most, with every pool at its maximum."""
    on_unknown: OnUnknown
    """Whether something without a known price stops the stack or is only named."""
