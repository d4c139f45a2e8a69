"""The vector store, its backups and the logs on Google Cloud: who may do what to which bucket.

Asked of our own evaluator, with the grants of the stacks that make backups.
"""

import pytest

from infra.graph.model import Graph
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.evaluate import Request, evaluate
from tests.support.gcp_grants import grants_in, roles_in, things_in
from tests.support.graphs import graph_of

each_stack = pytest.mark.parametrize("stack", ["gcp-staging", "gcp-prod"])
MILVUS, BACKUP = "/ns/vector-store/sa/milvus", "/ns/vector-store/sa/milvus-backup"
LOKI = "/ns/monitoring/sa/loki"
SERVER, LOADER = "/ns/models/sa/model-server", "/ns/models/sa/weights-loader"
VECTORS, COPIES, WEIGHTS = "-store-vectors", "-backup-copies", "-store-weights"
LOGS = "-log-store-logs"
READ, WRITE, DELETE = "get", "create", "delete"
ALLOWED = {
    MILVUS: {(VECTORS, READ), (VECTORS, WRITE), (VECTORS, DELETE), (COPIES, READ)},
    BACKUP: {(VECTORS, READ), (COPIES, READ), (COPIES, WRITE)},
    SERVER: {(WEIGHTS, READ)},
    LOADER: {(WEIGHTS, READ), (WEIGHTS, WRITE), (WEIGHTS, DELETE)},
    LOKI: {(LOGS, READ), (LOGS, WRITE), (LOGS, DELETE)},
}


def _allowed(
    graph: Graph, pods: str, bindings: tuple[Binding, ...], kind: str = "objects"
) -> set[tuple[str, str]]:
    roles, things = roles_in(graph), things_in(graph)
    members = frozenset(item.member for item in grants_in(graph) if item.member.endswith(pods))
    assert len(members) == 1
    found = set()
    for bucket in (VECTORS, COPIES, WEIGHTS, LOGS):
        (target,) = (thing for name, thing in things.items() if name.endswith(bucket))
        for verb in (READ, WRITE, DELETE, "update", "setIamPolicy"):
            asked = Request(principals=members, permission=f"storage.{kind}.{verb}", target=target)
            if evaluate(bindings, roles, asked).is_allowed:
                found.add((bucket, verb))
    return found


@each_stack
@pytest.mark.parametrize("pods", ALLOWED)
def test_nobody_deletes_backups_and_whoever_makes_them_deletes_nothing(
    stack: str, pods: str
) -> None:
    graph = graph_of(stack)

    assert _allowed(graph, pods, grants_in(graph)) == ALLOWED[pods]


@each_stack
@pytest.mark.parametrize("pods", [MILVUS, BACKUP])
def test_neither_changes_a_bucket_or_its_rules(stack: str, pods: str) -> None:
    graph = graph_of(stack)

    assert _allowed(graph, pods, grants_in(graph), "buckets") == {(VECTORS, READ), (COPIES, READ)}


@each_stack
def test_a_bucket_that_is_denied_to_milvus_touches_nobody_else(stack: str) -> None:
    """What Milvus itself does then is not shown here: no Milvus runs."""
    graph = graph_of(stack)
    left = tuple(
        item
        for item in grants_in(graph)
        if not (item.member.endswith(MILVUS) and "vectors" in item.scope)
    )

    assert len(left) == len(grants_in(graph)) - 1
    assert _allowed(graph, MILVUS, left) == {(COPIES, READ)}
    for pods in (BACKUP, SERVER, LOADER, LOKI):
        assert _allowed(graph, pods, left) == ALLOWED[pods]
