"""The bridge from Pulumi's configuration to the spec."""

import json
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config

from infra.config import engine_settings, running_spec
from infra.spec.files import load_stack_file, read_stack_file
from tests.unit.spec.stacks import Config, a_stack


def as_the_engine_hands_it_over(config: Config) -> dict[str, str]:
    """Return settings as the engine does: plain values as text, groups and lists as JSON."""
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run as stack aws-dev without a project, and leave no configuration behind."""
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)
    monkeypatch.setattr("pulumi.get_stack", lambda: "aws-dev")
    monkeypatch.setattr(settings, "get_root_directory", lambda: None)
    yield
    set_all_config({}, [])


def test_the_program_gets_the_same_spec_as_the_command_line() -> None:
    set_all_config(as_the_engine_hands_it_over(dict(read_stack_file("aws-dev"))))

    assert running_spec() == load_stack_file("aws-dev")


def test_configuration_of_the_environment_is_read_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = as_the_engine_hands_it_over(a_stack())
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**given, "other:setting": "x"}))

    assert running_spec().cloud.region == "us-east-1"


def test_a_setting_of_a_default_provider_is_refused_in_the_program_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = as_the_engine_hands_it_over(a_stack())
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**given, "aws:region": "us-east-1"}))

    with pytest.raises(pulumi.RunError, match="aws:region"):
        running_spec()


def test_all_mistakes_reach_the_engine_in_one_message_without_traceback() -> None:
    config = a_stack(environment="production", dns={"domain": "x"})
    set_all_config(as_the_engine_hands_it_over(config))

    with pytest.raises(pulumi.RunError) as caught:
        running_spec()

    assert "stack aws-dev: 2 mistakes" in str(caught.value)
    assert "environment: is not a choice" in str(caught.value)
    assert "dns: not built" in str(caught.value)


def test_an_unquoted_version_reaches_the_program_as_a_number_and_is_refused() -> None:
    config = a_stack(cluster={"kubernetesVersion": 1.35})
    set_all_config(as_the_engine_hands_it_over(config))

    with pytest.raises(pulumi.RunError, match="without them YAML reads a number"):
        running_spec()


def test_the_plaintext_of_a_secret_reaches_no_message() -> None:
    config = {**a_stack(), "tokenworks:cluster": "hunter2"}
    set_all_config(as_the_engine_hands_it_over(config), ["tokenworks:cluster"])

    with pytest.raises(pulumi.RunError) as caught:
        running_spec()

    assert "cluster: is a secret" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_text_that_only_looks_like_a_list_stays_text() -> None:
    set_all_config({"tokenworks:environment": "[dev"})

    assert engine_settings() == {"tokenworks:environment": "[dev"}


def test_the_base_is_read_beside_the_project_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.aws-base.yaml").write_text(
        "config:\n"
        "  tokenworks:environment: dev\n"
        "  tokenworks:layers: [foundation, platform]\n"
        "  tokenworks:cloud: {provider: aws, region: eu-north-1}\n"
    )
    monkeypatch.setattr(settings, "get_root_directory", lambda: str(tmp_path))
    set_all_config({"tokenworks:extends": "aws-base"})

    assert running_spec().cloud.region == "eu-north-1"
