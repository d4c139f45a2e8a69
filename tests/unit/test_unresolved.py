"""What nobody has resolved: named everywhere, refused where production is about to change."""

import logging

import pulumi
import pytest

from infra.catalog import releases
from infra.graph.recorder import record_program
from infra.spec.environment import Environment
from infra.spec.stack import StackSpec
from infra.unresolved import ALLOW, require_resolved
from tests.unit.components.examples import stack_spec

PRODUCTION = stack_spec("aws-prod").model_copy(update={"environment": Environment.PROD})


def run(spec: StackSpec) -> None:
    """Ask as the program does. Recordings count as updates: nothing says that they are previews."""
    record_program(lambda: require_resolved(spec), stack=spec.name)


def test_an_update_of_production_refuses_and_names_what_is_unresolved() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(PRODUCTION)

    assert "image vllm: digest" in str(refused.value)
    assert "releases.lock.yaml" in str(refused.value)


def test_whoever_has_to_can_go_on_for_one_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ALLOW, "1")

    with caplog.at_level(logging.WARNING):
        run(PRODUCTION)

    assert "unresolved" in caplog.text


def test_a_preview_of_production_warns(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    with caplog.at_level(logging.WARNING):
        run(PRODUCTION)

    assert "image vllm: digest" in caplog.text


def test_other_environments_only_warn(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run(stack_spec())

    assert "image vllm: digest" in caplog.text


def test_nothing_is_said_when_all_is_resolved(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(releases, "unresolved", lambda _cloud: [])

    with caplog.at_level(logging.WARNING):
        run(PRODUCTION)

    assert caplog.text == ""
