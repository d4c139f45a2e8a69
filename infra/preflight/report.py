"""What a preflight says, as plain text: quotas that are too small or not told, what is not fit.

Owns the words. Everything in them was computed in `quotas` and by a cloud's own checks.
"""

from collections.abc import Sequence

from infra.preflight.facts import Facts
from infra.preflight.findings import Finding
from infra.preflight.quota import Increase, QuotaNeed
from infra.spec.stack import StackSpec


def quota_lines(increases: Sequence[Increase]) -> list[str]:
    """Return two lines for each quota that must be raised: what, and why."""
    lines = []
    for one in increases:
        when = "before the first up" if one.blocks_the_first_up else "before pools grow that far"
        lines += [
            f"{one.quota.code} {one.quota.name}: {one.have} → {one.need} {one.quota.unit}, {when}",
            f"  {'; '.join(one.because)}",
        ]
    return lines


def untold_lines(needs: Sequence[QuotaNeed]) -> list[str]:
    """Return three lines for each quota that nobody tells: how much of it, why, and who says it."""
    lines = []
    for one in needs:
        least = f"{one.at_minimum} at once, " if one.at_minimum else ""
        needed = f"{least}{one.at_maximum} {one.quota.unit} at most"
        lines += [
            f"{one.quota.code} {one.quota.name}: not told; needs {needed}",
            f"  {'; '.join(one.because)}",
            f"  {one.quota.lookup}",
        ]
    return lines


def use_lines(needs: Sequence[QuotaNeed], facts: Facts) -> list[str]:
    """Return a line for each quota that a stack needs and that something uses already."""
    return [
        f"{code} {need.quota.name}: {facts.in_use[code]} of {facts.quotas[code]} in use, "
        "by this stack or another"
        for need in needs
        if (code := need.quota.code) in facts.quotas and facts.in_use.get(code)
    ]


def network_report(findings: Sequence[Finding], spec: StackSpec) -> str:
    """Return all findings about a network, those that block first, one paragraph each."""
    return findings_report(f"network {spec.network.vpc_id}", findings)


def findings_report(about: str, findings: Sequence[Finding]) -> str:
    """Return all findings about something, those that block first, one paragraph each."""
    if not findings:
        return f"{about}: fit"
    blocking = sum(finding.blocks for finding in findings)
    title = f"{about}: {blocking} to mend, {len(findings) - blocking} advised"
    ordered = sorted(findings, key=lambda finding: not finding.blocks)
    paragraphs = [
        str(finding.mistake) if finding.blocks else f"advised: {finding.mistake}"
        for finding in ordered
    ]
    return "\n\n".join((title, *paragraphs))
