"""Priority classes: who gets a place first."""

from components.kubernetes.priorities import (
    BATCH,
    MODEL_FLOOR,
    MODEL_SERVER,
    NODE_AGENT,
    PriorityClasses,
)
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples

SYSTEM_CLUSTER_CRITICAL = 2_000_000_000
"""Kubernetes, "Guaranteed Scheduling For Critical Add-On Pods"."""


def _classes() -> Graph:
    return record_program(
        lambda: PriorityClasses("priorities", examples.with_kubernetes()), stack="aws-dev"
    )


def test_a_server_comes_before_batch_work_and_both_below_what_the_cluster_runs_on() -> None:
    assert 0 < BATCH.value < MODEL_SERVER.value < SYSTEM_CLUSTER_CRITICAL


def test_a_server_may_push_out_batch_work_and_batch_work_nothing() -> None:
    graph = _classes()

    assert graph.named("priorities-model-server").inputs["preemptionPolicy"] == (
        "PreemptLowerPriority"
    )
    assert graph.named("priorities-batch").inputs["preemptionPolicy"] == "Never"


def test_what_looks_at_a_node_comes_before_servers_which_can_go_to_another() -> None:
    assert MODEL_FLOOR.value < NODE_AGENT.value < SYSTEM_CLUSTER_CRITICAL
    assert NODE_AGENT.preempts


def test_a_pod_that_names_no_class_is_not_lifted_above_anybody() -> None:
    defaults = [item.inputs["globalDefault"] for item in _classes().of_type("PriorityClass")]

    assert defaults
    assert not any(defaults)
