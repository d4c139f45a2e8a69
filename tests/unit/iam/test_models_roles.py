"""The roles of models: they read weights, find the cluster, and cannot touch the foundation.

Asked of our own evaluator, with the documents of every foundation that our stacks declare. One more
foundation is recorded for it, with all that may be switched on and people who may ship models.
"""

from collections.abc import Iterator
from itertools import product

import botocore.session
import pytest

from infra.graph.model import Graph, Resource
from infra.graph.symbolic_aws import ACCOUNT_ID
from infra.iam.documents import DocumentKind, PolicyDocument
from infra.iam.evaluate import PrincipalType, Request, evaluate
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from infra.wire import plain
from tests.support.foundation_actions import ALTERING, NO_OPERATION_OF_THAT_NAME, REAL_ARNS
from tests.support.graphs import EVERYTHING, ONLY_MODELS, TEAM, graph_of
from tests.support.iam import allow, document
from tests.support.policy_documents import (
    found_in,
    identity_documents,
    resource_documents,
    role_named,
)
from tests.support.stacks import AWS_STACKS

pytestmark = pytest.mark.thorough  # records every foundation

BUCKET = "aws:s3/bucket:Bucket"
SERVER, LOADER = "-model-server-role", "-weights-loader-role"
DEPLOYER = "-models-deployer-role"
SPECS = [load_stack_file(stack) for stack in AWS_STACKS]
FOUNDATIONS = [spec for spec in SPECS if Layer.FOUNDATION in spec.layers]
GRAPHS = [EVERYTHING, *(spec.name for spec in FOUNDATIONS)]
"""Names of all graphs with a foundation."""
ROLES = [
    *((name, role) for name in GRAPHS for role in (SERVER, LOADER)),
    (EVERYTHING, DEPLOYER),
    *((spec.name, DEPLOYER) for spec in FOUNDATIONS if spec.cluster.model_deployers),
]
PEOPLE = {TEAM, *(arn for spec in FOUNDATIONS for arn in spec.cluster.model_deployers)}
ACTIONS = sorted({action for actions in ALTERING.values() for action in actions})
BOTOCORE = {"aps": "amp"}
"""Prefix of actions to botocore's word for the service, where the two differ."""
MODEL_SERVERS = {
    "kubernetes-namespace": "models",
    "kubernetes-service-account": "model-server",
}


def _output(resource: Resource, key: str) -> str:
    return str(plain(resource.outputs[key]))


def _only(graph: Graph, kind: str) -> Resource:
    (found,) = graph.of_type(kind)
    return found


def _weights(graph: Graph) -> str:
    (found,) = (item for item in graph.of_type(BUCKET) if item.name.endswith("-store-weights"))
    return _output(found, "arn")


def _cluster(graph: Graph) -> str:
    return _output(_only(graph, "aws:eks/cluster:Cluster"), "name")


def _region(graph: Graph) -> str:
    (provider,) = graph.of_type("pulumi:providers:aws")
    return str(plain(provider.inputs["region"]))


def _cluster_arn(graph: Graph) -> str:
    return f"arn:aws:eks:{_region(graph)}:{ACCOUNT_ID}:cluster/{_cluster(graph)}"


def _targets(graph: Graph) -> Iterator[str]:
    """Yield an ARN of every kind of thing there is, of something inside it, and `*` for none.

    Of buckets, all: what is in one is another's.
    """
    yield "*"
    arns = {
        (item.type, item.name if item.type == BUCKET else ""): plain(item.outputs.get("arn"))
        for item in graph.resources
    }
    for arn in arns.values():
        if isinstance(arn, str):
            yield from (arn, f"{arn}/inside")
    for form in REAL_ARNS:
        arn = form.format(region=_region(graph), account=ACCOUNT_ID, cluster=_cluster(graph))
        yield arn.replace("*", "all")


def _contexts(graph: Graph) -> tuple[dict[str, str], ...]:
    """Return what a request may carry; the second meets every condition that our documents have."""
    through_s3 = {"kms:ViaService": f"s3.{_region(graph)}.amazonaws.com"}
    return {}, {**through_s3, "aws:SecureTransport": "true"}


def _may(documents: list[PolicyDocument], role: str, graph: Graph) -> list[str]:
    """Return each request that alters something, in any context, and would be allowed."""
    return [
        str(asked)
        for action, target, context in product(ACTIONS, _targets(graph), _contexts(graph))
        if evaluate(
            documents,
            asked := Request(principal=role, action=action, resource=target, context=context),
        ).is_allowed
    ]


def _documents(graph: Graph, ending: str) -> list[PolicyDocument]:
    """Return what speaks for a role: its own documents, and those of buckets.

    The policy of our key names no role; endpoints only take away.
    """
    buckets = [
        item
        for item in resource_documents(graph)
        if item.kind is DocumentKind.RESOURCE and "endpoint" not in item.name
    ]
    return [*identity_documents(graph, role_named(graph, ending)), *buckets]


def _arn(graph: Graph, ending: str) -> str:
    return _output(role_named(graph, ending), "arn")


@pytest.mark.parametrize("name", GRAPHS)
def test_every_part_of_a_foundation_has_its_altering_actions_in_the_table(name: str) -> None:
    parts = {
        item.type
        for item in graph_of(name).resources
        if item.package == "aws" and item.custom and not item.is_provider
    }

    assert parts - ALTERING.keys() == set()


@pytest.mark.parametrize("service", sorted({action.partition(":")[0] for action in ACTIONS}))
def test_every_action_of_the_table_is_one_of_aws(service: str) -> None:
    """A mistyped one would be allowed to nobody, and prove nothing."""
    model = botocore.session.get_session().get_service_model(BOTOCORE.get(service, service))
    named = {action for action in ACTIONS if action.startswith(f"{service}:")}

    assert {
        action for action in named if action.partition(":")[2] not in model.operation_names
    } == {action for action in NO_OPERATION_OF_THAT_NAME if action.startswith(f"{service}:")}


@pytest.mark.parametrize(("name", "ending"), ROLES)
def test_a_role_of_models_cannot_alter_the_foundation(name: str, ending: str) -> None:
    graph = graph_of(name)
    bucket = _weights(graph)
    key = _output(_only(graph, "aws:kms/key:Key"), "arn")
    # What the loader is there for: objects of the one bucket under the key, and none deleted.
    loading = {f"kms:GenerateDataKey on {key}", f"s3:PutObject on {bucket}/inside"}

    altering = _may(_documents(graph, ending), _arn(graph, ending), graph)

    asked = {item.partition(" asks for ")[2] for item in altering}
    assert asked == (loading if ending == LOADER else set())


@pytest.mark.parametrize(("name", "ending"), ROLES)
def test_a_role_of_models_is_allowed_what_is_named_here_and_nothing_else(
    name: str, ending: str
) -> None:
    graph = graph_of(name)
    allowed = {
        action
        for item in identity_documents(graph, role_named(graph, ending))
        for statement in item.statements
        for action in statement.actions.values
    }
    expected = {
        SERVER: {"s3:ListBucket", "s3:GetObject", "kms:Decrypt"},
        LOADER: {
            *("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts"),
            *("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
            *("kms:Decrypt", "kms:GenerateDataKey"),
        },
        DEPLOYER: {"eks:DescribeCluster"},
    }

    assert allowed == expected[ending]


@pytest.mark.parametrize("name", GRAPHS)
def test_a_model_server_reads_the_weights(name: str) -> None:
    graph = graph_of(name)
    bucket = _weights(graph)
    key = _output(_only(graph, "aws:kms/key:Key"), "arn")
    documents, role = _documents(graph, SERVER), _arn(graph, SERVER)
    over_tls = {"aws:SecureTransport": "true"}
    through_s3 = {"kms:ViaService": f"s3.{_region(graph)}.amazonaws.com"}

    def may(action: str, resource: str, context: dict[str, str]) -> bool:
        asked = Request(principal=role, action=action, resource=resource, context=context)
        return evaluate(documents, asked).is_allowed

    assert may("s3:ListBucket", bucket, over_tls)
    assert may("s3:GetObject", f"{bucket}/org/model/model.safetensors", over_tls)
    assert may("kms:Decrypt", key, through_s3)
    assert not may("s3:GetObject", f"{bucket}/model", {"aws:SecureTransport": "false"})
    assert not may("s3:GetObject", f"{bucket}-of-another/model", over_tls)
    assert not may("kms:Decrypt", key, {}), "the same key encrypts the secrets of the cluster"


@pytest.mark.parametrize("name", GRAPHS)
def test_the_key_leaves_its_use_for_objects_to_documents_of_roles(name: str) -> None:
    """A key wants its own document to allow as well; ours does, for the account, through S3."""
    graph = graph_of(name)
    keys = [item for item in resource_documents(graph) if item.kind is DocumentKind.KEY]
    key = _output(_only(graph, "aws:kms/key:Key"), "arn")

    def may(action: str, context: dict[str, str]) -> bool:
        account = f"arn:aws:iam::{ACCOUNT_ID}:root"
        asked = Request(principal=account, action=action, resource=key, context=context)
        return evaluate(keys, asked).is_allowed

    assert may("kms:Decrypt", {"kms:ViaService": f"s3.{_region(graph)}.amazonaws.com"})
    assert not may("kms:Decrypt", {})


def test_whoever_ships_models_finds_their_own_cluster_alone() -> None:
    graph = graph_of(EVERYTHING)
    documents, role = _documents(graph, DEPLOYER), _arn(graph, DEPLOYER)

    def may(cluster: str) -> bool:
        asked = Request(principal=role, action="eks:DescribeCluster", resource=cluster)
        return evaluate(documents, asked).is_allowed

    assert may(_cluster_arn(graph))
    assert not may(f"{_cluster_arn(graph)}-2")


def _trust(graph: Graph, role: Resource) -> list[PolicyDocument]:
    return [
        item.document()
        for item in found_in(graph)
        if item.resource.urn == role.urn and item.document().kind is DocumentKind.TRUST
    ]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"kubernetes-namespace": "default"}, False),
        ({"kubernetes-service-account": "default"}, False),
        ({"eks-cluster-arn": "arn:aws:eks:us-east-1:123456789012:cluster/another"}, False),
        ({"eks-cluster-arn": None}, False),
    ],
)
def test_the_role_of_servers_is_for_their_service_account_in_their_cluster(
    name: str, changed: dict[str, str | None], *, expected: bool
) -> None:
    graph = graph_of(name)
    role = role_named(graph, SERVER)
    tags = {"eks-cluster-arn": _cluster_arn(graph), **MODEL_SERVERS, **changed}

    def taken_by(service: str) -> bool:
        asked = Request(
            principal=service,
            principal_type=PrincipalType.SERVICE,
            action="sts:AssumeRole",
            resource=_output(role, "arn"),
            context={f"aws:RequestTag/{key}": value for key, value in tags.items() if value},
        )
        return evaluate(_trust(graph, role), asked).is_allowed

    assert taken_by("pods.eks.amazonaws.com") is expected
    assert not taken_by("ec2.amazonaws.com")


@pytest.mark.parametrize(
    ("who", "expected"),
    [(TEAM, True), (f"{TEAM}-2", False), (f"arn:aws:iam::{ACCOUNT_ID}:root", False)],
)
def test_the_role_of_deployers_is_for_those_who_are_listed(who: str, *, expected: bool) -> None:
    graph = graph_of(EVERYTHING)
    role = role_named(graph, DEPLOYER)
    asked = Request(principal=who, action="sts:AssumeRole", resource=_output(role, "arn"))

    assert evaluate(_trust(graph, role), asked).is_allowed is expected


@pytest.mark.parametrize(("name", "ending"), ROLES)
def test_no_role_lets_itself_be_taken_on_by_a_role_of_models(name: str, ending: str) -> None:
    graph = graph_of(name)
    who = _arn(graph, ending)

    assert [
        role.name
        for role in graph.of_type("aws:iam/role:Role")
        if evaluate(
            _trust(graph, role),
            Request(principal=who, action="sts:AssumeRole", resource=_output(role, "arn")),
        ).is_allowed
    ] == []


@pytest.mark.parametrize("name", GRAPHS)
def test_services_and_people_who_take_on_a_role_are_named_one_by_one(name: str) -> None:
    graph = graph_of(name)
    wide = [
        f"{role.name}: {kind} {principal}"
        for role in graph.of_type("aws:iam/role:Role")
        for item in _trust(graph, role)
        for statement in item.statements
        for kind, principal in (statement.principals.names if statement.principals else ())
        if "*" in principal or (kind == "AWS" and principal not in PEOPLE)
    ]

    assert wide == []


@pytest.mark.parametrize(
    "statement",
    [
        allow("eks:*", "*"),
        allow("*", "arn:aws:eks:us-east-1:123456789012:*"),
        allow(["s3:GetObject", "s3:Delete*"], "arn:aws:s3:::*"),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        allow("kms:*", "*", Condition={"StringLike": {"kms:ViaService": "s3.*"}}),
    ],
)
def test_a_role_that_could_alter_something_is_seen(statement: dict) -> None:
    graph = graph_of(EVERYTHING)
    documents = [document(statement)]

    assert _may(documents, TEAM, graph)


@pytest.mark.parametrize("stack", ONLY_MODELS)
def test_a_stack_of_models_alone_asks_nothing_of_aws(stack: str) -> None:
    assert [item.name for item in graph_of(stack).resources if item.package == "aws"] == []
