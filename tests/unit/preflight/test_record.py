"""What an account answered, as a file: written, read again, and rehearsed in."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from moto import mock_aws
from rich.console import Console
from typer.testing import CliRunner

from infra.cli import app
from infra.preflight.aws.catalogue import QUOTAS
from infra.preflight.aws.survey import survey
from infra.preflight.facts import Facts, FactsError, load_facts
from infra.preflight.gcp.catalogue import QUOTAS as GCP_QUOTAS
from infra.preflight.record import facts_text
from infra.preflight.survey import Survey
from infra.rehearsal import rehearse
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.room import require_room
from infra.rehearsal.screen import Screen
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file
from infra.spec.stack import StackSpec
from tests.support.aws_answers import ACCOUNT, ENOUGH
from tests.support.stubbed_aws import StubbedAccount

AWS, GCP = CloudProvider.AWS, CloudProvider.GCP
PROD, GCP_PROD = load_stack_file("aws-prod"), load_stack_file("gcp-prod")
IN_MOTO = ("DescribeAvailabilityZones", "DescribeInstanceTypeOfferings", "GetCallerIdentity")


def read_again(spec: StackSpec, found: Survey, folder: Path) -> Facts:
    path = folder / "recorded.yaml"
    path.write_text(facts_text(spec, found), encoding="utf-8")
    return load_facts(str(path), spec.cloud.provider)


def room(spec: StackSpec, facts: str) -> str:
    printed = StringIO()
    require_room(spec, facts, Screen(Console(file=printed, width=500)))
    return printed.getvalue()


def test_a_file_says_what_the_account_said_and_whose_it_is(tmp_path: Path) -> None:
    found = survey(StubbedAccount(ENOUGH), PROD)

    facts = read_again(PROD, found, tmp_path)

    assert (facts.name, facts.account, facts.region) == (
        f"account {ACCOUNT}",
        ACCOUNT,
        "us-east-1",
    )
    assert facts.source == "Service Quotas in us-east-1"
    assert (date.today() - facts.source_date).days in (0, 1)  # noqa: DTZ011 - the file has a day
    assert facts.quotas == found.facts.quotas
    assert facts.offerings == found.facts.offerings
    assert facts.addon_versions == found.facts.addon_versions


def test_what_was_not_told_is_unknown_in_the_file_and_after_it(tmp_path: Path) -> None:
    found = survey(StubbedAccount({**ENOUGH, "GetServiceQuota": "AccessDenied"}), PROD)

    facts = read_again(PROD, found, tmp_path)

    assert facts.quotas == {}
    assert facts.untold.keys() == QUOTAS.keys()
    text = (tmp_path / "recorded.yaml").read_text(encoding="utf-8")
    assert "L-DB2E81BA: unknown # " in text
    assert "lacks servicequotas:GetServiceQuota; `aws service-quotas get-service-quota" in text


def test_a_project_whose_shared_quotas_google_does_not_tell_is_recorded_too(
    tmp_path: Path,
) -> None:
    told = {code: 9_000 for code, quota in GCP_QUOTAS.items() if not quota.family}
    facts = Facts(
        name="project example-llm-prod",
        source="Compute Engine",
        source_date=date(2026, 11, 27),
        quotas=told,
        offerings={},
        addon_versions={},
    )

    again = read_again(GCP_PROD, Survey(facts, "example-llm-prod", []), tmp_path)

    assert again.quotas == told
    with pytest.raises(RehearsalFailedError, match="has no room for gcp-prod"):
        room(GCP_PROD, str(tmp_path / "recorded.yaml"))


@mock_aws
def test_a_rehearsal_in_the_limits_of_a_played_account_passes(tmp_path: Path) -> None:
    """Moto has zones, offerings and identity; quotas of EC2 and EKS it has none of."""
    answers = {key: answer for key, answer in ENOUGH.items() if key not in IN_MOTO}

    found = survey(StubbedAccount(answers, played=True), PROD)
    facts = read_again(PROD, found, tmp_path)

    assert facts.account == "123456789012"
    assert facts.offerings["p5.48xlarge"]
    said = room(PROD, str(tmp_path / "recorded.yaml"))
    assert "0 short, 0 unknown" in said


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod", "gcp-dev", "gcp-prod"])
def test_a_fresh_account_has_no_room_and_what_to_ask_for_is_printed(stack: str) -> None:
    printed = StringIO()
    spec = load_stack_file(stack)

    with pytest.raises(RehearsalFailedError, match="nothing was started"):
        require_room(spec, "fresh-account", Screen(Console(file=printed, width=500)))

    said = printed.getvalue()
    assert "ask for " in said
    command = (
        "request-service-quota-increase" if spec.cloud.project is None else "quotas preferences"
    )
    assert command in said
    assert "0 short, 0 unknown" in room(spec, "typical")


def test_a_rehearsal_with_facts_of_a_fresh_account_starts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def started(*_arguments: object) -> None:
        pytest.fail("programs were looked for")

    monkeypatch.setattr(rehearse, "install", started)

    done = CliRunner().invoke(app, ["rehearse", "aws-dev", "--facts", "fresh-account"])

    assert done.exit_code == 1
    assert "--quota-code L-DB2E81BA --desired-value 8" in done.output


def test_a_rehearsal_with_recorded_facts_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "recorded.yaml"
    path.write_text(facts_text(PROD, survey(StubbedAccount(ENOUGH), PROD)), encoding="utf-8")

    def started(*_arguments: object) -> None:
        message = "the programs are next"
        raise RehearsalFailedError(message)

    monkeypatch.setattr(rehearse, "install", started)

    done = CliRunner().invoke(app, ["rehearse", "aws-prod", "--facts", str(path)])

    assert "the programs are next" in done.output


def test_facts_of_another_region_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "recorded.yaml"
    text = facts_text(PROD, survey(StubbedAccount(ENOUGH), PROD))
    path.write_text(text.replace('region: "us-east-1"', 'region: "eu-west-1"'), encoding="utf-8")

    for command in ("preflight", "rehearse"):
        done = CliRunner().invoke(app, [command, "aws-prod", "--facts", str(path)])
        assert done.exit_code == 2
        assert "are of another region than the stack's" in done.output


@pytest.mark.parametrize("quota", ['"unknown "', "null", "-1", "Unknown"])
def test_only_the_word_itself_means_unknown(quota: str, tmp_path: Path) -> None:
    path = tmp_path / "recorded.yaml"
    text = facts_text(PROD, survey(StubbedAccount(ENOUGH), PROD))
    path.write_text(text.replace("L-DB2E81BA: 1000", f"L-DB2E81BA: {quota}"), encoding="utf-8")

    with pytest.raises(FactsError, match=r"quotas\.L-DB2E81BA"):
        load_facts(str(path), AWS)


def test_the_command_writes_the_file_and_says_what_is_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    accounts = [ENOUGH, {**ENOUGH, "GetServiceQuota": "AccessDenied"}]
    monkeypatch.setattr(
        "infra.preflight.run.survey_of", lambda spec: survey(StubbedAccount(accounts.pop(0)), spec)
    )
    path = tmp_path / "mine.yaml"

    known = CliRunner().invoke(app, ["record", "aws-prod", "--out", str(path)])
    unknown = CliRunner().invoke(app, ["record", "aws-prod", "--out", str(path)])

    assert (known.exit_code, unknown.exit_code) == (0, 3)
    assert f"next: make rehearse STACK=aws-prod FACTS={path}" in known.output
    assert "unknown L-DB2E81BA: denied: the caller lacks" in unknown.output


def test_a_stack_that_asks_an_account_for_nothing_is_no_stack_to_record() -> None:
    done = CliRunner().invoke(app, ["record", "aws-prod-models"], standalone_mode=False)

    assert "record the stack that it extends" in str(done.exception)
