"""The quota that newer GPUs share on demand, asked of the Cloud Quotas API.

Owns asking, and which of its entries is a region's. Compute Engine tells no limit of this quota,
and the Cloud Quotas API tells no usage of it: what is in use stays unknown.

Sources: REST reference of the Cloud Quotas API v1, `QuotaInfo` and `DimensionsInfo`; entries as
two public projects recorded them, 2026-08 and 2026-09 (`{"gpu_family": "NVIDIA_H100"}`).
"""

from collections.abc import Mapping

from infra.cloud_error import CloudApiError
from infra.google_api import GoogleApi
from infra.preflight.gcp.catalogue import QUOTAS, GcpQuota
from infra.preflight.verdict import why_unknown
from infra.replies import blocks, optional_text, tag_map, texts
from infra.wire import Properties

METHOD = "cloudquotas.projects.locations.services.quotaInfos.get"
SERVICE = "compute.googleapis.com"
NOT_TOLD = "the Cloud Quotas API tells no limit of it in the region"
_REGION, _FAMILY = "region", "gpu_family"

FAMILIES: Mapping[str, GcpQuota] = {
    quota.family: quota for quota in QUOTAS.values() if quota.family
}
"""GPU family to the code under which the catalogue has it."""


def family_limits(api: GoogleApi) -> tuple[dict[str, int], dict[str, str]]:
    """Return the limit of each family by quota code, in GPUs; and why not, for all others.

    Raises:
        PreflightError: there are no credentials.
    """
    (quota_id,) = {quota.quota_id for quota in FAMILIES.values()}
    place = f"projects/{api.project}/locations/global/services/{SERVICE}"
    try:
        reply = api.call(METHOD, None, name=f"{place}/quotaInfos/{quota_id}")
    except CloudApiError as error:
        why = why_unknown(error)
        return {}, {quota.code: why for quota in FAMILIES.values()}
    entries = blocks(reply, "dimensionsInfos")
    told = {
        quota.code: limit
        for family, quota in FAMILIES.items()
        if (limit := _limit(entries, family, api.region)) is not None
    }
    silent = [quota.code for quota in FAMILIES.values() if quota.code not in told]
    return told, dict.fromkeys(silent, NOT_TOLD)


def _limit(entries: list[Properties], family: str, region: str) -> int | None:
    """Return what the entry says that names most of family and region: it is the one that counts.

    None where no entry is about them, or the entry has no number: -1 is `unlimited` there.
    """
    about = [entry for entry in entries if _is_about(entry, family, region)]
    if not about:
        return None
    nearest = max(about, key=lambda entry: len(tag_map(entry.get("dimensions"))))
    value = optional_text(nearest, "details.value")
    return int(value) if value.isdecimal() else None


def _is_about(entry: Properties, family: str, region: str) -> bool:
    named = tag_map(entry.get("dimensions"))
    if named.get(_FAMILY, family) != family:
        return False
    if _REGION in named:
        return named[_REGION] == region
    return region in texts(entry, "applicableLocations")
