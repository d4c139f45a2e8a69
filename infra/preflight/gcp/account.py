"""The quotas of a real project, asked of Compute Engine.

Owns asking. What a stack needs of them is in `needs`.
A region, and the project itself, tell their quotas with what is in use. The quota that newer GPUs
share on demand, which has a limit for each GPU family, they do not tell: it stays unknown.
"""

from datetime import UTC, datetime

from infra.google_api import GoogleApi
from infra.preflight.facts import Facts
from infra.preflight.gcp.catalogue import QUOTAS
from infra.replies import blocks
from infra.wire import Properties, Value


def project_facts(api: GoogleApi) -> Facts:
    """Return what Google tells of the project's quotas, in the region and over all.

    Raises:
        CloudApiError: Google refuses a call, or does not answer.
    """
    told: list[Properties] = [
        quota
        for reply in (
            api.call("compute.projects.get", project=api.project),
            api.call("compute.regions.get", project=api.project, region=api.region),
        )
        for quota in blocks(reply, "quotas")
        if quota.get("metric") in QUOTAS
    ]
    return Facts(
        name="this project",
        source=f"Compute Engine in {api.project} and {api.region}",
        source_date=datetime.now(UTC).date(),
        quotas=_numbers(told, "limit"),
        in_use=_numbers(told, "usage"),
        offerings={},
        addon_versions={},
    )


def _numbers(quotas: list[Properties], member: str) -> dict[str, int]:
    """Return a member of each quota by its metric; what is no number is left out: not known."""
    return {
        str(quota["metric"]): int(float(str(quota[member])))
        for quota in quotas
        if _is_number(quota.get(member))
    }


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
