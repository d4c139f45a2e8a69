"""A preflight as a whole: what it says, and when it says no."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.preflight.aws.network_checks import check_network
from infra.preflight.facts import load_facts
from infra.preflight.findings import findings_rows
from infra.preflight.run import facts_rows, judge, offering_rows
from infra.preflight.verdict import Verdict, not_asked
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file
from tests.unit.components.examples import stack_spec
from tests.unit.preflight.aws.test_network_checks import FIT, PRIVATE, SPEC, changed

AWS = CloudProvider.AWS

FRESH = load_facts("fresh-account", AWS)
TYPICAL = load_facts("typical", AWS)
NETWORK = not_asked("network", "vpc-1", "fit")


def test_an_account_with_enough_is_ready() -> None:
    report = judge(stack_spec(), TYPICAL, facts_rows(stack_spec(), TYPICAL))

    assert report.exit_code == 0
    assert "0 short, 0 unknown" in report.text


def test_what_is_short_is_named_with_the_command_that_asks_for_it() -> None:
    report = judge(stack_spec(), FRESH, facts_rows(stack_spec(), FRESH))

    assert report.exit_code == 1
    assert "ask for L-DB2E81BA = " in report.text
    assert "before pools grow that far" in report.text, "pools start at 0"
    assert "aws service-quotas request-service-quota-increase --region us-east-1" in report.text


def test_a_network_that_is_not_fit_is_short_with_the_next_step() -> None:
    unfit = check_network(changed(PRIVATE[0], way_out=None), SPEC)

    report = judge(SPEC, TYPICAL, findings_rows(NETWORK, unfit))

    assert report.exit_code == 1
    assert "has no way out" in report.text
    assert "ask the network's owner for a route" in report.text


def test_advice_stops_nothing() -> None:
    advised = check_network(changed(PRIVATE[0], tags={}), SPEC)

    report = judge(SPEC, TYPICAL, findings_rows(NETWORK, advised))

    assert report.exit_code == 0
    assert "advised: " in report.text


def test_a_fit_network_is_said_to_be_fit() -> None:
    (row,) = findings_rows(NETWORK, check_network(FIT, SPEC))

    assert (row.have, row.verdict) == ("fit", Verdict.ENOUGH)


def test_the_unknown_is_an_exit_code_of_its_own_and_what_is_short_goes_before_it() -> None:
    known, short = NETWORK.said("fit", Verdict.ENOUGH), NETWORK.said("unfit", Verdict.SHORT)

    assert judge(SPEC, TYPICAL, [known, NETWORK]).exit_code == 3
    assert judge(SPEC, TYPICAL, [known, NETWORK, short]).exit_code == 1
    assert judge(SPEC, TYPICAL, [known, NETWORK.said("7", Verdict.SIGNAL)]).exit_code == 0


def test_facts_that_name_no_zone_of_a_machine_make_it_short() -> None:
    facts = replace(TYPICAL, offerings={"m7i.large": ("us-east-1a",), "g6.2xlarge": ()})

    rows = {row.what: row.verdict for row in offering_rows(load_stack_file("aws-dev"), facts)}

    assert rows == {"m7i.large": Verdict.ENOUGH, "g6.2xlarge": Verdict.SHORT}


@pytest.mark.parametrize("stack", ["aws-dev", "gcp-dev"])
def test_without_credentials_nothing_is_said_about_the_account(stack: str) -> None:
    done = CliRunner().invoke(app, ["preflight", stack])

    assert done.exit_code == 2
    assert "credentials" in done.output
    assert "enough" not in done.output


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("aws-dev", "ask for L-DB2E81BA = 8, before pools grow that far"),
        ("gcp-dev", "ask for GPUS_ALL_REGIONS = 3, before pools grow that far"),
    ],
)
def test_the_command_takes_facts_instead_of_an_account(stack: str, words: str) -> None:
    done = CliRunner().invoke(app, ["preflight", stack, "--facts", "fresh-account"])

    assert done.exit_code == 1
    assert words in done.output


def test_facts_that_are_not_there_are_a_mistake() -> None:
    done = CliRunner().invoke(app, ["preflight", "aws-dev", "--facts", "nobody"])

    assert done.exit_code == 2


def test_facts_that_do_not_exist_are_no_question_of_credentials() -> None:
    done = CliRunner().invoke(app, ["preflight", "aws-dev", "--facts", "fresh-acount"])

    assert done.exit_code == 2
    assert "fresh-account" in done.output
    assert "credentials" not in done.output
