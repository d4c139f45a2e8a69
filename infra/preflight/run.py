"""A preflight from its first question to its report.

Owns which questions a stack raises, and what their answers mean together. Does not own the answers.
"""

from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError

from infra.aws_api import AwsApi, Boto3Api
from infra.cloud_error import CloudApiError
from infra.preflight.account import UnknownQuotaError, account_facts
from infra.preflight.facts import Facts, FactsError, load_facts
from infra.preflight.network import read_network
from infra.preflight.network_checks import Finding, check_network
from infra.preflight.quotas import increases
from infra.preflight.report import network_report, quota_lines
from infra.spec.stack import StackSpec


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
        PreflightError: no credentials, AWS refuses, or there are no such facts.
    """
    try:
        api = Boto3Api(boto3.Session(), spec.cloud.region)
        facts = load_facts(facts_name) if facts_name else account_facts(api)
        return judge(spec, facts, network_findings(api, spec))
    except (BotoCoreError, CloudApiError) as error:
        message = (
            f"{error}\nneeds credentials that may read: `aws sts get-caller-identity` says whose"
        )
        raise PreflightError(message) from error
    except (FactsError, UnknownQuotaError) as error:
        raise PreflightError(str(error)) from error


def network_findings(api: AwsApi, spec: StackSpec) -> list[Finding]:
    """Return what is wrong with the network that a stack names; nothing where it makes its own.

    Raises:
        CloudApiError: AWS refuses a call, or does not answer.
    """
    if not spec.network.is_foreign:
        return []
    return check_network(read_network(api, spec.network), spec)


def judge(spec: StackSpec, facts: Facts, findings: list[Finding]) -> PreflightReport:
    """Return the report on an account and a network."""
    wanted = increases(spec, facts)
    blocked = any(one.blocks_the_first_up for one in wanted)
    blocked = blocked or any(finding.blocks for finding in findings)
    parts = [
        f"quotas of {facts.name} ({facts.source}, {facts.source_date})",
        *(f"  {line}" for line in quota_lines(wanted) or ["enough for every pool's maximum"]),
        *(f"  {one.request(spec.cloud.region)}" for one in wanted),
    ]
    if spec.network.is_foreign:
        parts += ["", network_report(findings, spec)]
    return PreflightReport(ready=not blocked, text="\n".join(parts))
