"""Which cloud issues a token, and that only that cloud's SDK is loaded."""

import json
import os
import subprocess
import sys

import pytest

from infra.kube_token import kube_token
from infra.kube_token.gcp import TOKEN_VARIABLE
from infra.spec.cloud import CloudProvider


def test_each_cloud_issues_its_own_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "ya29.given")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a" * 40)

    google = json.loads(kube_token(CloudProvider.GCP))
    amazon = json.loads(kube_token(CloudProvider.AWS, "tokenworks-dev", "us-east-1"))

    assert google["status"]["token"] == "ya29.given"
    assert amazon["status"]["token"].startswith("k8s-aws-v1.")


@pytest.mark.parametrize(
    ("arguments", "others"),
    [
        (["--provider", "gcp"], ("boto3", "botocore")),
        (["--cluster", "c", "--region", "us-east-1"], ("google.auth", "googleapiclient")),
    ],
    ids=["gcp", "aws"],
)
@pytest.mark.thorough
def test_a_token_of_one_cloud_loads_nothing_of_the_other(
    arguments: list[str], others: tuple[str, ...]
) -> None:
    program = (
        "import sys; from infra.cli import app; "
        f"app({['kube-token', *arguments]!r}, standalone_mode=False); "
        f"print([name for name in {others!r} if name in sys.modules])"
    )
    credentials = {
        TOKEN_VARIABLE: "ya29.given",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "a" * 40,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **credentials},
        capture_output=True,
        text=True,
        check=True,
    )
    credential, loaded = done.stdout.splitlines()

    assert json.loads(credential)["kind"] == "ExecCredential"
    assert loaded == "[]"
