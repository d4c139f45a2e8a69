"""Roles of control plane and nodes."""

import json

from components.aws.identity import Identity, trust_policy
from infra.graph.recorder import record_program
from tests.unit.components import examples


def test_a_trust_policy_lets_one_service_in_and_nobody_else() -> None:
    statement = json.loads(trust_policy("eks.amazonaws.com"))["Statement"]

    assert statement == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "eks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]


def test_each_role_has_the_fewest_policies_that_eks_documents() -> None:
    graph = record_program(
        lambda: Identity("id", platform=examples.PLATFORM, opts=examples.with_aws()),
        stack="aws-dev",
    )
    granted = {
        (item.property_dependencies["role"][0].rsplit("::", 1)[1], str(item.inputs["policyArn"]))
        for item in graph.of_type("RolePolicyAttachment")
    }

    assert granted == {
        ("id-control-plane", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
        ("id-nodes", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"),
        ("id-nodes", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"),
        ("id-nodes", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"),
    }
