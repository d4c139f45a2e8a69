"""Roles of control plane, nodes and deployers."""

from components.aws.identity import Identity, ModelsDeployer
from components.aws.registry import cache_root
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

CI = "arn:aws:iam::123456789012:role/ci"


def _identity() -> Graph:
    return record_program(
        lambda: Identity(
            "id",
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def _deployer() -> Graph:
    return record_program(
        lambda: ModelsDeployer(
            "d",
            [CI],
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def _grants(graph: Graph, name: str) -> PolicyDocument:
    text = str(graph.named(name).inputs["policy"])
    return read(text, name=name, kind=DocumentKind.IDENTITY)


def _may(grants: PolicyDocument, action: str, resource: str) -> bool:
    return evaluate([grants], Request(principal=CI, action=action, resource=resource)).is_allowed


def test_each_role_has_the_fewest_policies_that_eks_documents() -> None:
    granted = {
        (item.property_dependencies["role"][0].rsplit("::", 1)[1], str(item.inputs["policyArn"]))
        for item in _identity().of_type("RolePolicyAttachment")
    }

    assert granted == {
        ("id-control-plane", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
        ("id-nodes", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"),
        ("id-nodes", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"),
    }


def test_nodes_may_fill_their_own_caches_of_images_and_make_no_other_repository() -> None:
    graph = _identity()
    repositories = "arn:aws:ecr:us-east-1:123456789012:repository"
    grants = _grants(graph, "id-nodes-grants")

    assert [item.name for item in graph.of_type("RolePolicy")] == ["id-nodes-grants"]
    cached = f"{repositories}/{cache_root(examples.PLATFORM)}/quay/jetstack/x"
    assert _may(grants, "ecr:CreateRepository", cached)
    assert not _may(grants, "ecr:CreateRepository", f"{repositories}/tokenworks-aws-dev/mine")
    assert not _may(grants, "ecr:PutImage", cached)


def test_a_deployer_of_models_finds_the_cluster_and_touches_nothing() -> None:
    graph = _deployer()
    clusters = "arn:aws:eks:us-east-1:123456789012:cluster"
    grants = _grants(graph, "d-grants")

    assert not graph.of_type("RolePolicyAttachment")
    assert _may(grants, "eks:DescribeCluster", f"{clusters}/tokenworks-aws-dev")
    assert not _may(grants, "eks:DescribeCluster", f"{clusters}/tokenworks-aws-prod")
    for action in ("eks:UpdateClusterConfig", "eks:DeleteCluster", "eks:CreateAccessEntry"):
        assert not _may(grants, action, f"{clusters}/tokenworks-aws-dev")


def test_only_the_listed_deployers_may_take_the_role_on() -> None:
    text = str(_deployer().named("d-role").inputs["assumeRolePolicy"])
    trust = read(text, name="trust", kind=DocumentKind.TRUST)

    def may(principal: str) -> bool:
        request = Request(principal=principal, action="sts:AssumeRole", resource="*")
        return evaluate([trust], request).is_allowed

    assert may(CI)
    assert not may("arn:aws:iam::123456789012:role/somebody")
