"""The vector store of a stack file."""

import pytest

from infra.spec.vector_store import VectorStoreMode
from tests.unit.spec.stacks import a_stack, loaded, only


def test_production_has_a_cluster_and_others_one_server() -> None:
    modes = [
        loaded(a_stack(environment=name)).vector_store.mode.value
        for name in ("dev", "staging", "prod")
    ]

    assert modes == ["standalone", "standalone", "cluster"]


def test_a_cluster_of_production_outlives_the_loss_of_a_query_node() -> None:
    spec = loaded(a_stack(environment="prod", vectorStore={"mode": "cluster"})).vector_store

    assert (spec.mode, spec.query_nodes, spec.etcd_members) == (VectorStoreMode.CLUSTER, 2, 3)


def test_one_server_has_one_member_of_etcd() -> None:
    spec = loaded(a_stack(vectorStore={"mode": "standalone"})).vector_store

    assert (spec.is_built, spec.is_cluster, spec.etcd_members) == (True, False, 1)


@pytest.mark.parametrize(
    ("environment", "section", "setting", "allowed"),
    [
        ("prod", {"mode": "standalone"}, "vectorStore.mode", "cluster or none"),
        (
            "dev",
            {"mode": "standalone", "queryNodes": 2},
            "vectorStore.queryNodes",
            "1 with mode: standalone",
        ),
        (
            "prod",
            {"mode": "cluster", "backupDays": 0},
            "vectorStore.backupDays",
            "1 to 365 in prod",
        ),
    ],
)
def test_what_does_not_go_together_is_one_mistake(
    environment: str, section: dict[str, object], setting: str, allowed: str
) -> None:
    mistake = only(a_stack(environment=environment, vectorStore=section))

    assert (mistake.setting, mistake.allowed) == (setting, allowed)


def test_a_mode_that_does_not_exist_is_one_mistake() -> None:
    assert only(a_stack(environment="prod", vectorStore={"mode": "lite"})).setting == (
        "vectorStore.mode"
    )


def test_backups_are_kept_the_longer_the_more_is_lost_without_them() -> None:
    days = [
        loaded(a_stack(environment=name)).vector_store.backup_days
        for name in ("dev", "staging", "prod")
    ]

    assert days == [0, 3, 14]


def test_production_without_a_vector_store_needs_no_backups() -> None:
    section = {"mode": "none", "backupDays": 0}

    assert not loaded(a_stack(environment="prod", vectorStore=section)).vector_store.has_backups
