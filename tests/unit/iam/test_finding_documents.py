"""Finding the policy documents of a graph, and those that speak for a role."""

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from infra.graph.model import Graph
from infra.iam.documents import DocumentKind
from tests.support.iam import allow
from tests.support.policy_documents import (
    POLICY_INPUTS,
    found_in,
    identity_documents,
    role_named,
)
from tests.support.record import aws_provider, by, record

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)
READ = {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "arn:aws:s3:::weights/*")]}


def _graph(more: Callable[[aws.iam.Role, pulumi.ResourceOptions], object]) -> Graph:
    def program() -> None:
        opts = by(aws_provider())
        more(aws.iam.Role("it-model-server", assume_role_policy=TRUST, opts=opts), opts)

    return record(program)


def _names(graph: Graph) -> list[str]:
    role = role_named(graph, "model-server")
    return sorted(document.name for document in identity_documents(graph, role))


def test_a_document_is_found_wherever_it_stands() -> None:
    def more(role: aws.iam.Role, opts: pulumi.ResourceOptions) -> None:
        tags = {"note": json.dumps(READ), "other": "Statement of nothing"}
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags=tags, opts=opts)
        del role

    places = {item.place for item in found_in(_graph(more))}

    assert places - POLICY_INPUTS.keys() == {("aws:ec2/vpc:Vpc", "tags.note")}


def test_a_document_inside_a_secret_is_found() -> None:
    def more(role: aws.iam.Role, opts: pulumi.ResourceOptions) -> None:
        policy = pulumi.Output.secret(json.dumps(READ))
        aws.iam.RolePolicy("own", role=role.name, policy=policy, opts=opts)

    assert _names(_graph(more)) == ["own policy"]


def test_all_ways_to_give_a_role_a_policy_are_followed() -> None:
    def more(role: aws.iam.Role, opts: pulumi.ResourceOptions) -> None:
        aws.iam.RolePolicy("by-name", role=role.name, policy=json.dumps(READ), opts=opts)
        aws.iam.RolePolicy("by-id", role=role.id, policy=json.dumps(READ), opts=opts)
        aws.iam.RolePolicy("of-another", role="another", policy=json.dumps(READ), opts=opts)
        policy = aws.iam.Policy("shared", policy=json.dumps(READ), opts=opts)
        aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn=policy.arn, opts=opts)

    assert _names(_graph(more)) == ["by-id policy", "by-name policy", "shared policy"]


def test_an_inline_policy_of_the_role_itself_counts_and_its_trust_does_not() -> None:
    def program() -> None:
        inline = aws.iam.RoleInlinePolicyArgs(name="read", policy=json.dumps(READ))
        aws.iam.Role(
            "it-model-server",
            assume_role_policy=TRUST,
            inline_policies=[inline],
            opts=by(aws_provider()),
        )

    graph = record(program)

    assert _names(graph) == ["it-model-server inlinePolicies[0].policy"]
    kinds = {item.document().kind for item in found_in(graph)}
    assert kinds == {DocumentKind.TRUST, DocumentKind.IDENTITY}


@pytest.mark.parametrize("way", ["attachment", "managed"])
def test_a_policy_whose_text_is_elsewhere_cannot_be_judged(way: str) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"

    def program() -> None:
        opts = by(aws_provider())
        managed = [arn] if way == "managed" else None
        role = aws.iam.Role(
            "it-model-server", assume_role_policy=TRUST, managed_policy_arns=managed, opts=opts
        )
        if way == "attachment":
            aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn=arn, opts=opts)

    with pytest.raises(ValueError, match="must be in the stack, got arn:aws:iam::aws:policy/Adm"):
        _names(record(program))


def test_a_role_that_is_not_there_is_named_with_those_that_are() -> None:
    graph = _graph(lambda role, opts: (role, opts))

    with pytest.raises(LookupError, match="must be one, got 0; there are: it-model-server"):
        role_named(graph, "models-deployer")
