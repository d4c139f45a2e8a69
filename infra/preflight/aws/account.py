"""The quotas of a real account, asked of Service Quotas.

Owns asking. What a stack needs of them is in `quotas`.
"""

from datetime import UTC, datetime

from infra.aws_api import AwsApi
from infra.cloud_error import CloudApiError
from infra.preflight.aws.catalogue import QUOTAS, AwsQuota
from infra.preflight.facts import Facts
from infra.preflight.verdict import why_unknown
from infra.replies import dig


def account_facts(api: AwsApi) -> Facts:
    """Return the account's quotas in the region as facts.

    A quota that AWS refuses to tell is untold, with the reason; the rest are asked nevertheless.

    Raises:
        PreflightError: there are no credentials.
    """
    quotas: dict[str, int] = {}
    untold: dict[str, str] = {}
    for code, quota in QUOTAS.items():
        try:
            value = _value(api, quota)
        except CloudApiError as error:
            untold[code] = why_unknown(error)
            continue
        if value is None:
            untold[code] = "AWS gives no number"
        else:
            quotas[code] = value
    return Facts(
        name="this account",
        source=f"Service Quotas in {api.region}",
        source_date=datetime.now(UTC).date(),
        quotas=quotas,
        offerings={},
        addon_versions={},
        untold=untold,
    )


def _value(api: AwsApi, quota: AwsQuota) -> int | None:
    address = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        reply = api.call("service-quotas", "GetServiceQuota", **address)
    except CloudApiError as error:
        if not error.not_found:
            raise
        # A quota that was never raised may have no value of its own.
        reply = api.call("service-quotas", "GetAWSDefaultServiceQuota", **address)
    value = dig(reply, "Quota.Value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)
