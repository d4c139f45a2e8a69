"""A role for the pods of one service account."""

import json

import pulumi

from components.aws.autoscaling import AUTOSCALER, autoscaler_policy
from components.aws.policies import Statement, document
from components.aws.workload_role import Grants, WorkloadRole
from components.handles import Workload
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

SERVER = Workload("models", "model-server")


def _role(workload: Workload = SERVER, grants: Grants | None = None) -> Graph:
    def program() -> None:
        own = document(Statement("Read", ("s3:GetObject",), ("arn:aws:s3:::b/*",)))
        WorkloadRole(
            "w",
            workload,
            grants or Grants(document=own, managed=("AmazonEKS_CNI_Policy",)),
            cluster_name=examples.cluster_name(),
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            opts=examples.with_aws(),
        )

    return record_program(program, stack="aws-dev")


def test_the_role_is_associated_with_its_service_account_and_no_other() -> None:
    graph = _role()
    association = graph.named("w-association")
    trust = json.loads(str(graph.named("w-role").inputs["assumeRolePolicy"]))

    assert association.inputs["clusterName"] == "tokenworks-aws-dev"
    assert association.inputs["namespace"] == "models"
    assert association.inputs["serviceAccount"] == "model-server"
    assert association.property_dependencies["roleArn"] == (graph.named("w-role").urn,)
    assert trust["Statement"][0]["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": (
            "arn:aws:eks:us-east-1:123456789012:cluster/tokenworks-aws-dev"
        ),
        "aws:RequestTag/kubernetes-namespace": "models",
        "aws:RequestTag/kubernetes-service-account": "model-server",
    }


def test_pods_get_the_role_when_its_grants_are_there() -> None:
    graph = _role()
    needed = set(graph.named("w-association").dependencies)

    assert needed >= {
        graph.named("w-role-grants").urn,
        graph.named("w-role-AmazonEKS_CNI_Policy").urn,
    }


def test_the_autoscaler_resizes_the_groups_of_its_own_cluster_only() -> None:
    def program() -> None:
        policy = autoscaler_policy(examples.PLATFORM, examples.account_ref())
        pulumi.export("it", policy)

    text = str(record_program(program, stack="aws-dev").outputs["it"])
    policy = read(text, name="autoscaler", kind=DocumentKind.IDENTITY)

    def may(action: str, cluster: str) -> bool:
        group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1"
        tag = f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}"
        request = Request(
            principal="arn:aws:iam::123456789012:role/autoscaler",
            action=action,
            resource=f"{group}:autoScalingGroupName/eks-l4-spot",
            context={
                tag: "owned",
                "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
            },
        )
        return evaluate([policy], request).is_allowed

    assert may("autoscaling:SetDesiredCapacity", "tokenworks-aws-dev")
    assert may("autoscaling:TerminateInstanceInAutoScalingGroup", "tokenworks-aws-dev")
    assert not may("autoscaling:SetDesiredCapacity", "somebody-elses")
    assert not may("autoscaling:DeleteAutoScalingGroup", "tokenworks-aws-dev")
    assert (AUTOSCALER.namespace, AUTOSCALER.service_account) == (
        *("kube-system", "cluster-autoscaler"),
    )
