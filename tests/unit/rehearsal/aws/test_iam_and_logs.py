"""Roles, policies and log groups of the simulated AWS."""

import json

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import TRUST_EKS
from tests.unit.rehearsal.aws.scene import (
    ATTACHMENT,
    INLINE,
    LOGS,
    POLICY,
    PROFILE,
    ROLE,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import RefusedError

DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)
MANAGED = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"


def test_a_role_without_a_name_gets_one_and_keeps_it(scene: Scene) -> None:
    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)

    assert role.inputs["name"] == role["name"] == role.physical_id
    assert role.inputs["__defaults"] == ["name"]
    again, failures = scene.engine.check(ROLE, {"assumeRolePolicy": TRUST_EKS}, role.inputs)
    assert (again["name"], failures) == (role["name"], [])


def test_a_name_that_would_grow_too_long_is_refused(scene: Scene) -> None:
    _inputs, failures = scene.engine.check(ROLE, {"assumeRolePolicy": TRUST_EKS}, name="a" * 60)

    assert any("longer than 64 characters" in failure for failure in failures)


def test_a_second_role_of_the_same_name_exists_already(scene: Scene) -> None:
    scene.make(ROLE, assumeRolePolicy=TRUST_EKS, name="twin")

    with pytest.raises(RefusedError, match=r"^CreateRole: EntityAlreadyExists: "):
        scene.make(ROLE, assumeRolePolicy=TRUST_EKS, name="twin")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, "Missing required field Principal"),
        (
            {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "s3:GetObject"},
            "may only specify STS",
        ),
        (
            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"},
            "prohibited field Resource",
        ),
    ],
    ids=["nobody", "no sts", "resource"],
)
def test_a_trust_policy_that_trusts_nobody_is_malformed(
    scene: Scene, statement: Properties, reason: str
) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    with pytest.raises(RefusedError, match=rf"^CreateRole: MalformedPolicyDocument: .*{reason}"):
        scene.make(ROLE, assumeRolePolicy=document)


def test_a_trust_policy_without_statements_is_malformed(scene: Scene) -> None:
    with pytest.raises(RefusedError, match=r"^CreateRole: MalformedPolicyDocument: "):
        scene.make(ROLE, assumeRolePolicy='{"Version": "2012-10-17", "Statement": []}')


def test_a_policy_that_is_no_json_is_refused_before_any_call(scene: Scene) -> None:
    _inputs, failures = scene.engine.check(ROLE, {"assumeRolePolicy": "{"})

    assert any("contains an invalid JSON policy" in failure for failure in failures)


def test_a_managed_policy_that_aws_does_not_have_cannot_be_attached(scene: Scene) -> None:
    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)
    scene.make(ATTACHMENT, role=role.physical_id, policyArn=MANAGED)

    with pytest.raises(RefusedError, match=r"^AttachRolePolicy: NoSuchEntity: "):
        scene.make(ATTACHMENT, role=role.physical_id, policyArn=f"{MANAGED}Ninety")
    with pytest.raises(RefusedError, match=r"^DeleteRole: DeleteConflict: "):
        scene.engine.delete(role)


def test_a_changed_policy_is_a_new_version_and_an_attached_one_stays(scene: Scene) -> None:
    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)
    policy = scene.make(POLICY, policy=DOCUMENT)
    scene.make(ATTACHMENT, role=role.physical_id, policyArn=policy.physical_id)

    for number in range(7):  # more than the five versions that IAM keeps
        changed = DOCUMENT.replace("s3:GetObject", f"s3:Get{number}")
        policy = scene.engine.update(policy, policy=changed)
        assert policy["policy"] == changed

    with pytest.raises(RefusedError, match=r"^DeletePolicy: DeleteConflict: "):
        scene.engine.delete(policy)


def test_two_inline_policies_of_one_name_do_not_hide_each_other(scene: Scene) -> None:
    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)
    scene.make(INLINE, role=role.physical_id, name="same", policy=DOCUMENT)

    with pytest.raises(RefusedError, match="EntityAlreadyExists"):
        scene.make(INLINE, role=role.physical_id, name="same", policy=DOCUMENT)


def test_an_instance_profile_keeps_its_role(scene: Scene) -> None:
    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)
    profile = scene.make(PROFILE, role=role.physical_id)

    assert profile["role"] == role.physical_id
    with pytest.raises(RefusedError, match=r"^DeleteRole: DeleteConflict: "):
        scene.engine.delete(role)
    changed = scene.engine.update(profile, role=None)
    assert "role" not in changed.outputs


def test_a_log_group_keeps_logs_as_long_as_it_says(scene: Scene) -> None:
    group = scene.make(LOGS, retentionInDays=30)

    changed = scene.engine.update(group, retentionInDays=7)

    assert changed["retentionInDays"] == 7
    forever = scene.engine.update(changed, retentionInDays=None)
    assert "retentionInDays" not in forever.outputs


def test_a_retention_that_cloudwatch_does_not_offer_is_refused(scene: Scene) -> None:
    _inputs, failures = scene.engine.check(LOGS, {"retentionInDays": 2})

    assert any("2 is not one of 0, 1, 3, 5, 7" in failure for failure in failures)
