"""Nothing of the user's own clouds reaches the engine."""

import sys
from pathlib import Path

import pytest

from infra.rehearsal.engine.environment import (
    EngineFolders,
    UnsafeBackendError,
    check_backend,
    engine_environment,
)

HOSTILE = {
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_PROFILE": "production",
    "AWS_CONFIG_FILE": "/home/me/.aws/config",
    "GOOGLE_APPLICATION_CREDENTIALS": "/home/me/key.json",
    "GOOGLE_OAUTH_ACCESS_TOKEN": "real",
    "CLOUDSDK_CONFIG": "/home/me/.config/gcloud",
    "KUBECONFIG": "/home/me/.kube/config",
    "PULUMI_ACCESS_TOKEN": "pul-real",
    "PULUMI_API": "https://api.pulumi.com",
    "PULUMI_BACKEND_URL": "https://api.pulumi.com",
    "PULUMI_HOME": "/home/me/.pulumi",
    "PULUMI_CONFIG_PASSPHRASE": "real",
    "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    "PULUMI_DEBUG_PROVIDERS": "aws:1",
    "HOME": "/home/me",
    "PATH": "/home/me/bin",
    "PYTHONPATH": "/home/me/lib",
    "HTTPS_PROXY": "http://proxy:3128",
    "HF_TOKEN": "real",
}


def environment(tmp_path: Path, surroundings: dict[str, str]) -> dict[str, str]:
    return engine_environment(
        EngineFolders(tmp_path),
        debug_providers={"aws": 4711},
        credentials={"AWS_ACCESS_KEY_ID": "marker"},
        surroundings=surroundings,
    )


def test_no_hostile_value_of_the_surroundings_survives(tmp_path: Path) -> None:
    values = set(environment(tmp_path, HOSTILE).values())
    assert values & set(HOSTILE.values()) - {"true"} == set()


def test_the_surroundings_change_nothing_but_language_and_terminal(tmp_path: Path) -> None:
    plain = environment(tmp_path, {})
    assert environment(tmp_path, HOSTILE) == plain
    assert environment(tmp_path, {"LANG": "de_DE.UTF-8"}) == {**plain, "LANG": "de_DE.UTF-8"}


def test_state_home_and_passphrase_are_the_rehearsals_own(tmp_path: Path) -> None:
    values = environment(tmp_path, HOSTILE)
    assert values["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/backend"
    assert values["PULUMI_HOME"] == f"{tmp_path}/pulumi-home"
    assert values["HOME"] == f"{tmp_path}/home"
    assert values["AWS_ACCESS_KEY_ID"] == "marker"
    assert values["PULUMI_DEBUG_PROVIDERS"] == "aws:4711"
    assert "PULUMI_CONFIG_PASSPHRASE" not in values


def test_our_plugins_and_our_command_are_found_first(tmp_path: Path) -> None:
    path = environment(tmp_path, HOSTILE)["PATH"].split(":")
    assert path[:2] == [f"{tmp_path}/bin", str(Path(sys.executable).parent)]


def test_the_passphrase_is_random_kept_for_the_rehearsal_and_the_owners_alone(
    tmp_path: Path,
) -> None:
    one, other = EngineFolders(tmp_path / "one"), EngineFolders(tmp_path / "other")
    one.prepare()
    other.prepare()
    first = one.passphrase.read_text()
    one.prepare()
    assert one.passphrase.read_text() == first
    assert other.passphrase.read_text() != first
    assert one.passphrase.stat().st_mode & 0o077 == 0
    assert one.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "told", ["https://api.pulumi.com/me", "s3://state", "file:///home/me/state", ""]
)
def test_any_other_backend_is_refused_and_named(told: str, tmp_path: Path) -> None:
    folders = EngineFolders(tmp_path)
    check_backend(folders, folders.backend_url)
    with pytest.raises(UnsafeBackendError, match=r"nothing was started") as caught:
        check_backend(folders, told)
    assert repr(told) in str(caught.value)
