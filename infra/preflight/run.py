"""A preflight from its first question to its report.

Owns which questions a stack raises, and what their answers mean together. Does not own the answers.
"""

from dataclasses import dataclass

from infra.cloud_error import CloudApiError
from infra.preflight.facts import Facts, FactsError, UnknownQuotaError, load_facts
from infra.preflight.findings import Finding
from infra.preflight.quotas import increases
from infra.preflight.report import network_report, quota_lines
from infra.spec.stack import StackSpec

WHOSE = "`aws sts get-caller-identity`"
"""What says whose credentials a command uses."""


class PreflightError(ValueError):
    """A question got no answer: nothing can be said, neither good nor bad."""


@dataclass(frozen=True)
class PreflightReport:
    """What a preflight found."""

    ready: bool
    """Whether the first `up` may go ahead."""
    text: str
    """The report, for a person."""


def run_preflight(spec: StackSpec, facts_name: str) -> PreflightReport:
    """Ask about quotas and, where the stack names one, about a network that exists.

    Args:
        spec: the stack.
        facts_name: facts to take instead of asking for the account's quotas; empty to ask.

    Raises:
        PreflightError: no credentials, the cloud refuses, or there are no such facts.
    """
    try:
        given = load_facts(facts_name, spec.cloud.provider) if facts_name else None
        facts, findings = _ask_aws(spec, given)
    except CloudApiError as error:
        message = f"{error}\nneeds credentials that may read: {WHOSE} says whose"
        raise PreflightError(message) from error
    except (FactsError, UnknownQuotaError) as error:
        raise PreflightError(str(error)) from error
    return judge(spec, facts, findings)


def _ask_aws(spec: StackSpec, given: Facts | None) -> tuple[Facts, list[Finding]]:
    from infra.aws_api import own_account
    from infra.preflight.aws.account import account_facts
    from infra.preflight.aws.network_checks import network_findings

    api = own_account(spec.cloud.region)
    return given or account_facts(api), network_findings(api, spec)


def judge(spec: StackSpec, facts: Facts, findings: list[Finding]) -> PreflightReport:
    """Return the report on an account and a network."""
    wanted = increases(spec, facts)
    blocked = any(one.blocks_the_first_up for one in wanted)
    blocked = blocked or any(finding.blocks for finding in findings)
    parts = [
        f"quotas of {facts.name} ({facts.source}, {facts.source_date})",
        *(f"  {line}" for line in quota_lines(wanted) or ["enough for every pool's maximum"]),
        *(f"  {one.request(spec.cloud)}" for one in wanted),
    ]
    if spec.network.is_foreign:
        parts += ["", network_report(findings, spec)]
    return PreflightReport(ready=not blocked, text="\n".join(parts))
