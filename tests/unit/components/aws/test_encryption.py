"""The platform's key: who may do what with it."""

import pytest

from components.aws.encryption import Encryption
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import PrincipalType, Request, evaluate
from tests.unit.components import examples

ROOT = "arn:aws:iam::123456789012:root"
LOGS = "logs.us-east-1.amazonaws.com"
OWN_GROUPS = (
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/tokenworks-aws-dev/cluster",
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/tokenworks-aws-dev/flow-logs",
)


def _encryption(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: Encryption(
            "e",
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            protected=protected,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def _policy() -> PolicyDocument:
    text = _encryption().named("e-key").inputs["policy"]
    return read(str(text), name="key", kind=DocumentKind.KEY)


def _may(
    action: str,
    principal: str = ROOT,
    kind: PrincipalType = PrincipalType.AWS,
    **context: str,
) -> bool:
    request = Request(
        principal=principal,
        principal_type=kind,
        action=action,
        resource="arn:aws:kms:us-east-1:123456789012:key/some",
        context={key.replace("__", ":"): value for key, value in context.items()},
    )
    return evaluate([_policy()], request).is_allowed


def test_the_key_rotates_and_can_be_brought_back_for_a_while() -> None:
    kept, dropped = (_encryption(protected=flag).named("e-key") for flag in (True, False))

    assert kept.inputs["enableKeyRotation"] is True
    assert (kept.inputs["deletionWindowInDays"], kept.protect) == (30, True)
    assert (dropped.inputs["deletionWindowInDays"], bool(dropped.protect)) == (7, False)


def test_the_account_can_always_change_the_policy_and_delete_the_key() -> None:
    """Without that, nobody can: AWS support included."""
    assert _may("kms:PutKeyPolicy")
    assert _may("kms:ScheduleKeyDeletion")


def test_the_creator_of_the_cluster_may_give_eks_its_grant() -> None:
    assert _may("kms:DescribeKey")
    assert _may("kms:CreateGrant")


def test_secrets_cannot_be_decrypted_with_the_key_directly() -> None:
    assert not _may("kms:Decrypt")
    assert not _may("kms:Decrypt", kms__ViaService="ec2.us-east-1.amazonaws.com")
    assert _may("kms:Decrypt", kms__ViaService="s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize("group", OWN_GROUPS)
def test_cloudwatch_encrypts_the_logs_of_this_platform(group: str) -> None:
    context = {"kms:EncryptionContext:aws:logs:arn": group}
    request = Request(
        principal=LOGS,
        principal_type=PrincipalType.SERVICE,
        action="kms:GenerateDataKey",
        resource="arn:aws:kms:us-east-1:123456789012:key/some",
        context={**context},
    )

    assert evaluate([_policy()], request).is_allowed


def test_cloudwatch_uses_the_key_for_no_other_logs() -> None:
    assert not _may("kms:Decrypt", LOGS, PrincipalType.SERVICE)
    other = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/other/cluster"
    request = Request(
        principal=LOGS,
        principal_type=PrincipalType.SERVICE,
        action="kms:Decrypt",
        resource="arn:aws:kms:us-east-1:123456789012:key/some",
        context={"kms:EncryptionContext:aws:logs:arn": other},
    )

    assert not evaluate([_policy()], request).is_allowed


def test_a_group_that_only_some_platforms_have_is_encrypted_where_it_is_named() -> None:
    name = "/aws/eks/tokenworks-aws-dev/pods"

    def uses(*more: str) -> bool:
        graph = record_program(
            lambda: Encryption(
                "e",
                platform=examples.PLATFORM,
                account=examples.account_ref(),
                protected=False,
                more_logs=more,
                opts=examples.with_aws(),
            ),
            stack="aws-dev",
        )
        text = str(graph.named("e-key").inputs["policy"])
        return f"log-group:{name}" in text

    assert uses(name)
    assert not uses()


def test_the_key_has_a_name_that_people_can_find() -> None:
    assert _encryption().named("e-alias").inputs["name"] == "alias/tokenworks-aws-dev"
