"""How long the clouds' own stores keep lines of logs: on AWS not any number of days."""

from infra.spec.cloud import CloudProvider

CLOUDWATCH_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Of a log group (CloudWatch Logs API, `PutRetentionPolicy.retentionInDays`, read 2026-11-28)."""
MOST_BUCKET_DAYS = 3650
"""Of a log bucket (Cloud Logging documentation, custom retention: 1 to 3650 days, as public
repositories quote it, read 2026-11-26). The discovery document names only the least."""


def cloudwatch_days(most: int) -> tuple[int, ...]:
    """Return the days of a log group, up to a number of them."""
    return tuple(days for days in CLOUDWATCH_DAYS if days <= most)


def no_shorter(days: int, allowed: tuple[int, ...]) -> int:
    """Return the first that is no shorter, or the longest."""
    return next((one for one in allowed if one >= days), allowed[-1])


def kept_days(provider: CloudProvider, days: int) -> int:
    """Return for how long a cloud keeps lines that should be kept for so many days."""
    if provider is CloudProvider.AWS:
        return no_shorter(days, CLOUDWATCH_DAYS)
    return min(days, MOST_BUCKET_DAYS)
