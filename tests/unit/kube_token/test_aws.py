"""Tokens for the Kubernetes API server of an EKS cluster. The rehearsal's tests verify them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.kube_token.aws import TOKEN_PREFIX, kube_token
from infra.kube_token.credential import KubeTokenError


def _session(secret: str | None = "a" * 40) -> boto3.session.Session:
    return boto3.session.Session(
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=secret
    )


def test_a_token_is_an_exec_credential_that_is_renewed_in_time() -> None:
    credential = json.loads(kube_token("tokenworks-dev", "us-east-1", _session()))

    assert credential["apiVersion"] == "client.authentication.k8s.io/v1"
    assert credential["kind"] == "ExecCredential"
    assert credential["status"]["token"].startswith(TOKEN_PREFIX)
    assert "=" not in credential["status"]["token"]
    expires = datetime.fromisoformat(credential["status"]["expirationTimestamp"])
    left = expires - datetime.now(UTC)
    assert timedelta(minutes=13) < left <= timedelta(minutes=14)


def test_no_credentials_are_named_as_what_is_missing() -> None:
    with pytest.raises(KubeTokenError, match="no AWS credentials were found; set AWS_PROFILE"):
        kube_token("tokenworks-dev", "us-east-1", boto3.session.Session())


def test_half_a_key_pair_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")

    with pytest.raises(KubeTokenError, match=r"AWS_SECRET_ACCESS_KEY|secret"):
        kube_token("tokenworks-dev", "us-east-1")


def test_a_profile_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(KubeTokenError, match="nobody"):
        kube_token("tokenworks-dev", "us-east-1")


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken"])
def test_a_role_that_aws_refuses_is_told_in_its_words(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = _session()

    def refused() -> None:
        raise ClientError({"Error": {"Code": code, "Message": "not you"}}, "AssumeRole")

    monkeypatch.setattr(session, "get_credentials", refused)

    with pytest.raises(KubeTokenError, match=f"cannot be used: .*{code}.*AssumeRole.*not you"):
        kube_token("tokenworks-dev", "us-east-1", session)


def test_a_region_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KubeTokenError, match="region: 'mars-north-1' is not an AWS region"):
        kube_token("tokenworks-dev", "mars-north-1", _session())


def test_a_token_without_a_cluster_is_refused() -> None:
    with pytest.raises(KubeTokenError, match="cluster: must be the name"):
        kube_token("", "us-east-1", _session())


def test_a_token_without_a_region_is_refused() -> None:
    with pytest.raises(KubeTokenError, match="region: must be the region"):
        kube_token("tokenworks-dev", "")
