"""A preflight from its first question to its report.

Owns which questions a stack raises, and what their answers mean together. Does not own the answers.
"""

from dataclasses import dataclass

from infra.cloud_error import CloudApiError
from infra.preflight.facts import Facts, FactsError, UnknownQuotaError, load_facts
from infra.preflight.findings import Finding
from infra.preflight.quotas import increases, needs, untold
from infra.preflight.report import (
    findings_report,
    network_report,
    quota_lines,
    untold_lines,
    use_lines,
)
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

CREDENTIALS = {
    CloudProvider.AWS: "`aws sts get-caller-identity` says whose",
    CloudProvider.GCP: "`gcloud auth application-default login` makes them",
}
"""Where the credentials of a command come from."""


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
    """Ask about quotas, about a network that exists, and on Google Cloud about enabled APIs.

    Args:
        spec: the stack.
        facts_name: facts to take instead of asking for the account's quotas; empty to ask.

    Raises:
        PreflightError: no credentials, the cloud refuses, or there are no such facts.
    """
    try:
        given = load_facts(facts_name, spec.cloud.provider) if facts_name else None
        return _ask_gcp(spec, given) if spec.cloud.project else _ask_aws(spec, given)
    except CloudApiError as error:
        hint = CREDENTIALS[spec.cloud.provider]
        message = f"{error}\nneeds credentials that may read: {hint}"
        raise PreflightError(message) from error
    except (FactsError, UnknownQuotaError) as error:
        raise PreflightError(str(error)) from error


def _ask_aws(spec: StackSpec, given: Facts | None) -> PreflightReport:
    from infra.aws_api import own_account
    from infra.preflight.aws.account import account_facts
    from infra.preflight.aws.network_checks import network_findings

    api = own_account(spec.cloud.region)
    return judge(spec, given or account_facts(api), network_findings(api, spec))


def _ask_gcp(spec: StackSpec, given: Facts | None) -> PreflightReport:
    from infra.google_api import RestApi
    from infra.preflight.gcp.account import project_facts
    from infra.preflight.gcp.network_checks import network_findings
    from infra.preflight.gcp.services import service_findings

    api = RestApi(spec.cloud.project or "", spec.cloud.region)
    if given is not None:  # then only the network is asked about, where there is one to ask about
        return judge(spec, given, network_findings(api, spec))
    services = service_findings(api, spec)
    return judge(spec, project_facts(api), network_findings(api, spec), services)


def judge(
    spec: StackSpec, facts: Facts, network: list[Finding], services: list[Finding] | None = None
) -> PreflightReport:
    """Return the report on an account and a network.

    Args:
        spec: the stack.
        facts: the account's quotas.
        network: what was found about the network that the stack names.
        services: what was found about the cloud's APIs in the account; None where nobody asked.
    """
    wanted, unknown = increases(spec, facts), untold(spec, facts)
    blocked = (
        any(one.blocks_the_first_up for one in wanted)
        or any(one.at_minimum for one in unknown)
        or any(finding.blocks for finding in (*network, *(services or ())))
    )
    quotas = [*quota_lines(wanted), *untold_lines(unknown)] or ["enough for every pool's maximum"]
    parts = [
        f"quotas of {facts.name} ({facts.source}, {facts.source_date})",
        *(f"  {line}" for line in (*quotas, *use_lines(needs(spec), facts))),
        *(f"  {one.request(spec.cloud)}" for one in wanted),
    ]
    if services is not None:
        parts += ["", findings_report(f"APIs of {spec.cloud.project}", services)]
    if spec.network.is_foreign:
        parts += ["", network_report(network, spec)]
    return PreflightReport(ready=not blocked, text="\n".join(parts))
