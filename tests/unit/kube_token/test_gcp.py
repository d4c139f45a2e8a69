"""Tokens for the Kubernetes API server of a GKE cluster: Google's own, or one clear reason."""

import json
from datetime import datetime

import google.auth
import pytest
from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError

from infra.kube_token.credential import KubeTokenError
from infra.kube_token.gcp import AS_VARIABLE, SCOPES, TOKEN_VARIABLE, kube_token

IN_AN_HOUR = datetime(2026, 11, 26, 9, 30, 15)  # noqa: DTZ001 - google-auth gives no zone


class _Account(Credentials):
    """Credentials that Google answers at once."""

    def __init__(self, token: str = "ya29.refreshed", reason: str = "") -> None:
        super().__init__()
        self._answer, self._reason = token, reason

    def refresh(self, request: object) -> None:
        assert callable(request), "a transport asks Google"
        if self._reason:
            raise RefreshError(self._reason)
        self.token, self.expiry = self._answer, IN_AN_HOUR


def _found(monkeypatch: pytest.MonkeyPatch, account: Credentials) -> list[tuple[str, ...]]:
    """Let the application default credentials be `account`; return the scopes asked for."""
    asked: list[tuple[str, ...]] = []

    def default(*, scopes: tuple[str, ...]) -> tuple[Credentials, str]:
        asked.append(scopes)
        return account, "some-project"

    monkeypatch.setattr(google.auth, "default", default)
    return asked


def test_a_token_of_the_environment_is_taken_as_it_is_and_nobody_says_when_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = _found(monkeypatch, _Account())
    monkeypatch.setenv(TOKEN_VARIABLE, " ya29.given\n")

    credential = json.loads(kube_token())

    assert credential == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "spec": {},
        "status": {"token": "ya29.given"},
    }
    assert asked == []


def test_the_default_credentials_are_refreshed_and_their_end_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = _found(monkeypatch, _Account())

    status = json.loads(kube_token())["status"]

    assert status == {"token": "ya29.refreshed", "expirationTimestamp": "2026-11-26T09:30:15Z"}
    assert asked == [SCOPES]
    assert any(scope.endswith("/userinfo.email") for scope in SCOPES), "RBAC names e-mails"


def test_no_credentials_are_named_with_the_next_step() -> None:
    with pytest.raises(KubeTokenError, match=r"cannot be used: .*application-default login"):
        kube_token()


def test_credentials_that_google_refuses_are_told_in_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _found(monkeypatch, _Account(reason="invalid_grant: Token has been revoked"))

    with pytest.raises(KubeTokenError, match=r"invalid_grant: Token has been revoked; run"):
        kube_token()


def test_credentials_without_a_token_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, _Account(token=""))

    with pytest.raises(KubeTokenError, match="gave no token"):
        kube_token()


DEPLOYER = "tokenworks-deployer@example.iam.gserviceaccount.com"


class _Answer:
    """What Google answers to one call."""

    def __init__(self, status: int, body: object) -> None:
        self.status, self.data, self.headers = status, json.dumps(body).encode(), {}


def _google(monkeypatch: pytest.MonkeyPatch, answer: _Answer) -> list[tuple[str, object]]:
    """Let Google answer each call so; return what was asked."""
    asked: list[tuple[str, object]] = []

    class Wire:
        def __init__(self, _pool: object) -> None:
            """Take the pool of connections, and use none."""

        def __call__(self, url: str, body: bytes = b"{}", **_more: object) -> _Answer:
            asked.append((url, json.loads(body)))
            return answer

    monkeypatch.setattr("infra.kube_token.gcp.Request", Wire)
    return asked


def test_an_account_that_the_default_credentials_take_on_is_whose_token_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So models come up: states as the job's own account, the cluster as the deployer's."""
    _found(monkeypatch, _Account())
    monkeypatch.setenv(AS_VARIABLE, f"{DEPLOYER}\n")
    given = {"accessToken": "ya29.deployer", "expireTime": "2026-11-26T09:30:15Z"}
    asked = _google(monkeypatch, _Answer(200, given))

    status = json.loads(kube_token())["status"]

    assert status == {"token": "ya29.deployer", "expirationTimestamp": "2026-11-26T09:30:15Z"}
    ((url, body),) = asked
    assert url.endswith(f"/serviceAccounts/{DEPLOYER}:generateAccessToken")
    assert isinstance(body, dict)
    assert body["scope"] == [*SCOPES]


def test_an_account_that_may_not_be_taken_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, _Account())
    monkeypatch.setenv(AS_VARIABLE, DEPLOYER)
    _google(monkeypatch, _Answer(403, {"error": {"message": "getAccessToken denied"}}))

    with pytest.raises(KubeTokenError, match=f"as {DEPLOYER} .*getAccessToken denied"):
        kube_token()


def test_a_token_of_the_environment_is_nobodys_to_take_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal gives a marker token: it must not be shown to Google."""
    monkeypatch.setenv(TOKEN_VARIABLE, "ya29.given")
    monkeypatch.setenv(AS_VARIABLE, DEPLOYER)
    asked = _google(monkeypatch, _Answer(500, {}))

    assert json.loads(kube_token())["status"]["token"] == "ya29.given"
    assert asked == []
