"""The protocol of credential commands, with a small command."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.rehearsal.kubernetes.exec_credential import (
    ExecCredential,
    ExecCredentialError,
    ExecUser,
)

V1 = "client.authentication.k8s.io/v1"
COUNTING = """
import json, os, pathlib, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
runs = pathlib.Path(sys.argv[1])
count = int(runs.read_text()) + 1 if runs.exists() else 1
runs.write_text(str(count))
runs.with_suffix(".info").write_text(json.dumps(info))
status = {"token": f"token-{count}", "expirationTimestamp": os.environ["EXPIRES"]}
print(json.dumps({"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": status}))
"""


def stamp(seconds: float) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def counting(runs: Path, *, expires_in_seconds: float = 3600, cluster_json: str = "") -> ExecUser:
    return ExecUser(
        V1,
        sys.executable,
        ("-c", COUNTING, str(runs)),
        {"EXPIRES": stamp(expires_in_seconds)},
        cluster_json=cluster_json,
    )


def saying(text: str, code: int = 0) -> ExecUser:
    script = f"import sys; sys.stderr.write('because of this'); print({text!r}); sys.exit({code})"
    return ExecUser(V1, sys.executable, ("-c", script))


def test_a_token_is_kept_until_it_expires(runs: Path) -> None:
    credential = ExecCredential(counting(runs))

    assert [credential.token(), credential.token()] == ["token-1", "token-1"]
    assert runs.read_text() == "1"


def test_a_token_that_is_about_to_expire_is_replaced(runs: Path) -> None:
    credential = ExecCredential(counting(runs, expires_in_seconds=5))

    assert [credential.token(), credential.token()] == ["token-1", "token-2"]


def test_a_token_that_was_refused_is_replaced(runs: Path) -> None:
    credential = ExecCredential(counting(runs))
    credential.token()
    credential.forget()

    assert credential.token() == "token-2"


def test_the_command_is_told_that_nobody_is_there_and_the_cluster_only_if_it_asks(
    runs: Path,
) -> None:
    ExecCredential(counting(runs)).token()
    without = json.loads(runs.with_suffix(".info").read_text())["spec"]
    ExecCredential(counting(runs, cluster_json='{"server": "https://x"}')).token()
    asked = json.loads(runs.with_suffix(".info").read_text())["spec"]

    assert without == {"interactive": False}
    assert asked == {"interactive": False, "cluster": {"server": "https://x"}}


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        (ExecUser(V1, "no-such-program", install_hint="run make"), "run make"),
        (ExecUser(V1, "no-such-program"), "is it installed and on PATH?"),
        (saying("", code=3), "failed with status 3: because of this"),
        (saying("hello"), "not an ExecCredential"),
        (saying(json.dumps({"apiVersion": V1, "kind": "Token"})), "wanted"),
        (saying(json.dumps({"apiVersion": V1, "kind": "ExecCredential"})), "no status.token"),
        (
            saying(
                json.dumps(
                    {
                        "apiVersion": V1,
                        "kind": "ExecCredential",
                        "status": {"token": "a", "expirationTimestamp": "soon"},
                    }
                )
            ),
            "wanted RFC 3339",
        ),
    ],
)
def test_a_command_that_gives_nothing_usable_is_told_with_the_reason(
    user: ExecUser, wanted: str
) -> None:
    with pytest.raises(ExecCredentialError) as error:
        ExecCredential(user).token()

    assert wanted in str(error.value)


def test_another_version_of_the_protocol_is_refused_before_anything_runs() -> None:
    with pytest.raises(ExecCredentialError, match="v1beta1"):
        ExecCredential(ExecUser("client.authentication.k8s.io/v1beta1", "any"))
