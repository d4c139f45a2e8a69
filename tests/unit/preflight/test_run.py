"""A preflight as a whole: what it says, and when it says no."""

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.preflight.aws.network_checks import check_network
from infra.preflight.facts import load_facts
from infra.preflight.run import judge
from infra.spec.cloud import CloudProvider
from tests.unit.components.examples import stack_spec
from tests.unit.preflight.aws.test_network_checks import FIT, PRIVATE, SPEC, changed

AWS = CloudProvider.AWS

FRESH = load_facts("fresh-account", AWS)
TYPICAL = load_facts("typical", AWS)


def test_an_account_with_enough_is_ready() -> None:
    report = judge(stack_spec(), TYPICAL, [])

    assert report.ready
    assert "enough for every pool's maximum" in report.text


def test_growth_that_lacks_quota_is_named_with_the_command_that_asks_for_it() -> None:
    report = judge(stack_spec(), FRESH, [])

    assert report.ready, "pools start at 0: the first up needs no GPU"
    assert "L-DB2E81BA" in report.text
    assert "aws service-quotas request-service-quota-increase --region us-east-1" in report.text


def test_a_network_that_is_not_fit_stops_the_first_up() -> None:
    unfit = check_network(changed(PRIVATE[0], way_out=None), SPEC)

    report = judge(SPEC, TYPICAL, unfit)

    assert not report.ready
    assert "has no way out" in report.text


def test_advice_stops_nothing() -> None:
    advised = check_network(changed(PRIVATE[0], tags={}), SPEC)

    report = judge(SPEC, TYPICAL, advised)

    assert report.ready
    assert "advised: " in report.text


def test_a_fit_network_is_said_to_be_fit() -> None:
    assert "fit" in judge(SPEC, TYPICAL, check_network(FIT, SPEC)).text


@pytest.mark.parametrize("stack", ["aws-dev", "gcp-dev"])
def test_without_credentials_nothing_is_said_about_the_account(stack: str) -> None:
    done = CliRunner().invoke(app, ["preflight", stack])

    assert done.exit_code == 2
    assert "credentials" in done.output
    assert "enough" not in done.output


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("aws-dev", "L-DB2E81BA Running On-Demand G and VT instances: 0 → 8 vCPU"),
        ("gcp-dev", "GPUS_ALL_REGIONS GPUs (all regions): 0 → 3 GPU"),
    ],
)
def test_the_command_takes_facts_instead_of_an_account(stack: str, words: str) -> None:
    done = CliRunner().invoke(app, ["preflight", stack, "--facts", "fresh-account"])

    assert done.exit_code == 0
    assert words in done.output


def test_facts_that_are_not_there_are_a_mistake() -> None:
    done = CliRunner().invoke(app, ["preflight", "aws-dev", "--facts", "nobody"])

    assert done.exit_code == 2


def test_facts_that_do_not_exist_are_no_question_of_credentials() -> None:
    done = CliRunner().invoke(app, ["preflight", "aws-dev", "--facts", "fresh-acount"])

    assert done.exit_code == 2
    assert "fresh-account" in done.output
    assert "credentials" not in done.output
