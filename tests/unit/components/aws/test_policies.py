"""What can be written in a policy document, and what cannot."""

import json
from collections.abc import Callable

import pulumi
import pytest

from components.aws.policies import (
    ANY_RESOURCE,
    Effect,
    PolicyError,
    Principals,
    Statement,
    document,
    key_document,
    people_trust,
    pod_trust,
    service_trust,
)
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import PrincipalType, Request, evaluate

BUCKET = "arn:aws:s3:::weights"
CLUSTER = "arn:aws:eks:us-east-1:123456789012:cluster/tokenworks-aws-dev"


def _text(make: Callable[[], pulumi.Output[str]]) -> str:
    graph = record_program(lambda: pulumi.export("it", make()), stack="aws-dev")
    return str(graph.outputs["it"])


def _trust(make: Callable[[], pulumi.Output[str]]) -> PolicyDocument:
    return read(_text(make), name="trust", kind=DocumentKind.TRUST)


def test_a_document_says_what_its_statements_say_and_no_more() -> None:
    text = _text(
        lambda: document(Statement("Read", ("s3:GetObject",), (pulumi.Output.from_input(BUCKET),)))
    )

    assert json.loads(text) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": [BUCKET],
            }
        ],
    }


@pytest.mark.parametrize("action", ["*", "s3:*", "kms:GenerateDataKey*"])
def test_an_action_with_a_wildcard_cannot_be_allowed(action: str) -> None:
    with pytest.raises(PolicyError, match=r"policy Wide: wildcard in actions, got .*; name each"):
        Statement("Wide", (action,), (BUCKET,))


def test_a_denial_may_be_as_wide_as_it_likes() -> None:
    assert Statement("Nothing", ("s3:*",), ("*",), effect=Effect.DENY)


def test_every_resource_is_refused_without_a_written_reason() -> None:
    with pytest.raises(PolicyError, match=r"got s3:GetObject on `\*`; name the resources, or"):
        Statement("Wide", ("ec2:DescribeImages", "s3:GetObject"), ("*",))


def test_every_reason_for_every_resource_is_written_and_is_about_looking() -> None:
    for action, reason in ANY_RESOURCE.items():
        assert reason
        assert action.split(":")[1].startswith(("Describe", "Get", "List"))
        assert Statement("See", (action,), ("*",))


def test_nobody_allows_everyone() -> None:
    with pytest.raises(PolicyError, match=r"policy Open: allows everyone"):
        Statement("Open", ("s3:GetObject",), (BUCKET,), principals=Principals(everyone=True))


def test_the_statements_of_a_key_are_about_the_key_it_hangs_on() -> None:
    use = Statement("Use", ("kms:Decrypt",), principals=Principals(services=("a.amazonaws.com",)))

    assert json.loads(_text(lambda: key_document(use)))["Statement"][0]["Resource"] == "*"


def test_a_trust_policy_lets_one_service_in_and_nobody_else() -> None:
    trust = _trust(lambda: service_trust("eks.amazonaws.com"))

    def may(principal: str) -> bool:
        request = Request(
            principal=principal,
            principal_type=PrincipalType.SERVICE,
            action="sts:AssumeRole",
            resource="*",
        )
        return evaluate([trust], request).is_allowed

    assert may("eks.amazonaws.com")
    assert not may("ec2.amazonaws.com")


def test_only_the_listed_people_may_take_a_role_on() -> None:
    listed = "arn:aws:iam::123456789012:role/ci"
    trust = _trust(lambda: people_trust([listed]))

    def may(principal: str) -> bool:
        request = Request(principal=principal, action="sts:AssumeRole", resource="*")
        return evaluate([trust], request).is_allowed

    assert may(listed)
    assert not may("arn:aws:iam::123456789012:role/other")


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("kubernetes-namespace", "default"),
        ("kubernetes-service-account", "other"),
        ("eks-cluster-arn", "arn:aws:eks:us-east-1:123456789012:cluster/another"),
    ],
)
def test_pods_of_another_account_namespace_or_cluster_cannot_take_a_role_on(
    tag: str, value: str
) -> None:
    trust = _trust(lambda: pod_trust("models", "model-server", CLUSTER))
    tags = {
        "aws:RequestTag/kubernetes-namespace": "models",
        "aws:RequestTag/kubernetes-service-account": "model-server",
        "aws:RequestTag/eks-cluster-arn": CLUSTER,
    }

    def may(context: dict[str, str | tuple[str, ...]], action: str) -> bool:
        request = Request(
            principal="pods.eks.amazonaws.com",
            principal_type=PrincipalType.SERVICE,
            action=action,
            resource="*",
            context=context,
        )
        return evaluate([trust], request).is_allowed

    assert may({**tags}, "sts:AssumeRole")
    assert may({**tags}, "sts:TagSession")
    assert not may({**tags, f"aws:RequestTag/{tag}": value}, "sts:AssumeRole")
    assert not may({}, "sts:AssumeRole")
