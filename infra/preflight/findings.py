"""What is found about a network that exists, on any cloud.

A finding either blocks, because `up` or the first node would fail, or it advises, because it costs
money or fails later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.preflight.verdict import Row, Verdict
from infra.spec.mistakes import Mistake


@dataclass(frozen=True)
class Finding:
    """One thing about a network."""

    mistake: Mistake
    """What is wrong, in five parts."""
    blocks: bool
    """Whether the platform cannot come up with it; otherwise it costs, or fails later."""


def finding(  # noqa: PLR0913 - the five parts of a mistake
    setting: str, problem: str, got: str, allowed: str, next_step: str, *, blocks: bool = True
) -> Finding:
    """Return a finding from the five parts of its mistake."""
    mistake = Mistake(
        setting=setting, problem=problem, got=got, allowed=allowed, next_step=next_step
    )
    return Finding(mistake, blocks)


def findings_rows(row: Row, findings: Sequence[Finding]) -> list[Row]:
    """Return the rows of what was found about something: one for each that blocks, or one for all.

    What advises is no shortfall: it stands among the steps of the row that says it is fit.
    """
    advice = tuple(f"advised: {finding.mistake}" for finding in findings if not finding.blocks)
    blocking = [finding.mistake for finding in findings if finding.blocks]
    if not blocking:
        return [row.said("fit", Verdict.ENOUGH, *advice)]
    rows = [
        replace(row, what=f"{row.what} {mistake.setting}", need=mistake.allowed).said(
            f"{mistake.got} {mistake.problem}".strip(), Verdict.SHORT, mistake.next_step
        )
        for mistake in blocking
    ]
    return [*rows[:-1], replace(rows[-1], steps=(*rows[-1].steps, *advice))]
