"""The vector store, its backups and the logs on AWS: who may do what, and the bucket denied.

Asked of our own evaluator, with the documents of the stacks that make backups.
"""

import pytest

from infra.graph.model import Graph
from infra.iam.documents import DocumentKind, PolicyDocument
from infra.iam.evaluate import Decision, Request, evaluate
from infra.wire import plain
from tests.support.graphs import graph_of
from tests.support.iam import deny, document
from tests.support.policy_documents import identity_documents, resource_documents, role_named

STACKS = ["aws-staging", "aws-prod"]
each_stack = pytest.mark.parametrize("stack", STACKS)
MILVUS, BACKUP, LOKI = "-milvus-role", "-milvus-backup-role", "-loki-role"
SERVER, LOADER = "-model-server-role", "-weights-loader-role"
VECTORS, COPIES, WEIGHTS = "-store-vectors", "-backup-copies", "-store-weights"
LOGS = "-log-store-logs"
READ, WRITE, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
ALLOWED = {
    MILVUS: {(VECTORS, READ), (VECTORS, WRITE), (VECTORS, DELETE), (COPIES, READ)},
    BACKUP: {(VECTORS, READ), (COPIES, READ), (COPIES, WRITE)},
    SERVER: {(WEIGHTS, READ)},
    LOADER: {(WEIGHTS, READ), (WEIGHTS, WRITE)},
    LOKI: {(LOGS, READ), (LOGS, WRITE), (LOGS, DELETE)},
}


def _bucket(graph: Graph, ending: str) -> str:
    (found,) = (
        item for item in graph.of_type("aws:s3/bucket:Bucket") if item.name.endswith(ending)
    )
    return str(plain(found.outputs["arn"]))


def _arn(graph: Graph, role: str) -> str:
    return str(plain(role_named(graph, role).outputs["arn"]))


def _decision(
    graph: Graph, role: str, action: str, resource: str, *more: PolicyDocument
) -> Decision:
    buckets = [
        item
        for item in resource_documents(graph)
        if item.kind is DocumentKind.RESOURCE and "endpoint" not in item.name
    ]
    documents = [*identity_documents(graph, role_named(graph, role)), *buckets, *more]
    region = plain(graph.of_type("pulumi:providers:aws")[0].inputs["region"])
    context = {"aws:SecureTransport": "true", "kms:ViaService": f"s3.{region}.amazonaws.com"}
    asked = Request(principal=_arn(graph, role), action=action, resource=resource, context=context)
    return evaluate(documents, asked).decision


def _allowed(graph: Graph, role: str, *more: PolicyDocument) -> set[tuple[str, str]]:
    return {
        (bucket, action)
        for bucket in (VECTORS, COPIES, WEIGHTS, LOGS)
        for action in (READ, WRITE, DELETE, "s3:DeleteObjectVersion")
        if _decision(graph, role, action, f"{_bucket(graph, bucket)}/a/b", *more)
        is Decision.ALLOWED
    }


@each_stack
@pytest.mark.parametrize("role", ALLOWED)
def test_nobody_deletes_backups_and_whoever_makes_them_deletes_nothing(
    stack: str, role: str
) -> None:
    assert _allowed(graph_of(stack), role) == ALLOWED[role]


@each_stack
@pytest.mark.parametrize("role", [MILVUS, BACKUP, LOKI])
def test_neither_changes_a_bucket_or_its_rules(stack: str, role: str) -> None:
    graph = graph_of(stack)
    actions = ("DeleteBucket", "PutBucketPolicy", "PutLifecycleConfiguration", "PutBucketAcl")

    for bucket in (VECTORS, COPIES, LOGS):
        for action in actions:
            asked = _decision(graph, role, f"s3:{action}", _bucket(graph, bucket))
            assert asked is Decision.NOT_ALLOWED


def test_a_stack_without_backups_gives_nobody_a_right_to_make_them() -> None:
    roles = [item.name for item in graph_of("aws-dev").of_type("aws:iam/role:Role")]

    assert any(name.endswith(MILVUS) for name in roles)
    assert not any(name.endswith(BACKUP) for name in roles)


@each_stack
def test_a_bucket_that_is_denied_to_milvus_touches_nobody_else(stack: str) -> None:
    """What Milvus itself does then is not shown here: no Milvus runs."""
    graph = graph_of(stack)
    vectors = _bucket(graph, VECTORS)
    denied = document(
        deny(
            "s3:*",
            [vectors, f"{vectors}/*"],
            Principal={"AWS": _arn(graph, MILVUS)},
        ),
        kind=DocumentKind.RESOURCE,
    )

    assert _decision(graph, MILVUS, READ, f"{vectors}/a", denied) is Decision.DENIED
    assert _allowed(graph, MILVUS, denied) == {(COPIES, READ)}
    for role in (BACKUP, SERVER, LOADER):
        assert _allowed(graph, role, denied) == ALLOWED[role]
