"""A bucket is denied to whoever needs it, behind Pulumi's back: no pod falls, and `up` mends it.

What Milvus then says is not shown: no container runs here. What a server of a model does is
(`tests/real/start_server`: it says "answers 403" and takes the hub), and who may do what then is
(`tests/unit/iam/test_vector_store.py`).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from infra.rehearsal.clouds import aws, gcp
from infra.rehearsal.ladder import Programs
from infra.replies import blocks, text, texts
from tests.support.lost import in_state, ready_pods, steps
from tests.support.projects import make_project, stack_config
from tests.support.stage import Stage, open_stage

if TYPE_CHECKING:
    from infra.wire import Properties, Value

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Denial:
    """One way in which somebody takes a right away."""

    name: str
    stack: str
    part: str
    """Of the stack: what a refresh finds changed or gone."""
    seen_as: str
    """What a refresh does with that part in the state."""
    mended_by: str
    deny: Callable[[Stage, str], None]
    """Given the stage and the name of the part."""


def _deny_in_the_buckets_policy(stage: Stage, part: str) -> None:
    """As a person does who answers an incident: nobody gets at it."""
    bucket = text(in_state(stage, "aws-dev", part), "bucket")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.api(stage.site.door).call("s3", "PutBucketPolicy", Bucket=bucket, Policy=policy)


def _drop_the_grant(stage: Stage, part: str) -> None:
    grant = in_state(stage, "aws-dev", part)
    aws.api(stage.site.door).call(
        "iam",
        "DeleteRolePolicy",
        RoleName=text(grant, "role"),
        PolicyName=text(grant, "name"),
    )


def _drop_the_binding(stage: Stage, part: str) -> None:
    grant = in_state(stage, "gcp-dev", part)
    api, bucket = gcp.api(stage.site.door), text(grant, "bucket").removeprefix("b/")
    policy = api.call("storage.buckets.getIamPolicy", bucket=bucket)
    gone = text(grant, "member")
    kept: list[Value] = []
    for binding in blocks(policy, "bindings"):
        members: list[Value] = [one for one in texts(binding, "members") if one != gone]
        kept += [{**binding, "members": members}] if members else []
    body: Properties = {**policy, "bindings": kept}
    api.call("storage.buckets.setIamPolicy", body, bucket=bucket)


DENIALS = [
    Denial(
        "the bucket of vectors",
        *("aws-dev", "aws-dev-vector-store-policy", "update", "update"),
        _deny_in_the_buckets_policy,
    ),
    Denial(
        "the right of Milvus",
        *("aws-dev", "aws-dev-milvus-role-grants", "delete", "create"),
        _drop_the_grant,
    ),
    Denial(
        "the bucket of weights",
        *("aws-dev", "aws-dev-store-policy", "update", "update"),
        _deny_in_the_buckets_policy,
    ),
    Denial(
        "the right of Milvus on Google Cloud",
        *("gcp-dev", "gcp-dev-milvus-keeps-vectors", "delete", "create"),
        _drop_the_binding,
    ),
    Denial(
        "the right of servers on Google Cloud",
        *("gcp-dev", "gcp-dev-model-server-reads-weights", "delete", "create"),
        _drop_the_binding,
    ),
]


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, programs: Programs
) -> Iterator[Stage]:
    """The stack of a denial, up; those of one stack share it."""
    stack = request.param
    folder = tmp_path_factory.mktemp(stack) / "it"
    with open_stage(make_project(folder, {stack: stack_config(stack)}), stack, programs) as opened:
        result = opened.session.up(stack)
        assert result.ok, result.errors
        yield opened


@pytest.mark.parametrize(
    ("stage", "denial"),
    [
        pytest.param(
            *(denial.stack, denial),
            id=denial.name,
            marks=[pytest.mark.slow] if denial.stack == "gcp-dev" else [],
        )
        for denial in DENIALS
    ],
    indirect=["stage"],
    scope="module",  # or each has a stack of its own
)
def test_a_bucket_that_is_denied_fells_no_pod_and_an_update_gives_the_right_back(
    stage: Stage, denial: Denial
) -> None:
    stack, part = denial.stack, denial.part
    before = ready_pods(stage.site.api)
    assert any("milvus" in name for name in before)
    assert any("qwen" in name for name in before)

    denial.deny(stage, part)

    assert ready_pods(stage.site.api) == before
    assert steps(stage.session.refresh(stack), denial.seen_as) == {part}
    assert steps(stage.session.up(stack), denial.mended_by) == {part}
    result = stage.session.preview(stack, expect_no_changes=True)
    assert result.ok, result.errors
    assert ready_pods(stage.site.api) == before
