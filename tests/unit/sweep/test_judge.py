"""May a stack be swept away? Only an expired preview whose every tagged thing is its own."""

from datetime import date

import pytest

from components.aws.tags import common_tags
from components.gcp.tags import labels
from components.handles import PlatformRef
from infra.spec.environment import Environment
from infra.sweep.judge import MARKS, Verdict, judge
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

DAY = date(2026, 12, 1)
URN = "urn:pulumi:pr-7::tokenworks::"
TAGS: Properties = {
    "tokenworks.dev/platform": "pr-7",
    "tokenworks.dev/environment": "dev",
    "tokenworks.dev/expires": "2026-12-01",
    "Name": "any",
}


def vpc(name: str = "vpc", **more: Value) -> Properties:
    """Return a tagged thing of AWS, as a state has it."""
    return {
        "urn": f"{URN}aws:ec2/vpc:Vpc::{name}",
        "type": "aws:ec2/vpc:Vpc",
        "custom": True,
        "outputs": {"tagsAll": TAGS},
        **more,
    }


def route() -> Properties:
    """Return a thing that has no tags by its nature."""
    return {
        "urn": f"{URN}aws:ec2/route:Route::out",
        "type": "aws:ec2/route:Route",
        "custom": True,
        "outputs": {"routeTableId": "rtb-1"},
    }


def state(*resources: Properties, expires: Value = "2026-12-01", **more: Value) -> Properties:
    """Return the state of a preview stack."""
    outputs: Properties = {} if expires is None else {"expires": expires}
    stack: Properties = {
        "urn": f"{URN}pulumi:pulumi:Stack::tokenworks-pr-7",
        "type": "pulumi:pulumi:Stack",
        "outputs": outputs,
    }
    return {"deployment": {"resources": [stack, *(resources or (vpc(), route()))], **more}}


def test_an_expired_preview_of_which_everything_is_its_own_may_go() -> None:
    assert judge("pr-7", state(), DAY).verdict is Verdict.EXPIRED


def test_its_last_day_is_the_one_before() -> None:
    found = judge("pr-7", state(), date(2026, 11, 30))

    assert (found.verdict, found.reason) == (Verdict.KEPT, "until 2026-12-01")


def test_a_stack_without_a_day_is_none_of_ours_to_take() -> None:
    found = judge("aws-prod", state(expires=None), DAY)

    assert (found.verdict, "no preview stack" in found.reason) == (Verdict.KEPT, True)


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "20261201", "2026-12-01T00:00", 7, True, {}])
def test_a_day_that_nobody_can_read_is_refused(day: Value) -> None:
    found = judge("pr-7", state(expires=day), DAY)

    assert found.verdict is Verdict.REFUSED
    assert "is unknown" in found.reason


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("tokenworks.dev/platform", "aws-prod"),
        ("tokenworks.dev/environment", "prod"),
        ("tokenworks.dev/expires", "2027-01-01"),
        ("tokenworks.dev/expires", None),
    ],
)
def test_a_thing_with_other_tags_keeps_the_whole_stack(tag: str, value: Value) -> None:
    other: Properties = {**TAGS, tag: value}
    found = judge("pr-7", state(vpc(), vpc("other", outputs={"tagsAll": other})), DAY)

    assert found.verdict is Verdict.REFUSED
    assert f"other has {tag} {value!r}" in found.reason


def test_a_thing_without_any_tags_keeps_the_whole_stack() -> None:
    found = judge("pr-7", state(vpc(outputs={"tagsAll": None})), DAY)

    assert found.verdict is Verdict.REFUSED


def test_what_is_only_read_is_not_asked_for_tags() -> None:
    foreign = vpc("foreign", external=True, outputs={"tagsAll": {"owner": "somebody"}})

    assert judge("pr-7", state(vpc(), foreign), DAY).verdict is Verdict.EXPIRED


@pytest.mark.parametrize(
    ("resources", "more", "reason"),
    [
        ((vpc(protect=True),), {}, "vpc is protected"),
        ((route(),), {}, "nothing in it bears our tags"),
        ((vpc(),), {"pending_operations": [{"type": "creating"}]}, "an update was cut off"),
    ],
)
def test_what_speaks_against_it_is_said(
    resources: tuple[Properties, ...], more: Properties, reason: str
) -> None:
    found = judge("pr-7", state(*resources, **more), DAY)

    assert found.verdict is Verdict.REFUSED
    assert reason in found.reason


def test_the_marks_are_those_that_the_components_put() -> None:
    platform = PlatformRef("pr-7", Environment.DEV, "us-east-1", "2026-12-01")

    for cloud, tags in (("aws", common_tags), ("gcp", labels)):
        marks = MARKS[cloud]
        assert {marks.platform, marks.environment, marks.expires} <= tags(platform).keys()
        stays = PlatformRef("aws-dev", Environment.DEV, "us-east-1")
        assert marks.expires not in tags(stays)


LABELS: Properties = {
    "tokenworks-platform": "pr-7",
    "tokenworks-environment": "dev",
    "tokenworks-expires": "2026-12-01",
}
HIDDEN: Properties = {SIGNATURE_KEY: SECRET, "ciphertext": "v1:abc"}
"""As every state has the labels that come of the provider's and the thing's own."""


def on_google_cloud(kind: str = "storage/bucket:Bucket", **outputs: Value) -> Properties:
    """Return a thing of Google Cloud that can bear labels, as a state has it."""
    return {
        "urn": f"{URN}gcp:{kind}::it",
        "type": f"gcp:{kind}",
        "custom": True,
        "outputs": {"effectiveLabels": HIDDEN, **outputs},
    }


def test_labels_of_google_cloud_are_read_where_the_engine_does_not_hide_them() -> None:
    cluster = on_google_cloud("container/cluster:Cluster", resourceLabels=LABELS)

    found = judge("pr-7", state(on_google_cloud(labels=LABELS), cluster), DAY)

    assert found.verdict is Verdict.EXPIRED


@pytest.mark.parametrize(
    "outputs", [{}, {"labels": None}, {"labels": {}}, {"labels": HIDDEN}, {"labels": {"a": "b"}}]
)
def test_a_thing_of_google_cloud_whose_labels_are_not_ours_keeps_the_whole_stack(
    outputs: Properties,
) -> None:
    foreign = on_google_cloud("secretmanager/secret:Secret", **outputs)

    found = judge("pr-7", state(on_google_cloud(labels=LABELS), foreign), DAY)

    assert found.verdict is Verdict.REFUSED
    assert len(found.against) == len(LABELS)
