"""What a preflight says: quotas that are too small, and a network that is not fit, as plain text.

Owns the words. Everything in them was computed in `quotas` and by a cloud's `network_checks`.
"""

from collections.abc import Sequence

from infra.preflight.findings import Finding
from infra.preflight.quotas import Increase
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


def network_report(findings: Sequence[Finding], spec: StackSpec) -> str:
    """Return all findings about a network, those that block first, one paragraph each."""
    if not findings:
        return f"network {spec.network.vpc_id}: fit"
    blocking = sum(finding.blocks for finding in findings)
    title = f"network {spec.network.vpc_id}: {blocking} to mend, {len(findings) - blocking} advised"
    ordered = sorted(findings, key=lambda finding: not finding.blocks)
    paragraphs = [
        str(finding.mistake) if finding.blocks else f"advised: {finding.mistake}"
        for finding in ordered
    ]
    return "\n\n".join((title, *paragraphs))
