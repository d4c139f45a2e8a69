"""The quotas of a real account, asked of Service Quotas.

Owns asking. What a stack needs of them is in `quotas`.
"""

from datetime import UTC, datetime

from infra.aws_api import AwsApi
from infra.cloud_error import CloudApiError
from infra.preflight.aws.catalogue import QUOTAS, AwsQuota
from infra.preflight.facts import Facts, UnknownQuotaError
from infra.replies import dig


def account_facts(api: AwsApi) -> Facts:
    """Return the account's quotas in the region as facts.

    Raises:
        CloudApiError: AWS refuses a call, or does not answer.
        UnknownQuotaError: AWS gives no number for a quota.
    """
    now = datetime.now(UTC).date()
    quotas = {code: _value(api, quota) for code, quota in QUOTAS.items()}
    return Facts(
        name="this account",
        source=f"Service Quotas in {api.region}",
        source_date=now,
        quotas=quotas,
        offerings={},
        addon_versions={},
    )


def _value(api: AwsApi, quota: AwsQuota) -> int:
    address = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        reply = api.call("service-quotas", "GetServiceQuota", **address)
    except CloudApiError as error:
        if not error.not_found and "NoSuchResource" not in error.code:
            raise
        # A quota that was never raised may have no value of its own.
        reply = api.call("service-quotas", "GetAWSDefaultServiceQuota", **address)
    value = dig(reply, "Quota.Value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{quota.code} {quota.name}: AWS gives no value, got {value!r}"
        raise UnknownQuotaError(message)
    return int(value)
