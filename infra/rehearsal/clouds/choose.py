"""The one place that chooses by cloud; what it loads, it loads for that cloud only."""

from infra.rehearsal.clouds.port import RehearsedCloud
from infra.spec.cloud import CloudProvider


def rehearsed_cloud(provider: CloudProvider) -> RehearsedCloud:
    """Return the cloud of a stack."""
    match provider:
        case CloudProvider.AWS:
            from infra.rehearsal.clouds.aws import RehearsedAws  # noqa: PLC0415 - AWS's SDK

            return RehearsedAws()
        case CloudProvider.GCP:
            from infra.rehearsal.clouds.gcp import RehearsedGcp  # noqa: PLC0415 - Google's SDK

            return RehearsedGcp()
