"""What an examination found, for whoever is on call.

Owns the text: what is wrong first, each with what confirms it and where to read on.
"""

from collections.abc import Iterator, Sequence

from infra.doctor.examine import SHOWN, Case, Evidence, Finding, Verdict

LINES = 12
"""Of the output of one command; the rest is one command away."""
_ORDER = (Verdict.FIRING, Verdict.SILENT, Verdict.PENDING, Verdict.UNKNOWN)


def is_fine(findings: Sequence[Finding]) -> bool:
    """Return whether nothing is wrong, and nothing unknown."""
    return all(one.verdict is Verdict.FINE for one in findings)


def text(findings: Sequence[Finding]) -> str:
    """Return the report."""
    wrong = [one for verdict in _ORDER for one in findings if one.verdict is verdict]
    known = [one for one in wrong if one.verdict is not Verdict.UNKNOWN]
    return "\n".join(
        [
            *(line for one in known for line in _finding(one)),
            *_unknown([one for one in wrong if one.verdict is Verdict.UNKNOWN]),
            _last_line(findings),
        ]
    )


def _finding(one: Finding) -> Iterator[str]:
    yield f"{one.verdict} ({one.alert.severity}): {one.alert.alert}"
    if one.verdict is Verdict.SILENT:
        yield "  it should always fire; whoever waits for it is told that the platform is silent"
    for case in one.cases:
        yield from _case(case)
    if len(one.cases) > SHOWN:
        yield f"  the commands were run for the first {SHOWN}"
    yield f"  how to mend: {one.alert.runbook}"
    yield ""


def _case(case: Case) -> Iterator[str]:
    yield f"  {case.summary or case.labels}, since {case.since or 'an unknown moment'}"
    for one in case.evidence:
        yield from _evidence(one)


def _evidence(one: Evidence) -> Iterator[str]:
    yield f"    $ {one.asked}"
    yield from (f"      {line}" for line in one.lines[:LINES])
    if len(one.lines) > LINES:
        yield f"      … {len(one.lines) - LINES} more lines"
    if not one.is_fine:
        yield "      this could not be confirmed"


def _unknown(findings: Sequence[Finding]) -> Iterator[str]:
    """Say why things are unknown: once for all that are so for the same reason."""
    reasons: dict[str, list[str]] = {}
    for one in findings:
        reasons.setdefault(one.why, []).append(one.alert.alert)
    for why, alerts in reasons.items():
        yield f"unknown: {why}"
        yield f"  {len(alerts)} alerts: {', '.join(alerts)}"
        yield ""


def _last_line(findings: Sequence[Finding]) -> str:
    counts = [(verdict, sum(one.verdict is verdict for one in findings)) for verdict in Verdict]
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    return f"{len(findings)} alerts: {said or 'none is declared'}"
