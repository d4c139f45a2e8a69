"""Quotas as rows: what a stack needs at its largest, what the account has, what to ask for.

Owns the comparison, row by row, and the words of a request: code, value, console, command.
"""

from infra.preflight.facts import Facts
from infra.preflight.quota import QuotaNeed, UnknownBucketError
from infra.preflight.quotas import needs
from infra.preflight.verdict import Row, Verdict, not_asked, unknown
from infra.spec.stack import StackSpec


def quota_rows(spec: StackSpec, facts: Facts) -> list[Row]:
    """Return a row for each quota that a stack needs, with every node group at its maximum."""
    try:
        found = needs(spec)
    except UnknownBucketError as error:
        row = not_asked("quota", "vCPUs or GPUs", "every pool's maximum")
        return [unknown(row, str(error))]
    return [_row(spec, facts, need) for need in found]


def _row(spec: StackSpec, facts: Facts, need: QuotaNeed) -> Row:
    quota, have = need.quota, facts.quotas.get(need.quota.code)
    words = f"{need.at_maximum} {quota.unit}"
    if 0 < need.at_minimum < need.at_maximum:
        words += f" ({need.at_minimum} at once)"
    row = not_asked("quota", f"{quota.code} {quota.name}", words)
    if have is None:
        why = facts.untold.get(quota.code, "not told")
        return row.said("unknown", Verdict.UNKNOWN, *need.because, why, quota.lookup)
    shown = _have(facts, quota.code, have)
    if have >= need.at_maximum:
        return row.said(shown, Verdict.ENOUGH)
    when = "before the first up" if need.at_minimum > have else "before pools grow that far"
    return row.said(
        shown,
        Verdict.SHORT,
        *need.because,
        f"ask for {quota.code} = {need.at_maximum}, {when}",
        quota.console(spec.cloud),
        quota.request(spec.cloud, need.at_maximum),
    )


def _have(facts: Facts, code: str, have: int) -> str:
    """Return a quota's value, and what is in use of it: by this stack, or by another."""
    in_use = facts.in_use.get(code)
    return f"{have}, {in_use} in use" if in_use else str(have)
