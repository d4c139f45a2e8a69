"""The quotas of a real project, asked of Compute Engine and of the Cloud Quotas API.

Owns asking. What a stack needs of them is in `needs`.
A region, and the project itself, tell their quotas with what is in use. The quota that newer GPUs
share on demand they do not tell: `family_quota` asks for it.
"""

from datetime import UTC, datetime

from infra.cloud_error import CloudApiError
from infra.google_api import GoogleApi
from infra.preflight.facts import Facts
from infra.preflight.gcp.catalogue import QUOTAS
from infra.preflight.gcp.family_quota import family_limits
from infra.preflight.verdict import why_unknown
from infra.replies import blocks
from infra.wire import Properties, Value

NOT_AMONG_THEM = "Compute Engine does not list it"
"""Why a quota is not told although nobody refused."""


def project_facts(api: GoogleApi) -> Facts:
    """Return what Google tells of the project's quotas, in the region and over all.

    What it refuses to tell is untold, with the reason; the other calls are made nevertheless.

    Raises:
        PreflightError: there are no credentials.
    """
    place = {"project": api.project, "region": api.region}
    everywhere, denied = _told(api, "compute.projects.get", project=api.project)
    regional, denied_there = _told(api, "compute.regions.get", **place)
    families, untold_families = family_limits(api)
    told = [*everywhere, *regional]
    quotas = _numbers(told, "limit") | families
    return Facts(
        name="this project",
        source=f"Compute Engine and Cloud Quotas in {api.project} and {api.region}",
        source_date=datetime.now(UTC).date(),
        quotas=quotas,
        in_use=_numbers(told, "usage"),
        offerings={},
        addon_versions={},
        untold={
            code: (denied if quota.is_global else denied_there) or NOT_AMONG_THEM
            for code, quota in QUOTAS.items()
            if code not in quotas and not quota.family
        }
        | untold_families,
    )


def _told(api: GoogleApi, method: str, **place: str) -> tuple[list[Properties], str]:
    """Return the quotas that a call tells, and why not where it does not."""
    try:
        reply = api.call(method, None, **place)
    except CloudApiError as error:
        return [], why_unknown(error)
    return [one for one in blocks(reply, "quotas") if one.get("metric") in QUOTAS], ""


def _numbers(quotas: list[Properties], member: str) -> dict[str, int]:
    """Return a member of each quota by its metric; what is no number is left out: not known."""
    return {
        str(quota["metric"]): int(float(str(quota[member])))
        for quota in quotas
        if _is_number(quota.get(member))
    }


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
