"""A stack for a while: a platform that a pull request brings up, and that nobody should forget."""

from datetime import date

from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.report import Report
from infra.spec.section import Section


class PreviewStackSpec(Section):
    """Until when a stack may stand. A stack without it stays until somebody destroys it."""

    expires: str | None
    """The day, UTC, from which `tokenworks sweep` takes it away, `2026-12-01`. In `dev` alone."""


def check_preview_stack(
    preview: Draft[PreviewStackSpec], environment: Environment, report: Report
) -> None:
    """Check that the day is one, and that nothing of value can expire."""
    expires = preview.spec.expires
    if not preview.good("expires") or expires is None:
        return
    if day_of(expires) is None:
        report.add(
            preview.at("expires"),
            "is not a day",
            expires,
            allowed="year, month and day, in quotes",
            next_step='write for example expires: "2026-12-01"',
        )
    if environment is not Environment.DEV:
        report.add(
            preview.at("expires"),
            f"would let a stack of {environment.value} be swept away",
            expires,
            allowed="stacks of dev",
            next_step="remove it, or write environment: dev",
        )


def day_of(written: str) -> date | None:
    """Return the day that is written as `2026-12-01`; None where it is none."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day.isoformat() == written else None
