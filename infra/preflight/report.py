"""What a preflight says, as plain text: a table, what to ask for, what is not fit.

Owns the words. Everything in them was computed in `quotas` and by a cloud's own checks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from infra.preflight.findings import Finding
from infra.preflight.quota import Increase
from infra.preflight.verdict import Row, Verdict
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


def table(rows: Sequence[Row]) -> str:
    """Return all rows as a table, then what to do about those that are not enough."""
    cells = [("", "", "need", "have", "verdict")] + [
        (row.about, row.what, row.need, row.have, row.verdict.value) for row in rows
    ]
    widths = [max(len(one[column]) for one in cells) for column in range(4)]
    lines = [
        "  ".join(f"{text:<{width}}" for text, width in zip(one, (*widths, 0), strict=True))
        for one in cells
    ]
    return "\n".join((*(line.rstrip() for line in lines), *_paragraphs(rows), "", counts(rows)))


def counts(rows: Sequence[Row]) -> str:
    """Return how many rows have which verdict, `12 enough, 3 short, 1 unknown`."""
    found = Counter(row.verdict for row in rows)
    shown = (Verdict.ENOUGH, Verdict.SHORT, Verdict.UNKNOWN)
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in shown)


def _paragraphs(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.steps:
            yield f"\n{row.what}: {row.have}, needs {row.need}: {row.verdict.value}"
            yield from (f"  {line}" for step in row.steps for line in step.splitlines())


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
