"""The drill of a model that hangs, under a real promtool, with the rules of our stacks."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from components.observability.rules.groups import rule_groups
from components.observability.rules.objects import group_spec
from components.observability.targets import required_targets
from components.observability.thresholds import THRESHOLDS
from infra.rehearsal.drills import said
from infra.rehearsal.hanging_model import DrillError, Watched, drill
from infra.rehearsal.ladder import Programs
from infra.spec.environment import Environment
from infra.spec.files import load_stack_file
from infra.spec.stack import StackSpec
from infra.wire import Properties

pytestmark = pytest.mark.real

MODEL = "qwen2-5-7b"
PLATFORMS = ("aws-dev", "gcp-staging", "aws-prod")


def groups(spec: StackSpec) -> Sequence[Properties]:
    return json.loads(json.dumps([group_spec(group, spec) for group in rule_groups(spec)]))


def seen(spec: StackSpec) -> Watched:
    return Watched(
        model=MODEL,
        served="qwen2.5-7b",
        servers=["server-a", "server-b"],
        deployments={("models", MODEL): (MODEL, 2), ("gateway", "envoy-gateway"): ("", 1)},
        jobs=[target.job for target in required_targets(spec)],
        probed=True,
    )


@pytest.mark.parametrize("stack", PLATFORMS)
def test_a_model_that_hangs_is_heard_once_its_silence_is_no_pause(
    stack: str, measuring: Programs
) -> None:
    spec = load_stack_file(stack)
    heard = {one.alert: one for one in drill(groups(spec), seen(spec), measuring.path("promtool"))}
    silence = THRESHOLDS[spec.environment].silent_seconds // 60

    assert silence < heard["ReadyButSilent"].minutes <= silence + 4
    pages = "ticket" if spec.environment is Environment.DEV else "page"
    assert heard["ReadyButSilent"].severity == pages


def test_a_probe_that_nobody_sends_is_not_told_of(measuring: Programs) -> None:
    spec = load_stack_file("aws-prod")
    heard = [
        {one.alert for one in drill(groups(spec), told, measuring.path("promtool"))}
        for told in (seen(spec), replace(seen(spec), probed=False))
    ]

    assert heard[0] - heard[1] == {"ProbeFails"}


def test_what_fires_anyway_is_not_because_of_the_model(measuring: Programs) -> None:
    spec = load_stack_file("aws-prod")
    lacking = replace(seen(spec), jobs=())
    heard = drill(groups(spec), lacking, measuring.path("promtool"))

    assert {one.alert for one in heard}.isdisjoint({"PagingIsBlind", "DeadMansSwitch"})


def test_without_rules_that_listen_nobody_hears_of_it(measuring: Programs) -> None:
    spec = load_stack_file("aws-prod")
    deaf = [group for group in groups(spec) if group["name"] == "tokenworks-cost"]
    heard = drill(deaf, seen(spec), measuring.path("promtool"))

    assert said("qwen2.5-7b", heard).endswith("nobody hears of it")


def test_rules_that_cannot_be_read_are_no_silence(measuring: Programs) -> None:
    spec = load_stack_file("aws-prod")
    broken: list[Properties] = [{"name": "a", "rules": [{"alert": "B", "expr": "sum("}]}]

    with pytest.raises(DrillError, match="parse error"):
        drill(broken, seen(spec), measuring.path("promtool"))
