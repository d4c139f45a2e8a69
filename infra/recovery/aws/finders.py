"""Every type of AWS that a stack creates, and how a pending create of it is found."""

from collections.abc import Mapping

from infra.aws_api import AwsApi
from infra.aws_api import own_account as own_api
from infra.recovery.aws import (
    in_billing,
    in_ec2,
    in_eks,
    in_elasticache,
    in_iam_and_keys,
    in_stores,
)
from infra.recovery.candidates import Account, Finder

FINDERS: Mapping[str, Finder[AwsApi]] = {
    **in_billing.FINDERS,
    **in_ec2.FINDERS,
    **in_eks.FINDERS,
    **in_elasticache.FINDERS,
    **in_iam_and_keys.FINDERS,
    **in_stores.FINDERS,
}


def own_account(region: str) -> Account[AwsApi]:
    """Return where whoever runs this can look.

    Raises:
        CloudApiError: the terminal names credentials that are not there.
    """
    return Account(own_api(region), FINDERS)
