"""The day of a preview stack is read where the components put it, on both clouds."""

import pytest

from components.aws.tags import common_tags
from components.gcp.tags import labels
from components.handles import PlatformRef
from infra.spec.environment import Environment
from policies.rules.cluster_cost import EKS, EXPIRES, GKE
from tests.unit.policies.cases import Json, Verdict, one
from tests.unit.policies.harness import verdict

RULE = "previews-end-by-themselves"


def marked(kind: str, day: str | None) -> dict[str, Json]:
    """Return what components put on a cluster of a stack with that day."""
    platform = PlatformRef("aws-pr-7", Environment.DEV, "us-east-1", day)
    tags = {EKS: common_tags, GKE: labels}[kind](platform)
    return {EXPIRES[kind][0]: {**tags}}


@pytest.mark.parametrize("kind", [EKS, GKE])
@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-11-20", Verdict.FINE),
        ("2026-11-29", Verdict.FINE),
        ("2026-11-30", Verdict.VIOLATION),
        (None, Verdict.VIOLATION),
    ],
)
def test_a_preview_stack_says_a_day_within_three(
    kind: str, day: str | None, found: Verdict
) -> None:
    assert verdict(RULE, one(kind, **marked(kind, day)), "aws-pr-7") is found


@pytest.mark.parametrize("kind", [EKS, GKE])
def test_a_stack_that_is_no_pull_requests_needs_no_day(kind: str) -> None:
    assert verdict(RULE, one(kind, **marked(kind, None)), "aws-open") is Verdict.FINE
