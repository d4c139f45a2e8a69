"""The vector store: settings that do not go together."""

from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.report import Report
from infra.spec.vector_store import VectorStoreMode, VectorStoreSpec


def check_vector_store(
    vectors: Draft[VectorStoreSpec], environment: Environment, report: Report
) -> None:
    """Refuse query nodes without a cluster, and one server in production."""
    if not vectors.good("mode"):
        return
    spec = vectors.spec
    if environment is Environment.PROD and spec.mode is VectorStoreMode.STANDALONE:
        report.add(
            vectors.at("mode"),
            "is one server, and prod outlives the loss of any node",
            spec.mode.value,
            allowed="cluster or none",
            next_step="write mode: cluster",
        )
    elif (
        spec.mode is VectorStoreMode.STANDALONE
        and vectors.good("queryNodes")
        and spec.query_nodes > 1
    ):
        report.add(
            vectors.at("queryNodes"),
            "are programs of a cluster, and this is one server",
            spec.query_nodes,
            allowed="1 with mode: standalone",
            next_step="write mode: cluster, or remove it",
        )
