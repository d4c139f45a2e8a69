"""What the AWS Load Balancer Controller may do: its own cluster's balancers, and nobody else's."""

import pulumi
import pytest

from components.aws.load_balancers import CLUSTER_TAG, SEE, load_balancers_policy
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

ELB, OTHERS = "elasticloadbalancing", "tokenworks-other"
OURS = examples.PLATFORM.cluster_name
BALANCER = "loadbalancer/net/k8s-gateway-envoygat-0123456789/50dc6c495c0c9188"
LISTENER = BALANCER.replace("loadbalancer/", "listener/") + "/f2f7dc8efc522ab2"
TARGETS = "targetgroup/k8s-gateway-envoygat-0123456789/73e2d6bc24d8a067"
GROUP = "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1"
KEPT = {
    **dict.fromkeys(("DeleteLoadBalancer", "ModifyLoadBalancerAttributes"), BALANCER),
    **dict.fromkeys(("DeleteTargetGroup", "RegisterTargets", "DeregisterTargets"), TARGETS),
    **dict.fromkeys(("DeleteListener", "ModifyListener", "ModifyListenerAttributes"), LISTENER),
    "CreateListener": BALANCER,
}


@pytest.fixture(scope="module")
def policy() -> PolicyDocument:
    """The document for a cluster of ours."""

    def program() -> None:
        said = load_balancers_policy(examples.PLATFORM, examples.account_ref())
        pulumi.export("policy", said)

    outputs = record_program(program, stack="aws-dev").outputs
    return read(str(outputs["policy"]), name="balancers", kind=DocumentKind.IDENTITY)


def may(policy: PolicyDocument, action: str, resource: str, **keys: str) -> bool:
    """Ask about something of Elastic Load Balancing, or about an ARN of something else."""
    elb = f"arn:aws:{ELB}:us-east-1:123456789012:{resource}"
    asked = Request(
        principal="arn:aws:iam::123456789012:role/balancers",
        action=action if ":" in action else f"{ELB}:{action}",
        resource=resource if resource.startswith(("arn:", "*")) else elb,
        context={key.replace("_", ":", 1): value for key, value in keys.items()},
    )
    return evaluate([policy], asked).is_allowed


def tag(kind: str, cluster: str, key: str = CLUSTER_TAG) -> dict[str, str]:
    return {f"aws_{kind}Tag/{key}": cluster}


def test_it_makes_balancers_that_carry_its_clusters_tag(policy: PolicyDocument) -> None:
    for action, resource in (("CreateLoadBalancer", BALANCER), ("CreateTargetGroup", TARGETS)):
        creates = {f"{ELB}_CreateAction": action}
        assert may(policy, action, resource, **tag("Request", OURS))
        assert may(policy, "AddTags", resource, **tag("Request", OURS), **creates)
        assert not may(policy, action, resource)
        assert not may(policy, action, resource, **tag("Request", OTHERS))
        assert not may(policy, "AddTags", resource, **tag("Request", OURS))


def test_it_makes_none_that_the_gateway_did_not_ask_for(policy: PolicyDocument) -> None:
    for other in ("loadbalancer/app/k8s-gateway-a-1/1", "loadbalancer/net/k8s-shop-a-1/1"):
        assert not may(policy, "CreateLoadBalancer", other, **tag("Request", OURS))
        assert not may(policy, "DeleteLoadBalancer", other, **tag("Resource", OURS))


@pytest.mark.parametrize(("action", "resource"), KEPT.items())
def test_it_keeps_what_is_its_clusters_and_nothing_without_the_tag(
    policy: PolicyDocument, action: str, resource: str
) -> None:
    assert may(policy, action, resource, **tag("Resource", OURS))
    assert not may(policy, action, resource)
    assert not may(policy, action, resource, **tag("Resource", OTHERS))


def test_it_takes_nothing_over_by_writing_the_tag_of_ownership(policy: PolicyDocument) -> None:
    for resource in (BALANCER, TARGETS, LISTENER):
        assert may(policy, "AddTags", resource, **tag("Resource", OURS))
        assert not may(policy, "AddTags", resource, **tag("Request", OURS))
        assert not may(
            policy, "AddTags", resource, **tag("Resource", OURS), **tag("Request", OTHERS)
        )
    assert not may(policy, "ec2:CreateTags", GROUP, **tag("Request", OURS))


@pytest.mark.parametrize(
    "action", ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "DeleteSecurityGroup"]
)
def test_it_leaves_the_groups_of_others_alone(policy: PolicyDocument, action: str) -> None:
    asked = f"ec2:{action}"
    assert may(policy, asked, GROUP, **tag("Resource", OURS))
    assert not may(policy, asked, GROUP)
    assert not may(policy, asked, GROUP, **tag("Resource", OTHERS))


def test_it_opens_its_clusters_own_group_and_cannot_delete_it(policy: PolicyDocument) -> None:
    own = tag("Resource", "owned", f"kubernetes.io/cluster/{OURS}")
    others = tag("Resource", "owned", f"kubernetes.io/cluster/{OTHERS}")

    assert may(policy, "ec2:AuthorizeSecurityGroupIngress", GROUP, **own)
    assert not may(policy, "ec2:DeleteSecurityGroup", GROUP, **own)
    assert not may(policy, "ec2:AuthorizeSecurityGroupIngress", GROUP, **others)


def test_a_group_is_made_with_its_tag_alone(policy: PolicyDocument) -> None:
    vpc = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"
    creates = {"ec2_CreateAction": "CreateSecurityGroup"}

    assert may(policy, "ec2:CreateSecurityGroup", vpc)
    assert may(policy, "ec2:CreateSecurityGroup", GROUP, **tag("Request", OURS))
    assert may(policy, "ec2:CreateTags", GROUP, **tag("Request", OURS), **creates)
    assert not may(policy, "ec2:CreateSecurityGroup", GROUP)


def test_all_else_it_sees_and_no_more(policy: PolicyDocument) -> None:
    assert all(may(policy, action, "*") for action in SEE)
    services = {
        action.partition(":")[0]
        for statement in policy.statements
        for action in statement.actions.values
    }
    assert services == {"ec2", "elasticloadbalancing", "iam"}
    role = "arn:aws:iam::123456789012:role/aws-service-role/"
    linked = f"{role}{ELB}.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"
    service = {"iam_AWSServiceName": f"{ELB}.amazonaws.com"}
    assert may(policy, "iam:CreateServiceLinkedRole", linked, **service)
    assert not may(policy, "iam:CreateServiceLinkedRole", f"{role}eks.amazonaws.com/E", **service)
