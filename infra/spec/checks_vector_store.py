"""The vector store: settings that do not go together."""

from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.report import Report
from infra.spec.vector_store import VectorStoreMode, VectorStoreSpec


def check_vector_store(
    vectors: Draft[VectorStoreSpec], environment: Environment, report: Report
) -> None:
    """Refuse query nodes without a cluster, one server in production, and no backups there."""
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
    _check_backups(vectors, environment, report)


def _check_backups(
    vectors: Draft[VectorStoreSpec], environment: Environment, report: Report
) -> None:
    if not vectors.good("backupDays"):
        return
    spec = vectors.spec
    if environment is Environment.PROD and spec.is_built and not spec.backup_days:
        report.add(
            vectors.at("backupDays"),
            "makes no backups, and the bucket of prod cannot be read without its etcd",
            spec.backup_days,
            allowed="1 to 365 in prod",
            next_step="write backupDays: 14, or remove it",
        )
