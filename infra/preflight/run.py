"""A preflight from its first question to its report.

Owns which questions a stack raises, and what their answers mean together. Does not own the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.cloud_error import CloudApiError
from infra.preflight.facts import Facts, FactsError, load_facts, require_region
from infra.preflight.hub import Head, head, model_rows
from infra.preflight.machines import machine_types
from infra.preflight.quota_rows import quota_rows
from infra.preflight.report import table
from infra.preflight.survey import Survey
from infra.preflight.verdict import PreflightError, Row, Verdict, not_asked
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

CREDENTIALS = {
    CloudProvider.AWS: "`aws sts get-caller-identity` says whose",
    CloudProvider.GCP: "`gcloud auth application-default login` makes them",
}
"""Where the credentials of a command come from."""


@dataclass(frozen=True)
class PreflightReport:
    """What a preflight found."""

    title: str
    """Which stack, which account, when."""
    rows: Sequence[Row]

    @property
    def text(self) -> str:
        """The report, for a person."""
        return f"{self.title}\n\n{table(self.rows)}"

    @property
    def exit_code(self) -> int:
        """0 when all is enough, 1 when something is short, 3 when nothing is but some is unknown.

        2 is what a command says of bad input.
        """
        found = {row.verdict for row in self.rows}
        if Verdict.SHORT in found:
            return 1
        return 3 if Verdict.UNKNOWN in found else 0


def run_preflight(spec: StackSpec, facts_name: str, ask: Head = head) -> PreflightReport:
    """Ask an account, and the hub, all that a stack needs.

    Args:
        spec: the stack.
        facts_name: facts to take instead of the account's answers; empty to ask. The network that a
            stack names is asked about in both cases.
        ask: how the hub is asked.

    Raises:
        PreflightError: no credentials, or there are no such facts.
    """
    try:
        if facts_name:
            facts = load_facts(facts_name, spec.cloud.provider)
            require_region(facts, spec.cloud.region)
            rows = [*facts_rows(spec, facts), *_network(spec)]
        else:
            found = survey_of(spec)
            facts, rows = found.facts, [*found.rows]
    except FactsError as error:
        raise PreflightError(str(error)) from error
    if not facts_name:
        rows += model_rows(spec.models, spec.hub, ask)
    return judge(spec, facts, rows)


def survey_of(spec: StackSpec) -> Survey:
    """Ask the account of whoever runs this.

    Raises:
        PreflightError: there are no credentials.
    """
    try:
        if spec.cloud.project:
            from infra.google_api import RestApi
            from infra.preflight.gcp.survey import survey as survey_gcp

            return survey_gcp(RestApi(spec.cloud.project, spec.cloud.region), spec)
        from infra.aws_api import own_account
        from infra.preflight.aws.survey import survey as survey_aws

        return survey_aws(own_account(spec.cloud.region), spec)
    except (CloudApiError, PreflightError) as error:
        raise _no_credentials(spec, error) from error


def judge(spec: StackSpec, facts: Facts, rows: Sequence[Row]) -> PreflightReport:
    """Return the report on an account: all rows below where their answers come from."""
    title = (
        f"preflight of {spec.name} in {spec.cloud.region}: {facts.name} "
        f"({facts.source}, {facts.source_date})"
    )
    return PreflightReport(title, rows)


def facts_rows(spec: StackSpec, facts: Facts) -> list[Row]:
    """Return what facts alone say of a stack: its quotas, and the zones that sell its machines."""
    return [*quota_rows(spec, facts), *offering_rows(spec, facts)]


def offering_rows(spec: StackSpec, facts: Facts) -> list[Row]:
    """Return a row for each machine type of a stack whose zones the facts name."""
    if Layer.FOUNDATION not in spec.layers:
        return []
    rows = []
    for name in machine_types(spec):
        if name in facts.offerings:
            zones = facts.offerings[name]
            row = not_asked("machine", name, f"sold in a zone of {spec.cloud.region}")
            verdict = Verdict.ENOUGH if zones else Verdict.SHORT
            steps = () if zones else ("choose another machine type or another region",)
            rows.append(row.said(", ".join(zones) or "not sold", verdict, *steps))
    return rows


def _network(spec: StackSpec) -> list[Row]:
    if not spec.network.is_foreign:
        return []
    try:
        if spec.cloud.project:
            from infra.google_api import RestApi
            from infra.preflight.gcp.survey import network_rows as rows_gcp

            return rows_gcp(RestApi(spec.cloud.project, spec.cloud.region), spec)
        from infra.aws_api import own_account
        from infra.preflight.aws.survey import network_rows as rows_aws

        return rows_aws(own_account(spec.cloud.region), spec)
    except (CloudApiError, PreflightError) as error:
        raise _no_credentials(spec, error) from error


def _no_credentials(spec: StackSpec, error: Exception) -> PreflightError:
    hint = CREDENTIALS[spec.cloud.provider]
    return PreflightError(f"{error}\nneeds credentials that may read: {hint}")
