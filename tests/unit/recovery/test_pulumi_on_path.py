"""The engine that a person has: what a recovery tells it, and what it makes of answers."""

import json
from pathlib import Path

import pytest

from infra.recovery.recover import PulumiOnPath, RecoveryError

PULUMI = """#!/bin/sh
echo "$@" >> "{folder}/commands"
case "$*" in
  *refresh*) echo "no such provider" >&2; exit 255 ;;
  *"stack export"*) echo '{{"version": 3}}' ;;
  *preview*) cat "{folder}/preview.json" ;;
  *"stack import"*) for last; do :; done; cp "$last" "{folder}/imported" ;;
esac
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiOnPath:
    """A project, and an engine that writes down what it is told."""
    program = tmp_path / "pulumi"
    program.write_text(PULUMI.format(folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return PulumiOnPath(tmp_path)


def _commands(state: PulumiOnPath) -> str:
    return (state.project / "commands").read_text(encoding="utf-8")


def test_a_state_is_read_without_showing_its_secrets(state: PulumiOnPath) -> None:
    assert state.export("dev") == {"version": 3}
    assert "--show-secrets" not in _commands(state)
    assert f"--cwd {state.project} stack export --stack dev" in _commands(state)


def test_of_a_preview_only_what_it_would_create_counts(state: PulumiOnPath) -> None:
    steps = [
        {"op": "same", "newState": {"urn": "a"}},
        {"op": "create", "newState": {"urn": "b"}},
        {"op": "create-replacement", "newState": {"urn": "c"}},
        {"op": "replace", "newState": {"urn": "c"}},
    ]
    (state.project / "preview.json").write_text(json.dumps({"steps": steps}), encoding="utf-8")

    assert [one["urn"] for one in state.declared("dev")] == ["b", "c"]


def test_a_state_is_put_back_from_a_file(state: PulumiOnPath) -> None:
    state.replace_state("dev", {"version": 3, "deployment": {}})

    written = (state.project / "imported").read_text(encoding="utf-8")
    assert json.loads(written) == {"version": 3, "deployment": {}}


def test_an_engine_that_refuses_is_quoted(state: PulumiOnPath) -> None:
    with pytest.raises(RecoveryError, match=r"pulumi refresh: exit code 255\nno such prov"):
        state.refresh_only("dev", ["urn:a"])
    assert "--yes --skip-preview --target urn:a" in _commands(state)


def test_without_the_engine_a_person_is_told_where_to_run_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RecoveryError, match="not on PATH"):
        PulumiOnPath(tmp_path).export("dev")
