"""The quotas of each cloud that a first deployment meets."""

from collections.abc import Mapping

from infra.preflight.aws import catalogue as aws
from infra.preflight.gcp import catalogue as gcp
from infra.preflight.quota import Quota
from infra.spec.cloud import CloudProvider


def known_quotas(cloud: CloudProvider) -> Mapping[str, Quota]:
    """Return the quotas of a cloud by code."""
    return aws.QUOTAS if cloud is CloudProvider.AWS else gcp.QUOTAS
