"""The command line of a bootstrap: what it refuses, what it says, what it goes on from."""

import pytest
from moto import mock_aws
from typer.testing import CliRunner

from infra.cli import app
from infra.spec.mistakes import MistakesError
from tests.unit.bootstrap.gcp.scene import Line, Played

ASK = ["bootstrap", "aws", "aws-prod", "--github", "example/platform"]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "marker")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "marker-of-a-secret")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "got:     neither"),
        (["--github", "a/b", "--gitlab", "a/b"], "got:     both"),
        (["--github", "platform"], "is no repository"),
        (["--github", "a/b:ref:refs/heads/*"], "is no repository"),
        (["--gitlab", "a/b", "--gitlab-url", "http://gitlab.example.com"], "is no address"),
    ],
)
def test_whose_jobs_come_in_is_asked_before_anything_else(options: list[str], words: str) -> None:
    with pytest.raises(MistakesError) as refused:
        CliRunner().invoke(
            app,
            ["bootstrap", "aws", "aws-prod", *options],
            standalone_mode=False,
            catch_exceptions=False,
        )

    assert words in str(refused.value)


def test_a_stack_of_another_cloud_is_refused() -> None:
    done = CliRunner().invoke(app, ["bootstrap", "aws", "gcp-prod", "--github", "a/b"])

    assert done.exit_code == 2
    assert "gcp-prod is a stack of gcp, not aws" in done.output


def test_on_google_cloud_it_says_the_same_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played()
    monkeypatch.setattr("infra.google_api.RestApi", lambda _project, _region: Line(played))
    monkeypatch.setattr("infra.bootstrap.gcp.patience.PAUSE_S", 0.0)
    ask = ["bootstrap", "gcp", "gcp-prod", "--github", "example/platform"]
    number = played.project.number

    dry = CliRunner().invoke(app, [*ask, "--dry-run"])
    real = CliRunner().invoke(app, ask)
    again = CliRunner().invoke(app, ask)

    assert (dry.exit_code, real.exit_code, again.exit_code) == (0, 0, 0)
    assert f"would create bucket tokenworks-gcp-prod-state-{number}" in dry.output
    assert f"pulumi login 'gs://tokenworks-gcp-prod-state-{number}'" in real.output
    assert "pulumi stack init gcp-prod-models --secrets-provider='gcpkms://projects/" in real.output
    assert "environment gcp-prod: GCP_SERVICE_ACCOUNT=gcp-prod-foundation@" in real.output
    assert f"everywhere: GCP_IDENTITY_PROVIDER=projects/{number}/locations/global/" in real.output
    assert "cluster.modelDeployers: [serviceAccount:gcp-prod-models@" in real.output
    assert "--role=roles/billing.costsManager" in real.output
    assert "changed 0 things" in again.output


def test_on_google_cloud_a_thing_of_somebody_elses_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = Played()
    monkeypatch.setattr("infra.google_api.RestApi", lambda _project, _region: Line(played))
    monkeypatch.setattr("infra.bootstrap.gcp.patience.PAUSE_S", 0.0)
    bucket = {"name": played.ground.bucket, "location": "US-CENTRAL1"}
    played.enable_everything()
    played.project.call("storage.buckets.insert", {**bucket}, project="example-llm-prod")

    done = CliRunner().invoke(app, ["bootstrap", "gcp", "gcp-prod", "--github", "a/b"])

    assert done.exit_code == 1
    assert "label it tokenworks-bootstrap=gcp-prod" in done.output
    assert "before that; run it again" in done.output


@mock_aws
def test_it_says_what_it_did_and_the_next_commands_and_no_secret() -> None:
    dry = CliRunner().invoke(app, [*ASK, "--dry-run"])
    real = CliRunner().invoke(app, ASK)
    again = CliRunner().invoke(app, ASK)

    assert "would create bucket tokenworks-aws-prod-state-123456789012" in dry.output
    assert "run it again without --dry-run" in dry.output
    assert "pulumi login 's3://tokenworks-aws-prod-state-123456789012?region=us-east-1'" in (
        real.output
    )
    assert "pulumi stack init aws-prod-models --secrets-provider='awskms://alias/" in real.output
    assert "environment aws-prod: AWS_ROLE_ARN=arn:aws:iam::" in real.output
    assert "changed 0 things" in again.output
    assert "marker-of-a-secret" not in dry.output + real.output + again.output


def test_an_account_that_refuses_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    done = CliRunner().invoke(app, ASK)

    assert done.exit_code == 1
    assert "GetCallerIdentity" in done.output
