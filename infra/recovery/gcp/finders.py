"""Every type of Google Cloud that a stack creates, and how a pending create of it is found."""

from collections.abc import Mapping

from infra.google_api import GoogleApi, RestApi
from infra.recovery.candidates import Account, Finder
from infra.recovery.gcp import in_billing, in_cache, in_compute, in_gke, in_iam, in_stores

FINDERS: Mapping[str, Finder[GoogleApi]] = {
    **in_billing.FINDERS,
    **in_cache.FINDERS,
    **in_compute.FINDERS,
    **in_gke.FINDERS,
    **in_iam.FINDERS,
    **in_stores.FINDERS,
}


def own_account(project: str, region: str) -> Account[GoogleApi]:
    """Return where whoever runs this can look; credentials are looked for at the first question."""
    return Account(RestApi(project, region), FINDERS)
